#include "tk_conv_2d_s8.h"

#include <stddef.h>

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
 * Source: TFLite 8-bit quantization specification, CONV_2D.
 */

/* The sum above for one output value; weights: those of its channel. */
static int32_t sum_of_taps(const tk_conv_2d_s8_layer *layer, const tk_window *window,
                           const int8_t *input, const int8_t *weights)
{
    const tk_geometry *geometry = &layer->geometry;
    const int32_t n_channels = layer->input_channels;
    const int32_t zero_point = layer->input_zero_point;
    int32_t acc = 0;

    for (int32_t j = window->rows.begin; j < window->rows.end; j++) {
        const int32_t row = window->corner + j * geometry->dilation_height * geometry->input_width;

        for (int32_t i = window->columns.begin; i < window->columns.end; i++) {
            const int8_t *pixel = input + (row + i * geometry->dilation_width) * n_channels;
            const int8_t *weight = weights + (j * geometry->filter_width + i) * n_channels;

            for (int32_t c = 0; c < n_channels; c++) {
                acc += (pixel[c] - zero_point) * weight[c];
            }
        }
    }
    return acc;
}

void tk_conv_2d_s8(const tk_conv_2d_s8_layer *layer, const int8_t *input, int8_t *output)
{
    const tk_geometry *geometry = &layer->geometry;
    const int32_t n_weights =
        geometry->filter_height * geometry->filter_width * layer->input_channels;

    for (int32_t y = 0; y < geometry->output_height; y++) {
        for (int32_t x = 0; x < geometry->output_width; x++) {
            const tk_window window = tk_window_at(geometry, y, x);

            for (int32_t o = 0; o < layer->output_channels; o++) {
                int32_t acc = (layer->bias != NULL) ? layer->bias[o] : 0;

                acc += sum_of_taps(layer, &window, input, layer->weights + o * n_weights);
                acc = layer->output_zero_point
                      + tk_requantize(acc, layer->multipliers[o], layer->shifts[o]);
                *output++ = (int8_t)tk_clamp(acc, layer->output_min, layer->output_max);
            }
        }
    }
}
