#include "tk_fully_connected_s16.h"

#include <stddef.h>

#include "tk_requantize.h"
#include "tk_requantize_s16.h"

/* Fully connected layer on int16 with int8 weights, one weight scale per unit.
 *
 *   acc[u] = bias[u] + sum_i input[i] * weights[u][i]
 *   out[u] = clamp(requantize(acc[u]), output_min, output_max)
 *
 * All zero points are 0. The generator proves |acc| < 2^47.
 *
 * Source: TFLite 16x8 quantization specification, FULLY_CONNECTED.
 */
void tk_fully_connected_s16(const tk_fully_connected_s16_layer *layer, const int16_t *input,
                            int16_t *output)
{
    for (int32_t row = 0; row < layer->n_rows; row++) {
        const int8_t *weight = layer->weights;

        for (int32_t u = 0; u < layer->n_units; u++) {
            int64_t acc = (layer->bias != NULL) ? layer->bias[u] : 0;

            for (int32_t i = 0; i < layer->n_inputs; i++) {
                acc += (int32_t)input[i] * *weight++;
            }
            *output++ = (int16_t)tk_clamp(
                tk_requantize_s16(acc, layer->multipliers[u], layer->shifts[u]),
                layer->output_min, layer->output_max);
        }
        input += layer->n_inputs;
    }
}
