#include "tk_fully_connected_s8.h"

#include <stddef.h>

#include "tk_requantize.h"

/* Fully connected layer on int8, one weight scale per unit.
 *
 *   acc[u] = bias[u] + sum_i (input[i] - input_zero_point) * weights[u][i]
 *   out[u] = clamp(output_zero_point + requantize(acc[u]), output_min, output_max)
 *
 * Weights are symmetric (zero point 0), so no weight offset appears. The generator proves
 * |bias| + sum |weights| * max |input - zero point| < 2^31 for every unit, so acc stays inside
 * int32. A layer with one scale for all weights repeats its multiplier for each unit.
 *
 * Source: TFLite 8-bit quantization specification, FULLY_CONNECTED.
 */
void tk_fully_connected_s8(const tk_fully_connected_s8_layer *layer, const int8_t *input,
                           int8_t *output)
{
    const int32_t n_inputs = layer->n_inputs;
    const int32_t zero_point = layer->input_zero_point;

    for (int32_t row = 0; row < layer->n_rows; row++) {
        const int8_t *weight = layer->weights;

        for (int32_t unit = 0; unit < layer->n_units; unit++) {
            int32_t acc = (layer->bias != NULL) ? layer->bias[unit] : 0;

            for (int32_t i = 0; i < n_inputs; i++) {
                acc += (input[i] - zero_point) * *weight++;
            }
            acc = layer->output_zero_point
                  + tk_requantize(acc, layer->multipliers[unit], layer->shifts[unit]);
            *output++ = (int8_t)tk_clamp(acc, layer->output_min, layer->output_max);
        }
        input += n_inputs;
    }
}
