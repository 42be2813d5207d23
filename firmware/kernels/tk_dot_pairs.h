/* The innermost loops of the fast kernels: two rows of packed weights times one or four inputs.
 *
 * Packing, and why `lo` and `both` tell two dot products apart, is explained in tk_product_s8.h and
 * tk_product_s8.c. n_groups is at most TK_GROUPS_AT_ONCE there.
 */
#ifndef TK_DOT_PAIRS_H
#define TK_DOT_PAIRS_H

#include <stdint.h>

#include "tk_simd.h"

typedef struct {
    int32_t lo[4];
    int32_t hi[4];
} tk_dots_four;

typedef struct {
    int32_t lo;
    int32_t hi;
} tk_dots_one;

/* dot(hi) from dot(lo) and dot(lo) + 256 * dot(hi), both modulo 2^32. */
static inline int32_t tk_hi_of(int32_t both, int32_t lo)
{
    return (int32_t)((uint32_t)both - (uint32_t)lo) >> 8;
}

#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__)
#include "tk_dot_pairs_arm.h"
#else
#include "tk_dot_pairs_portable.h"
#endif

#endif
