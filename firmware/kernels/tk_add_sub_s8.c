#include "tk_add_sub_s8.h"

#include "tk_requantize.h"

/* Sum or difference of two int8 arrays, of which one may be repeated: SUB, and ADD where tk_add_s8
 * does not suit.
 *
 *   sum    = +-requantize(2^20 * (first[i] - its zero point))
 *            +-requantize(2^20 * (second[k] - its zero point))
 *   out[i] = clamp(output_zero_point + requantize(sum), output_min, output_max)
 *
 * The sign is applied after a term is rounded, since rounding is not symmetric. Bounds as in
 * tk_add_s8.c: terms below 2^28 before and 2^27 after they are halved, the sum below 2^28.
 *
 * Source: TFLite reference, integer_ops/add.h and sub.h, which define the order of rounding.
 */

static int32_t signed_in_common_scale(const tk_add_sub_s8_term *term, int8_t code)
{
    const int32_t scaled = (code - term->zero_point) * ((int32_t)1 << 20);

    return term->sign * tk_requantize(scaled, term->multiplier, term->shift);
}

void tk_add_sub_s8(const tk_add_sub_s8_layer *layer, const int8_t *first, const int8_t *second,
                   int8_t *output)
{
    const tk_broadcast *broadcast = &layer->broadcast;
    const int32_t n_rows = tk_broadcast_rows(broadcast);

    for (int32_t row = 0; row < n_rows; row++) {
        const int8_t *a = first + tk_broadcast_start(broadcast, broadcast->first_steps, row);
        const int8_t *b = second + tk_broadcast_start(broadcast, broadcast->second_steps, row);

        for (int32_t i = 0; i < broadcast->shape[2]; i++) {
            const int32_t sum = signed_in_common_scale(&layer->first, *a)
                                + signed_in_common_scale(&layer->second, *b);
            const int32_t value =
                layer->output_zero_point
                + tk_requantize(sum, layer->output_multiplier, layer->output_shift);

            *output++ = (int8_t)tk_clamp(value, layer->output_min, layer->output_max);
            a += broadcast->first_steps[2];
            b += broadcast->second_steps[2];
        }
    }
}
