#include "tk_dot_s8.h"

/* In a file of its own, so that no compiler merges it into the loops around it: four sums, three
 * pointers and the zero point then stay in registers, twelve instructions for four products. */
void tk_dot_four_s8(const int8_t *inputs, int32_t zero_point, const int8_t *weights, int32_t n,
                    int32_t sums[4])
{
    const int8_t *const end = inputs + n;
    int32_t sum_0 = sums[0];
    int32_t sum_1 = sums[1];
    int32_t sum_2 = sums[2];
    int32_t sum_3 = sums[3];

    for (; inputs < end; inputs++) {
        const int32_t value = *inputs - zero_point;

        sum_0 += value * weights[0];
        sum_1 += value * weights[1];
        sum_2 += value * weights[2];
        sum_3 += value * weights[3];
        weights += 4;
    }
    sums[0] = sum_0;
    sums[1] = sum_1;
    sums[2] = sum_2;
    sums[3] = sum_3;
}
