/* From the sum of a 16x8 layer (int16 activations, int8 weights) to output units.
 *
 * Sums of int16 times int8 need more than 32 bits. TensorFlow Lite Micro shortens the multiplier
 * to 15 bits, so that the product fits into int64, and rounds once; see tk_requantize.h for the
 * factor and for what >> has to do.
 */
#ifndef TK_REQUANTIZE_S16_H
#define TK_REQUANTIZE_S16_H

#include <stdint.h>

/* acc * multiplier * 2^(shift - 31), to nearest, halves upwards, modulo 2^32. |acc| < 2^47,
 * shift: -31 to 7. */
static inline int32_t tk_requantize_s16(int64_t acc, int32_t multiplier, int32_t shift)
{
    const int32_t shorter = (multiplier < 0x7FFF0000) ? ((multiplier + 0x8000) >> 16) : 0x7FFF;
    const int32_t bits = 15 - shift;

    return (int32_t)((acc * shorter + ((int64_t)1 << (bits - 1))) >> bits);
}

#endif
