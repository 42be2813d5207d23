#include "tk_depthwise_conv_2d_s8.h"

#include <stddef.h>

#include "tk_requantize.h"

/* Depthwise convolution on int8: every output channel looks at one input channel only.
 *
 *   acc[o] = bias[o] + sum_{j,i} (input[pixel under tap j,i][o / depth_multiplier]
 *                                 - input_zero_point) * weights[j][i][o]
 *   out[o] = clamp(output_zero_point + requantize(acc[o]), output_min, output_max)
 *
 * for every output pixel. Weights are symmetric (zero point 0). Padding holds the input's zero
 * point, so its terms are 0 and the sum runs over the taps inside the picture. The generator
 * proves |bias| + sum |weights| * max |input - zero point| < 2^31 for every channel, so acc stays
 * inside int32.
 *
 * Source: TFLite 8-bit quantization specification, DEPTHWISE_CONV_2D.
 */

/* The sum above for one output value; input and weights: from its own channel on. */
static int32_t sum_of_taps(const tk_depthwise_conv_2d_s8_layer *layer, const tk_window *window,
                           const int8_t *input, const int8_t *weights)
{
    const tk_geometry *geometry = &layer->geometry;
    const int32_t n_inputs = layer->input_channels;
    const int32_t n_outputs = layer->input_channels * layer->depth_multiplier;
    const int32_t zero_point = layer->input_zero_point;
    int32_t acc = 0;

    for (int32_t j = window->rows.begin; j < window->rows.end; j++) {
        const int32_t row = window->corner + j * geometry->dilation_height * geometry->input_width;

        for (int32_t i = window->columns.begin; i < window->columns.end; i++) {
            const int32_t pixel = row + i * geometry->dilation_width;
            const int32_t tap = j * geometry->filter_width + i;

            acc += (input[pixel * n_inputs] - zero_point) * weights[tap * n_outputs];
        }
    }
    return acc;
}

/* All output channels of one pixel. */
static void convolve_pixel(const tk_depthwise_conv_2d_s8_layer *layer, const tk_window *window,
                           const int8_t *input, int8_t *output)
{
    int32_t o = 0;

    for (int32_t c = 0; c < layer->input_channels; c++) {
        for (int32_t m = 0; m < layer->depth_multiplier; m++) {
            int32_t acc = (layer->bias != NULL) ? layer->bias[o] : 0;

            acc += sum_of_taps(layer, window, input + c, layer->weights + o);
            acc = layer->output_zero_point
                  + tk_requantize(acc, layer->multipliers[o], layer->shifts[o]);
            output[o++] = (int8_t)tk_clamp(acc, layer->output_min, layer->output_max);
        }
    }
}

void tk_depthwise_conv_2d_s8(const tk_depthwise_conv_2d_s8_layer *layer, const int8_t *input,
                             int8_t *output)
{
    const tk_geometry *geometry = &layer->geometry;

    for (int32_t y = 0; y < geometry->output_height; y++) {
        for (int32_t x = 0; x < geometry->output_width; x++) {
            const tk_window window = tk_window_at(geometry, y, x);

            convolve_pixel(layer, &window, input, output);
            output += layer->input_channels * layer->depth_multiplier;
        }
    }
}
