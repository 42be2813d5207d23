#include "tk_add_s8.h"

#include "tk_requantize.h"

/* Sum of two int8 arrays, each with its own scale.
 *
 *   sum    = requantize(2^20 * (first[i] - its zero point))
 *            + requantize(2^20 * (second[i] - its zero point))
 *   out[i] = clamp(output_zero_point + requantize(sum), output_min, output_max)
 *
 * Both terms are brought to one common scale, twice the larger of theirs, with 20 more bits so that
 * little is lost. |code - zero point| <= 255 < 2^8, so a term is below 2^28 before and below 2^27
 * after the halving, and the sum below 2^28.
 *
 * Source: TFLite reference, integer_ops/add.h, which defines the order of rounding.
 */

static int32_t in_common_scale(const tk_add_s8_term *term, int8_t code)
{
    const int32_t scaled = (code - term->zero_point) * ((int32_t)1 << 20);

    return tk_requantize(scaled, term->multiplier, term->shift);
}

void tk_add_s8(const tk_add_s8_layer *layer, const int8_t *first, const int8_t *second,
               int8_t *output)
{
    for (int32_t i = 0; i < layer->n_values; i++) {
        const int32_t sum = in_common_scale(&layer->first, first[i])
                            + in_common_scale(&layer->second, second[i]);
        const int32_t value =
            layer->output_zero_point
            + tk_requantize(sum, layer->output_multiplier, layer->output_shift);

        output[i] = (int8_t)tk_clamp(value, layer->output_min, layer->output_max);
    }
}
