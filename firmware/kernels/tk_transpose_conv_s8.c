#include "tk_transpose_conv_s8.h"

#include <stddef.h>

#include "tk_dot_s8.h"
#include "tk_requantize.h"

/* Transposed convolution on int8, one weight scale per output channel.
 *
 * Input pixel (v, u) adds its filters to the output pixels from (v * stride_height - pad_top,
 * u * stride_width - pad_left) on. Seen from output pixel (y, x), so that each is written once:
 *
 *   acc[o] = bias[o] + sum_{j,i,c} (input[v][u][c] - input_zero_point) * weights[o][j][i][c]
 *            over the taps j, i for which v = (y + pad_top - j) / stride_height and
 *            u = (x + pad_left - i) / stride_width are whole and inside the input
 *   out[o] = clamp(output_zero_point + requantize(acc[o]), output_min, output_max)
 *
 * Those taps lie stride apart, beginning at (y + pad_top) mod stride_height; from one to the next,
 * v falls by 1. The generator proves |bias| + sum |weights| * max |input - zero point| < 2^31 for
 * every channel, so acc stays inside int32. Four output channels are summed at a time; see
 * tk_conv_2d_s8.c.
 *
 * Source: TFLite reference kernel TransposeConv, lite/kernels/internal/reference/.
 */

/* The sums above, without bias, of four output channels; weights: theirs. */
static void sum_four(const tk_transpose_conv_s8_layer *layer, int32_t y, int32_t x,
                     const int8_t *input, const int8_t *weights, int32_t sums[4])
{
    const int32_t bottom = y + layer->pad_top;
    const int32_t right = x + layer->pad_left;
    const int32_t n_channels = layer->input_channels;

    for (int32_t j = bottom % layer->stride_height; j < layer->filter_height && j <= bottom;
         j += layer->stride_height) {
        const int32_t v = (bottom - j) / layer->stride_height;

        for (int32_t i = right % layer->stride_width; i < layer->filter_width && i <= right;
             i += layer->stride_width) {
            const int32_t u = (right - i) / layer->stride_width;
            const int32_t tap = j * layer->filter_width + i;

            if (v < layer->input_height && u < layer->input_width) {
                tk_dot_four_s8(input + (v * layer->input_width + u) * n_channels,
                               layer->input_zero_point, weights + tap * n_channels * 4, n_channels,
                               sums);
            }
        }
    }
}

/* All output channels of one pixel. */
static void write_pixel(const tk_transpose_conv_s8_layer *layer, int32_t y, int32_t x,
                        const int8_t *input, int8_t *output)
{
    const int32_t n_weights = layer->filter_height * layer->filter_width * layer->input_channels;

    for (int32_t first = 0; first < layer->output_channels; first += 4) {
        const int32_t n = tk_clamp(layer->output_channels - first, 1, 4);
        int32_t sums[4] = {0, 0, 0, 0};

        sum_four(layer, y, x, input, layer->weights + first * n_weights, sums);
        for (int32_t k = 0; k < n; k++) {
            const int32_t o = first + k;
            const int32_t acc = sums[k] + ((layer->bias != NULL) ? layer->bias[o] : 0);
            const int32_t code = layer->output_zero_point
                                 + tk_requantize(acc, layer->multipliers[o], layer->shifts[o]);

            output[o] = (int8_t)tk_clamp(code, layer->output_min, layer->output_max);
        }
    }
}

void tk_transpose_conv_s8(const tk_transpose_conv_s8_layer *layer, const int8_t *input,
                          int8_t *output)
{
    for (int32_t y = 0; y < layer->output_height; y++) {
        for (int32_t x = 0; x < layer->output_width; x++) {
            write_pixel(layer, y, x, input, output);
            output += layer->output_channels;
        }
    }
}
