#include "tk_concatenation_s8.h"

/* Several int8 arrays side by side along one axis. All have one scale, so codes are copied.
 *
 *   output[o] = inputs[0][o], inputs[1][o], ...    for each outer index o
 */
void tk_concatenation_s8(const tk_concatenation_s8_layer *layer, const int8_t *const *inputs,
                         int8_t *output)
{
    for (int32_t outer = 0; outer < layer->n_outer; outer++) {
        for (int32_t k = 0; k < layer->n_inputs; k++) {
            const int32_t n = layer->n_values[k];

            for (int32_t i = 0; i < n; i++) {
                *output++ = inputs[k][outer * n + i];
            }
        }
    }
}
