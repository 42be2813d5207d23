/* Codes of one output channel for four sums, written `step` bytes apart; see tk_output_s8.h.
 *
 * twice_sums: even, |twice_sums| < 2^31. On processors with the DSP extension it is written in
 * assembly language, because compilers run out of registers and put half of them on the stack.
 */
#ifndef TK_WRITE_FOUR_S8_H
#define TK_WRITE_FOUR_S8_H

#include <stdint.h>

#include "tk_output_s8.h"

#if defined(__ARM_FEATURE_DSP) && (__ARM_ARCH_PROFILE == 'M') && defined(__OPTIMIZE__)

static inline void tk_write_four_s8(const int32_t twice_sums[4], const tk_output_channel *channel,
                                    int32_t step, int8_t *output)
{
    int32_t sum0 = twice_sums[0], sum1 = twice_sums[1], sum2 = twice_sums[2], sum3 = twice_sums[3];
    int32_t factor, rounding; /* factor: the multiplier, then the shift */

    __asm__ volatile("ldrd   %[factor], %[rounding], [%[channel], #4]\n\t"
                     "smmulr %[sum0], %[sum0], %[factor]\n\t"
                     "smmulr %[sum1], %[sum1], %[factor]\n\t"
                     "smmulr %[sum2], %[sum2], %[factor]\n\t"
                     "smmulr %[sum3], %[sum3], %[factor]\n\t"
                     "ldr    %[factor], [%[channel], #12]\n\t"
                     "add    %[sum0], %[sum0], %[sum0], asr #31\n\t"
                     "add    %[sum1], %[sum1], %[sum1], asr #31\n\t"
                     "add    %[sum2], %[sum2], %[sum2], asr #31\n\t"
                     "add    %[sum3], %[sum3], %[sum3], asr #31\n\t"
                     "add    %[sum0], %[sum0], %[rounding]\n\t"
                     "add    %[sum1], %[sum1], %[rounding]\n\t"
                     "add    %[sum2], %[sum2], %[rounding]\n\t"
                     "add    %[sum3], %[sum3], %[rounding]\n\t"
                     "asr    %[sum0], %[sum0], %[factor]\n\t"
                     "asr    %[sum1], %[sum1], %[factor]\n\t"
                     "asr    %[sum2], %[sum2], %[factor]\n\t"
                     "asr    %[sum3], %[sum3], %[factor]\n\t"
                     "ssat   %[sum0], #8, %[sum0]\n\t"
                     "ssat   %[sum1], #8, %[sum1]\n\t"
                     "ssat   %[sum2], #8, %[sum2]\n\t"
                     "ssat   %[sum3], #8, %[sum3]\n\t"
                     "strb   %[sum0], [%[output]]\n\t"
                     "strb   %[sum1], [%[output], %[step]]\n\t"
                     "strb   %[sum2], [%[output], %[step], lsl #1]\n\t"
                     "add    %[output], %[output], %[step]\n\t"
                     "strb   %[sum3], [%[output], %[step], lsl #1]"
                     : [sum0] "+r"(sum0), [sum1] "+r"(sum1), [sum2] "+r"(sum2), [sum3] "+r"(sum3),
                       [output] "+r"(output), [factor] "=&r"(factor), [rounding] "=&r"(rounding)
                     : [channel] "r"(channel), [step] "r"(step)
                     : "memory");
}

#else

static inline void tk_write_four_s8(const int32_t twice_sums[4], const tk_output_channel *channel,
                                    int32_t step, int8_t *output)
{
    for (int32_t column = 0; column < 4; column++) {
        *output = tk_output_of_twice_s8(twice_sums[column], *channel);
        output += step;
    }
}

#endif

#endif
