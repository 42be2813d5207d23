#include "tk_mean_s8.h"

#include "tk_requantize.h"

/* Mean over neighbouring axes on int8; over height and width it is global average pooling.
 *
 *   sum    = sum_k (input[o][k][i] - input_zero_point)
 *   out[o][i] = clamp(output_zero_point + requantize(sum), -128, 127)
 *
 * The division by n_averaged is part of the multiplier. |sum| <= 255 * n_averaged < 2^31.
 *
 * Source: TFLite reference, reduce.h (QuantizedMeanOrSum).
 */

/* Sum of n values that lie `stride` apart. */
static int32_t strided_sum(const int8_t *input, int32_t n, int32_t stride)
{
    int32_t sum = 0;

    for (int32_t k = 0; k < n; k++) {
        sum += input[k * stride];
    }
    return sum;
}

void tk_mean_s8(const tk_mean_s8_layer *layer, const int8_t *input, int8_t *output)
{
    const int32_t zero = layer->n_averaged * layer->input_zero_point;

    for (int32_t o = 0; o < layer->n_outer; o++) {
        for (int32_t i = 0; i < layer->n_inner; i++) {
            const int32_t sum = strided_sum(input + i, layer->n_averaged, layer->n_inner) - zero;
            const int32_t value = layer->output_zero_point
                                  + tk_requantize(sum, layer->multiplier, layer->shift);

            *output++ = (int8_t)tk_clamp(value, INT8_MIN, INT8_MAX);
        }
        input += layer->n_averaged * layer->n_inner;
    }
}
