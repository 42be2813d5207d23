/* Two numbers in one word: how the fast kernels multiply twice with one instruction.
 *
 * A pair is a uint32_t that holds two int16 numbers, the first in its low half. On a Cortex-M with
 * the DSP extension (M4, M7, M33) each function here is one instruction; elsewhere, and in builds
 * without optimisation, plain C does the same, so that every kernel built on this file runs, and
 * gives the same bytes, on any computer.
 *
 * Sums wrap modulo 2^32 and bits are taken from words by conversions that wrap, which gcc and clang
 * document. A kernel says why its sums are right all the same.
 *
 * Source: Armv7-M Architecture Reference Manual (DDI 0403), A7.7.
 */
#ifndef TK_SIMD_H
#define TK_SIMD_H

#include <stdint.h>

/* a + b, modulo 2^32. */
static inline int32_t tk_add_wrapping(int32_t a, int32_t b)
{
    return (int32_t)((uint32_t)a + (uint32_t)b);
}

#if defined(__ARM_FEATURE_DSP) && (__ARM_ARCH_PROFILE == 'M') && defined(__OPTIMIZE__)
#include "tk_simd_arm.h"
#else
#include "tk_simd_portable.h"
#endif

#endif
