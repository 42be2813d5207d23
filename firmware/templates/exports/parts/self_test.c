#include "{{ c_name }}_known_answers.h"

#include <stdint.h>

int32_t {{ c_name }}_self_test(uint8_t *arena)
{
    int32_t n_wrong = 0;

    for (int32_t k = 0; k < {{ macro }}_N_KNOWN_ANSWERS; k++) {
        {{ c_name }}_known_input(k, arena + {{ macro }}_INPUT_OFFSET);
        {{ c_name }}_run(arena);
        if ({{ c_name }}_known_output_differs(k, arena + {{ macro }}_OUTPUT_OFFSET) != 0) {
            n_wrong++;
        }
    }
    return n_wrong;
}
