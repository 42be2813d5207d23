#include "tk_mul_s8.h"

#include "tk_requantize.h"

/* Product of two int8 arrays, each with its own scale.
 *
 *   product = (first[i] - its zero point) * (second[k] - its zero point)
 *   out[i]  = clamp(output_zero_point + requantize(product), output_min, output_max)
 *
 * |code - zero point| <= 255, so a product is below 2^16; where the factor is above 2^15, TFLM's
 * shift to the left wraps, and so does this one.
 *
 * Source: TFLite reference, integer_ops/mul.h.
 */
void tk_mul_s8(const tk_mul_s8_layer *layer, const int8_t *first, const int8_t *second,
               int8_t *output)
{
    const tk_broadcast *broadcast = &layer->broadcast;
    const int32_t n_rows = tk_broadcast_rows(broadcast);

    for (int32_t row = 0; row < n_rows; row++) {
        const int8_t *a = first + tk_broadcast_start(broadcast, broadcast->first_steps, row);
        const int8_t *b = second + tk_broadcast_start(broadcast, broadcast->second_steps, row);

        for (int32_t i = 0; i < broadcast->shape[2]; i++) {
            const int32_t product =
                (*a - layer->first_zero_point) * (*b - layer->second_zero_point);
            const int32_t value = layer->output_zero_point
                                  + tk_requantize(product, layer->multiplier, layer->shift);

            *output++ = (int8_t)tk_clamp(value, layer->output_min, layer->output_max);
            a += broadcast->first_steps[2];
            b += broadcast->second_steps[2];
        }
    }
}
