#include "tk_depthwise_conv_2d_s16.h"

#include <stddef.h>

#include "tk_requantize.h"
#include "tk_requantize_s16.h"

/* Depthwise convolution on int16 with int8 weights: output channel o reads input channel
 * o / depth_multiplier only.
 *
 *   acc[o] = bias[o] + sum_{j,i} input[pixel under tap j,i][o / depth_multiplier]
 *                                * weights[j][i][o]
 *   out[o] = clamp(requantize(acc[o]), output_min, output_max)
 *
 * for every output pixel. All zero points are 0, so padding adds nothing. The generator proves
 * |acc| < 2^47.
 *
 * Source: TFLite 16x8 quantization specification, DEPTHWISE_CONV_2D.
 */

/* The sum above, without bias, for one output channel. */
static int64_t sum_of_products(const tk_depthwise_conv_2d_s16_layer *layer,
                               const tk_window *window, const int16_t *input, int32_t o)
{
    const tk_geometry *geometry = &layer->geometry;
    const int32_t n_filters = layer->input_channels * layer->depth_multiplier;
    const int32_t channel = o / layer->depth_multiplier;
    int64_t sum = 0;

    for (int32_t j = window->rows.begin; j < window->rows.end; j++) {
        const int32_t row = window->corner + j * geometry->dilation_height * geometry->input_width;

        for (int32_t i = window->columns.begin; i < window->columns.end; i++) {
            const int32_t pixel = row + i * geometry->dilation_width;
            const int32_t tap = j * geometry->filter_width + i;

            sum += (int32_t)input[pixel * layer->input_channels + channel]
                   * layer->weights[tap * n_filters + o];
        }
    }
    return sum;
}

void tk_depthwise_conv_2d_s16(const tk_depthwise_conv_2d_s16_layer *layer, const int16_t *input,
                              int16_t *output)
{
    const tk_geometry *geometry = &layer->geometry;
    const int32_t n_filters = layer->input_channels * layer->depth_multiplier;

    for (int32_t y = 0; y < geometry->output_height; y++) {
        for (int32_t x = 0; x < geometry->output_width; x++) {
            const tk_window window = tk_window_at(geometry, y, x);

            for (int32_t o = 0; o < n_filters; o++) {
                const int64_t acc = sum_of_products(layer, &window, input, o)
                                    + ((layer->bias != NULL) ? layer->bias[o] : 0);
                const int32_t code =
                    tk_requantize_s16(acc, layer->multipliers[o], layer->shifts[o]);

                *output++ = (int16_t)tk_clamp(code, layer->output_min, layer->output_max);
            }
        }
    }
}
