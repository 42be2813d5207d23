/* Runs the self-tests of the models in tests.inc, and prints how many answers were wrong. */
#include <stdio.h>

#include "tests.h"

int main(void)
{
    static const struct {
        int32_t (*self_test)(uint8_t *arena);
        uint8_t *arena;
    } tests[] = {
#include "tests.inc"
    };

    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        printf("%ld\n", (long)tests[i].self_test(tests[i].arena));
    }
    return 0;
}
