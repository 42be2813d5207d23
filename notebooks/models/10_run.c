#include "debouncer.h"

/* input: n_history, threshold, n_refractory, number of codes, and the codes. output: 1 for an
 * alarm. */
void run(const uint8_t *input, uint8_t *output);

void run(const uint8_t *input, uint8_t *output)
{
    debouncer d = {.n_history = input[0], .threshold = (int8_t)input[1], .n_refractory = input[2]};

    for (int i = 0; i < input[3]; i++) {
        output[i] = debounce_push(&d, (int8_t)input[4 + i]) ? 1 : 0;
    }
}
