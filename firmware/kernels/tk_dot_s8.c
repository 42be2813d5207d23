#include "tk_dot_s8.h"

/* In a file of its own and with its loop as it stands, because neither merged into the loops around
 * it nor unrolled do four sums, five pointers and a zero point fit into a Cortex-M's registers:
 * clang then needs six instructions for each product instead of four. */
void tk_dot_four_s8(const int8_t *inputs, int32_t zero_point, const int8_t *const weights[4],
                    int32_t n, int32_t sums[4])
{
    const int8_t *weights_0 = weights[0];
    const int8_t *weights_1 = weights[1];
    const int8_t *weights_2 = weights[2];
    const int8_t *weights_3 = weights[3];
    int32_t sum_0 = sums[0];
    int32_t sum_1 = sums[1];
    int32_t sum_2 = sums[2];
    int32_t sum_3 = sums[3];

#pragma GCC unroll 1
    for (int32_t i = 0; i < n; i++) {
        const int32_t value = inputs[i] - zero_point;

        sum_0 += value * weights_0[i];
        sum_1 += value * weights_1[i];
        sum_2 += value * weights_2[i];
        sum_3 += value * weights_3[i];
    }
    sums[0] = sum_0;
    sums[1] = sum_1;
    sums[2] = sum_2;
    sums[3] = sum_3;
}
