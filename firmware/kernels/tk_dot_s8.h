/* The innermost loop of a convolution: one run of inputs against four filters. */
#ifndef TK_DOT_S8_H
#define TK_DOT_S8_H

#include <stdint.h>

/* sums[k] += sum_i (inputs[i] - zero_point) * weights[i][k] for k = 0 to 3, i = 0 to n - 1.
 *
 * Each input is read once for four products, and the weights in the order they lie in. The caller
 * answers for the range: no sum on the way may leave int32. */
void tk_dot_four_s8(const int8_t *inputs, int32_t zero_point, const int8_t *weights, int32_t n,
                    int32_t sums[4]);

#endif
