/* tk_simd.h for Arm processors with the DSP extension: each function is one instruction. */
#ifndef TK_SIMD_ARM_H
#define TK_SIMD_ARM_H

#include <stdint.h>

/* Four bytes that may lie anywhere, the first in the lowest bits. */
static inline uint32_t tk_load_4(const int8_t *bytes)
{
    uint32_t word;

    __builtin_memcpy(&word, bytes, 4);
    return word;
}

/* The opposite of tk_load_4. */
static inline void tk_store_4(uint32_t word, int8_t *bytes)
{
    __builtin_memcpy(bytes, &word, 4);
}

/* Bytes 0 and 2 of a word, with their signs, as a pair. */
static inline uint32_t tk_widen_even(uint32_t bytes)
{
    uint32_t pair;

    __asm__("sxtb16 %0, %1" : "=r"(pair) : "r"(bytes));
    return pair;
}

/* Bytes 1 and 3. */
static inline uint32_t tk_widen_odd(uint32_t bytes)
{
    uint32_t pair;

    __asm__("sxtb16 %0, %1, ror #8" : "=r"(pair) : "r"(bytes));
    return pair;
}

/* The first number of a, then the first of b. */
static inline uint32_t tk_pair_firsts(uint32_t a, uint32_t b)
{
    uint32_t pair;

    __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(pair) : "r"(a), "r"(b));
    return pair;
}

/* The second number of a, then the second of b. */
static inline uint32_t tk_pair_seconds(uint32_t a, uint32_t b)
{
    uint32_t pair;

    __asm__("pkhtb %0, %1, %2, asr #16" : "=r"(pair) : "r"(b), "r"(a));
    return pair;
}

/* sum + a.first * b.first + a.second * b.second */
static inline int32_t tk_add_products(uint32_t a, uint32_t b, int32_t sum)
{
    int32_t result;

    __asm__("smlad %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
    return result;
}

/* sum + a.first * b.second */
static inline int32_t tk_add_first_second(uint32_t a, uint32_t b, int32_t sum)
{
    int32_t result;

    __asm__("smlabt %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
    return result;
}

/* sum + a.second * b.first */
static inline int32_t tk_add_second_first(uint32_t a, uint32_t b, int32_t sum)
{
    int32_t result;

    __asm__("smlatb %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
    return result;
}

/* a * b / 2^32, to nearest, halves upwards. */
static inline int32_t tk_multiply_high(int32_t a, int32_t b)
{
    int32_t result;

    __asm__("smmulr %0, %1, %2" : "=r"(result) : "r"(a), "r"(b));
    return result;
}

/* The nearest int8. */
static inline int8_t tk_saturate_s8(int32_t value)
{
    int32_t result;

    __asm__("ssat %0, #8, %1" : "=r"(result) : "r"(value));
    return (int8_t)result;
}

#endif
