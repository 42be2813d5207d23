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
    const int32_t wide_zero_point = layer->wide_zero_point;
    const int32_t narrow_zero_point = layer->narrow_zero_point;
    const int32_t narrow_scale = (int32_t)(UINT32_C(1) << layer->narrow_pre_shift);
    const int32_t narrow_multiplier = layer->narrow_multiplier;
    const int32_t narrow_shift = layer->narrow_shift;
    const int32_t half = (int32_t)(UINT32_C(1) << (narrow_shift - 1));
    const tk_output_channel channel = layer->output;

    for (int32_t i = 0; i < layer->n_values; i++) {
        const int32_t first = (wide[i] - wide_zero_point) * ((int32_t)1 << 19);
        const int32_t high = tk_multiply_high((narrow[i] - narrow_zero_point) * narrow_scale,
                                              narrow_multiplier);
        const int32_t second = (high + (high >> 31) + half) >> narrow_shift;

        output[i] = tk_output_s8(first + second, channel);
    }
    tk_clamp_all_s8(output, layer->n_values, layer->output_min, layer->output_max);
}
