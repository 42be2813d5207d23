/* From a sum to an output code, for the fast kernels: requantize, add the zero point, saturate.
 *
 * It is tk_requantize with what can be known beforehand worked in by the generator, which proves
 * for every channel that |sum| < 2^30 and that the factor's shift is -1 to -22:
 *
 *   tk_high_multiply(sum, multiplier) = tk_multiply_high(2 * sum, multiplier), since 2 * sum fits;
 *   tk_divide_by_power(h, shift) = (h + (h >> 31) + 2^(shift - 1)) >> shift;
 *   ... + zero_point joins 2^(shift - 1) as zero_point * 2^shift, since shift divides it again.
 *
 * |h| is below 2^30 and |rounding| at most 2^21 + 2^29, so nothing leaves int32.
 */
#ifndef TK_OUTPUT_S8_H
#define TK_OUTPUT_S8_H

#include <stdint.h>

#include "tk_simd.h"

typedef struct {
    int32_t bias;       /* of the model, and what the input's zero point adds to every sum */
    int32_t multiplier; /* Q31 */
    int32_t rounding;   /* 2^(shift - 1) + zero_point * 2^shift */
    int32_t shift;      /* 1 to 22, to the right */
} tk_output_channel;

/* The code for half of `twice_sum`, which is even. */
static inline int8_t tk_output_of_twice_s8(int32_t twice_sum, tk_output_channel channel)
{
    const int32_t high = tk_multiply_high(twice_sum, channel.multiplier);

    return tk_saturate_s8((high + (high >> 31) + channel.rounding) >> channel.shift);
}

static inline int8_t tk_output_s8(int32_t sum, tk_output_channel channel)
{
    return tk_output_of_twice_s8(2 * sum, channel);
}

/* For activations that end inside int8: all codes moved into [low, high]. */
static inline void tk_clamp_all_s8(int8_t *codes, int32_t n, int32_t low, int32_t high)
{
    if (low <= -128 && high >= 127) {
        return;
    }
    for (int32_t i = 0; i < n; i++) {
        const int32_t raised = (codes[i] < low) ? low : codes[i];

        codes[i] = (int8_t)((raised > high) ? high : raised);
    }
}

#endif
