#include "tk_prelu_s8.h"

#include "tk_requantize.h"

/* x, or slope * x where x is below 0, with a slope for each value, channel or row.
 *
 *   x      = input[i] - input_zero_point
 *   out[i] = output_zero_point + requantize(x)                                  where x >= 0
 *   out[i] = output_zero_point + requantize(x * (slope[k] - slope_zero_point))  elsewhere
 *
 * Shifts to the left may wrap, as in tk_mul_s8.
 *
 * Source: TFLite reference, prelu.h.
 */
void tk_prelu_s8(const tk_prelu_s8_layer *layer, const int8_t *input, int8_t *output)
{
    const tk_broadcast *broadcast = &layer->broadcast;
    const int32_t n_rows = tk_broadcast_rows(broadcast);

    for (int32_t row = 0; row < n_rows; row++) {
        const int8_t *a = input + tk_broadcast_start(broadcast, broadcast->first_steps, row);
        const int8_t *b =
            layer->slopes + tk_broadcast_start(broadcast, broadcast->second_steps, row);

        for (int32_t i = 0; i < broadcast->shape[2]; i++) {
            const int32_t x = *a - layer->input_zero_point;
            const int32_t slope = *b - layer->slope_zero_point;
            const int32_t value =
                (x >= 0) ? tk_requantize(x, layer->multiplier, layer->shift)
                         : tk_requantize(x * slope, layer->slope_multiplier, layer->slope_shift);

            *output++ = (int8_t)tk_clamp(layer->output_zero_point + value, -128, 127);
            a += broadcast->first_steps[2];
            b += broadcast->second_steps[2];
        }
    }
}
