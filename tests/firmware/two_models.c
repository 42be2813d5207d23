/* Two generated models, m0 and m1, in one program: their inputs come on stdin, one after the other.
 *
 * Both inputs are in place before either model runs, and both outputs are read after both have
 * run, so anything the models shared would show.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "m0.h"
#include "m1.h"

int main(void)
{
    uint8_t *first = malloc(M0_ARENA_BYTES);
    uint8_t *second = malloc(M1_ARENA_BYTES);

    if (first == NULL || second == NULL
        || fread(first + M0_INPUT_OFFSET, 1, M0_INPUT_BYTES, stdin) != M0_INPUT_BYTES
        || fread(second + M1_INPUT_OFFSET, 1, M1_INPUT_BYTES, stdin) != M1_INPUT_BYTES) {
        return 1;
    }
    m0_run(first);
    m1_run(second);
    fwrite(first + M0_OUTPUT_OFFSET, 1, M0_OUTPUT_BYTES, stdout);
    fwrite(second + M1_OUTPUT_OFFSET, 1, M1_OUTPUT_BYTES, stdout);
    free(first);
    free(second);
    return 0;
}
