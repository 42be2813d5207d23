/* Fixed-point arithmetic shared by the kernels: from an int32 accumulator to output units.
 *
 * A real factor is stored as multiplier * 2^(shift - 31), with multiplier at least 0 and below 2^31
 * and shift in [-31, 30]. TensorFlow Lite Micro applies it in two steps and rounds in each; so do
 * these functions, because results must be equal to the last bit. (XNNPACK, on a PC, rounds once
 * and differs by one about once in a thousand outputs.)
 *
 * All of them need >> of a negative number to shift in copies of the sign bit, and a conversion
 * to int32_t that is out of range to wrap: true of gcc and clang, which document it.
 */
#ifndef TK_REQUANTIZE_H
#define TK_REQUANTIZE_H

#include <stdint.h>

/* a * b / 2^31, to nearest, halves upwards. Not both of them -2^31: the result would be 2^31. */
static inline int32_t tk_high_multiply(int32_t a, int32_t b)
{
    const int64_t half = (int64_t)1 << 30;

    return (int32_t)(((int64_t)a * b + half) >> 31);
}

/* value / 2^bits, to nearest, halves away from zero. bits: 0 to 31. */
static inline int32_t tk_divide_by_power(int32_t value, int32_t bits)
{
    const int32_t mask = (int32_t)(((uint32_t)1 << bits) - 1u);
    const int32_t remainder = value & mask;
    const int32_t threshold = (mask >> 1) + ((value < 0) ? 1 : 0);

    return (value >> bits) + ((remainder > threshold) ? 1 : 0);
}

/* value * 2^bits, modulo 2^32. bits: 0 to 31. */
static inline int32_t tk_shift_left(int32_t value, int32_t bits)
{
    return (int32_t)((uint32_t)value << bits);
}

/* acc * multiplier * 2^(shift - 31), rounded twice as TFLM's MultiplyByQuantizedMultiplier does.
 * A shift to the left wraps modulo 2^32 where acc * 2^shift does not fit. */
static inline int32_t tk_requantize(int32_t acc, int32_t multiplier, int32_t shift)
{
    if (shift > 0) {
        return tk_high_multiply(tk_shift_left(acc, shift), multiplier);
    }
    return tk_divide_by_power(tk_high_multiply(acc, multiplier), -shift);
}

/* The value in [low, high] nearest to `value`. */
static inline int32_t tk_clamp(int32_t value, int32_t low, int32_t high)
{
    if (value < low) {
        return low;
    }
    return (value > high) ? high : value;
}

#endif
