#include "tk_add_s8_fast.h"

/* Sum of two int8 arrays, each with its own scale. It equals tk_add_s8.
 *
 * The common scale is twice the larger of both, so the input with the larger scale, `wide`, is
 * halved there, exactly: 2^20 * x / 2 = 2^19 * x. The other one takes the two roundings of
 * tk_requantize. Where both scales are equal its factor is one half as well, whose shift is 0;
 * the second rounding needs a shift of at least 1, so the generator shifts one bit further to the
 * left first and to the right after, which adds a 0 and takes it away again.
 *
 * |code - zero point| <= 255 < 2^8, so the products before and after stay below 2^30 and the sum
 * below 2^28.
 */

void tk_add_s8_fast(const tk_add_s8_fast_layer *layer, const int8_t *wide, const int8_t *narrow,
                    int8_t *output)
{
    const tk_add_s8_fast_layer own = *layer; /* nothing is read again after a byte is written */

    for (int32_t i = 0; i < own.n_values; i++) {
        const int32_t high = tk_multiply_high(narrow[i] * own.narrow_factor + own.narrow_offset,
                                              own.narrow_multiplier);
        const int32_t second = (high + (high >> 31) + own.narrow_rounding) >> own.narrow_shift;
        const int32_t sum = wide[i] * ((int32_t)1 << 19) + second + own.output.bias;

        output[i] = tk_output_s8(sum, own.output);
    }
    tk_clamp_all_s8(output, layer->n_values, layer->output_min, layer->output_max);
}
