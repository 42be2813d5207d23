/* The innermost step of the 3x3 depthwise convolution: sums of two neighbouring outputs.
 *
 * rows: where the window of the left output begins in each of three rows of one channel, as pairs
 * of pixels; weights: of each filter row the pairs (0, 1) and (1, 2). With stride 1 the right
 * output begins at the second pixel of the pair, with stride 2 at the next pair. The rows are moved
 * on by two outputs.
 */
#ifndef TK_FILTER_3X3_H
#define TK_FILTER_3X3_H

#include <stdint.h>

#include "tk_simd.h"

typedef struct {
    const uint32_t *top;
    const uint32_t *middle;
    const uint32_t *bottom;
} tk_three_rows;

typedef struct {
    int32_t left;
    int32_t right;
} tk_two_sums;

#if defined(__ARM_FEATURE_DSP) && (__ARM_ARCH_PROFILE == 'M') && defined(__OPTIMIZE__)
#include "tk_filter_3x3_arm.h"
#else
#include "tk_filter_3x3_portable.h"
#endif

#endif
