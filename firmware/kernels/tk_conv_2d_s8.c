#include "tk_conv_2d_s8.h"

#include <stddef.h>

#include "tk_dot_s8.h"
#include "tk_requantize.h"

/* Convolution on int8, one weight scale per output channel.
 *
 *   acc[o] = bias[o] + sum_{j,i,c} (input[pixel under tap j,i][c] - input_zero_point)
 *                                  * weights[o][j][i][c]
 *   out[o] = clamp(output_zero_point + requantize(acc[o]), output_min, output_max)
 *
 * for every output pixel. Weights are symmetric (zero point 0). Padding holds the input's zero
 * point, so its terms are 0 and the sum runs over the taps inside the picture. The generator
 * proves |bias| + sum |weights| * max |input - zero point| < 2^31 for every channel, so acc stays
 * inside int32.
 *
 * Four output channels are summed at a time, so that each input is read once for four products;
 * the generator has put their weights side by side. The last four may be fewer: their missing
 * weights are 0, and their sums are dropped.
 *
 * Source: TFLite 8-bit quantization specification, CONV_2D.
 */

/* The sums above, without bias, of four output channels; weights: theirs. */
static void sum_four(const tk_conv_2d_s8_layer *layer, const tk_window *window,
                     const int8_t *input, const int8_t *weights, int32_t sums[4])
{
    const tk_geometry *geometry = &layer->geometry;
    const tk_taps columns = window->columns;
    const int32_t n_channels = layer->input_channels;
    /* Taps whose pixels lie side by side are one run. */
    const int32_t run = (geometry->dilation_width == 1) ? columns.end - columns.begin : 1;

    for (int32_t j = window->rows.begin; j < window->rows.end; j++) {
        const int32_t row = window->corner + j * geometry->dilation_height * geometry->input_width;

        for (int32_t i = columns.begin; i < columns.end; i += run) {
            const int32_t pixel = row + i * geometry->dilation_width;
            const int32_t tap = j * geometry->filter_width + i;

            tk_dot_four_s8(input + pixel * n_channels, layer->input_zero_point,
                           weights + tap * n_channels * 4, run * n_channels, sums);
        }
    }
}

/* All output channels of one pixel. */
static void convolve_pixel(const tk_conv_2d_s8_layer *layer, const tk_window *window,
                           const int8_t *input, int8_t *output)
{
    const tk_geometry *geometry = &layer->geometry;
    const int32_t n_weights =
        geometry->filter_height * geometry->filter_width * layer->input_channels;

    for (int32_t first = 0; first < layer->output_channels; first += 4) {
        const int32_t n = tk_clamp(layer->output_channels - first, 1, 4);
        int32_t sums[4] = {0, 0, 0, 0};

        sum_four(layer, window, input, layer->weights + first * n_weights, sums);
        for (int32_t k = 0; k < n; k++) {
            const int32_t o = first + k;
            const int32_t acc = sums[k] + ((layer->bias != NULL) ? layer->bias[o] : 0);
            const int32_t code = layer->output_zero_point
                                 + tk_requantize(acc, layer->multipliers[o], layer->shifts[o]);

            output[o] = (int8_t)tk_clamp(code, layer->output_min, layer->output_max);
        }
    }
}

void tk_conv_2d_s8(const tk_conv_2d_s8_layer *layer, const int8_t *input, int8_t *output)
{
    const tk_geometry *geometry = &layer->geometry;

    for (int32_t y = 0; y < geometry->output_height; y++) {
        for (int32_t x = 0; x < geometry->output_width; x++) {
            const tk_window window = tk_window_at(geometry, y, x);

            convolve_pixel(layer, &window, input, output);
            output += layer->output_channels;
        }
    }
}
