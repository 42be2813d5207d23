/* tk_simd.h in plain C; what each function does is said beside its twin in tk_simd_arm.h. */
#ifndef TK_SIMD_PORTABLE_H
#define TK_SIMD_PORTABLE_H

#include <stdint.h>

/* Four bytes that may lie anywhere, the first in the lowest bits. */
static inline uint32_t tk_load_4(const int8_t *bytes)
{
    return (uint32_t)(uint8_t)bytes[0] | ((uint32_t)(uint8_t)bytes[1] << 8)
           | ((uint32_t)(uint8_t)bytes[2] << 16) | ((uint32_t)(uint8_t)bytes[3] << 24);
}

/* The opposite of tk_load_4. */
static inline void tk_store_4(uint32_t word, int8_t *bytes)
{
    bytes[0] = (int8_t)(uint8_t)word;
    bytes[1] = (int8_t)(uint8_t)(word >> 8);
    bytes[2] = (int8_t)(uint8_t)(word >> 16);
    bytes[3] = (int8_t)(uint8_t)(word >> 24);
}

/* The numbers of a pair. */
static inline int32_t tk_first(uint32_t pair)
{
    return (int16_t)(uint16_t)pair;
}

static inline int32_t tk_second(uint32_t pair)
{
    return (int16_t)(uint16_t)(pair >> 16);
}

static inline uint32_t tk_pair_of(int32_t first, int32_t second)
{
    return (uint32_t)(uint16_t)first | ((uint32_t)(uint16_t)second << 16);
}

static inline uint32_t tk_widen_even(uint32_t bytes)
{
    return tk_pair_of((int8_t)(uint8_t)bytes, (int8_t)(uint8_t)(bytes >> 16));
}

static inline uint32_t tk_widen_odd(uint32_t bytes)
{
    return tk_widen_even(bytes >> 8);
}

static inline uint32_t tk_pair_firsts(uint32_t a, uint32_t b)
{
    return (a & 0xFFFFu) | (b << 16);
}

static inline uint32_t tk_pair_seconds(uint32_t a, uint32_t b)
{
    return (a >> 16) | (b & 0xFFFF0000u);
}

static inline int32_t tk_add_products(uint32_t a, uint32_t b, int32_t sum)
{
    sum = tk_add_wrapping(sum, tk_first(a) * tk_first(b));
    return tk_add_wrapping(sum, tk_second(a) * tk_second(b));
}

static inline int32_t tk_add_first_second(uint32_t a, uint32_t b, int32_t sum)
{
    return tk_add_wrapping(sum, tk_first(a) * tk_second(b));
}

static inline int32_t tk_add_second_first(uint32_t a, uint32_t b, int32_t sum)
{
    return tk_add_wrapping(sum, tk_second(a) * tk_first(b));
}

static inline int32_t tk_multiply_high(int32_t a, int32_t b)
{
    return (int32_t)(((int64_t)a * b + ((int64_t)1 << 31)) >> 32);
}

static inline int8_t tk_saturate_s8(int32_t value)
{
    if (value < -128) {
        return -128;
    }
    return (int8_t)((value > 127) ? 127 : value);
}

#endif
