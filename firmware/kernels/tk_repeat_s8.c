#include "tk_repeat_s8.h"

/* TILE along one axis: each block of codes several times in a row.
 *
 *   out[b][r][i] = input[b][i]
 *
 * A block is what lies behind one index of the axes before the repeated one.
 */
void tk_repeat_s8(const tk_repeat_s8_layer *layer, const int8_t *input, int8_t *output)
{
    for (int32_t b = 0; b < layer->n_blocks; b++) {
        for (int32_t r = 0; r < layer->n_repeats; r++) {
            for (int32_t i = 0; i < layer->block_bytes; i++) {
                *output++ = input[i];
            }
        }
        input += layer->block_bytes;
    }
}
