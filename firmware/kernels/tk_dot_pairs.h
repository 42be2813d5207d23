/* The innermost loops of the fast kernels: two rows of packed weights times one or four inputs.
 *
 * Packing, and why `lo` and `both` tell two dot products apart, is explained in tk_product_s8.h and
 * tk_product_s8.c. n_groups is at most TK_GROUPS_AT_ONCE there. Sums of lo begin with `start`, and
 * so does `both`, which leaves dot(hi) as it is.
 */
#ifndef TK_DOT_PAIRS_H
#define TK_DOT_PAIRS_H

#include <stdint.h>

#include "tk_output_s8.h"

/* Twice the sums, as the output stage wants them, modulo 2^32. */
typedef struct {
    int32_t twice_lo[4];
    int32_t twice_hi[4];
} tk_dots_four;

/* What the caller of tk_dot_pairs_four needs after it; see tk_dot_pairs_arm.h. */
typedef struct {
    int32_t step;
    const tk_output_channel *channels;
    int8_t *output;
} tk_kept;

typedef struct {
    int32_t twice_lo;
    int32_t twice_hi;
} tk_dots_one;

/* 2 * dot(hi) from dot(lo) and dot(lo) + 256 * dot(hi), both modulo 2^32. */
static inline int32_t tk_twice_hi(int32_t both, int32_t lo)
{
    return (int32_t)((uint32_t)both - (uint32_t)lo) >> 7;
}

static inline int32_t tk_twice(int32_t sum)
{
    return tk_add_wrapping(sum, sum);
}

#if defined(__ARM_FEATURE_DSP) && (__ARM_ARCH_PROFILE == 'M') && defined(__OPTIMIZE__)
#include "tk_dot_pairs_arm.h"
#else
#include "tk_dot_pairs_portable.h"
#endif

#endif
