#include "tk_conv_2d_s16.h"

#include <stddef.h>

#include "tk_requantize.h"
#include "tk_requantize_s16.h"

/* Convolution on int16 with int8 weights, one weight scale per output channel.
 *
 *   acc[o] = bias[o] + sum_{j,i,c} input[pixel under tap j,i][c] * weights[o][j][i][c]
 *   out[o] = clamp(requantize(acc[o]), output_min, output_max)
 *
 * for every output pixel. All zero points are 0, so padding adds nothing and the sum runs over the
 * taps inside the picture. The generator proves |acc| < 2^47.
 *
 * Source: TFLite 16x8 quantization specification, CONV_2D.
 */

/* The sum above, without bias, for one output channel; weights: its own. */
static int64_t sum_of_products(const tk_conv_2d_s16_layer *layer, const tk_window *window,
                               const int16_t *input, const int8_t *weights)
{
    const tk_geometry *geometry = &layer->geometry;
    const int32_t n_channels = layer->input_channels;
    int64_t sum = 0;

    for (int32_t j = window->rows.begin; j < window->rows.end; j++) {
        const int32_t row = window->corner + j * geometry->dilation_height * geometry->input_width;

        for (int32_t i = window->columns.begin; i < window->columns.end; i++) {
            const int16_t *pixel = input + (row + i * geometry->dilation_width) * n_channels;
            const int8_t *weight = weights + (j * geometry->filter_width + i) * n_channels;

            for (int32_t c = 0; c < n_channels; c++) {
                sum += (int32_t)pixel[c] * weight[c];
            }
        }
    }
    return sum;
}

void tk_conv_2d_s16(const tk_conv_2d_s16_layer *layer, const int16_t *input, int16_t *output)
{
    const tk_geometry *geometry = &layer->geometry;
    const int32_t n_weights =
        geometry->filter_height * geometry->filter_width * layer->input_channels;

    for (int32_t y = 0; y < geometry->output_height; y++) {
        for (int32_t x = 0; x < geometry->output_width; x++) {
            const tk_window window = tk_window_at(geometry, y, x);

            for (int32_t o = 0; o < layer->output_channels; o++) {
                const int64_t acc =
                    sum_of_products(layer, &window, input, layer->weights + o * n_weights)
                    + ((layer->bias != NULL) ? layer->bias[o] : 0);
                const int32_t code =
                    tk_requantize_s16(acc, layer->multipliers[o], layer->shifts[o]);

                *output++ = (int16_t)tk_clamp(code, layer->output_min, layer->output_max);
            }
        }
    }
}
