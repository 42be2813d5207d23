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
 * Neighbouring channels lie side by side, so the innermost loop runs over channels; the sums of a
 * block of them wait on the stack.
 *
 * Source: TFLite 8-bit quantization specification, DEPTHWISE_CONV_2D.
 */

enum { BLOCK = 32 };

/* One tap's products for n input channels; their weights lie `step` apart. */
static void add_tap(const int8_t *input, int32_t zero_point, const int8_t *weights, int32_t step,
                    int32_t n, int32_t sums[BLOCK])
{
    for (int32_t k = 0; k < n; k++) {
        sums[k] += (input[k] - zero_point) * weights[k * step];
    }
}

/* The sums above, without bias. input, weights: from the block's first channel on. */
static void sum_block(const tk_depthwise_conv_2d_s8_layer *layer, const tk_window *window,
                      const int8_t *input, const int8_t *weights, int32_t n, int32_t sums[BLOCK])
{
    const tk_geometry *geometry = &layer->geometry;
    const int32_t n_inputs = layer->input_channels;
    const int32_t n_outputs = n_inputs * layer->depth_multiplier;

    for (int32_t k = 0; k < n; k++) {
        sums[k] = 0;
    }
    for (int32_t j = window->rows.begin; j < window->rows.end; j++) {
        const int32_t row = window->corner + j * geometry->dilation_height * geometry->input_width;

        for (int32_t i = window->columns.begin; i < window->columns.end; i++) {
            const int32_t pixel = row + i * geometry->dilation_width;
            const int32_t tap = j * geometry->filter_width + i;

            add_tap(input + pixel * n_inputs, layer->input_zero_point, weights + tap * n_outputs,
                    layer->depth_multiplier, n, sums);
        }
    }
}

/* Every depth_multiplier-th output channel of one pixel, from channel m on. */
static void convolve_pixel(const tk_depthwise_conv_2d_s8_layer *layer, const tk_window *window,
                           const int8_t *input, int32_t m, int8_t *output)
{
    for (int32_t first = 0; first < layer->input_channels; first += BLOCK) {
        const int32_t n = tk_clamp(layer->input_channels - first, 1, BLOCK);
        int32_t o = first * layer->depth_multiplier + m;
        int32_t sums[BLOCK];

        sum_block(layer, window, input + first, layer->weights + o, n, sums);
        for (int32_t k = 0; k < n; k++) {
            const int32_t acc = sums[k] + ((layer->bias != NULL) ? layer->bias[o] : 0);
            const int32_t code = layer->output_zero_point
                                 + tk_requantize(acc, layer->multipliers[o], layer->shifts[o]);

            output[o] = (int8_t)tk_clamp(code, layer->output_min, layer->output_max);
            o += layer->depth_multiplier;
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

            for (int32_t m = 0; m < layer->depth_multiplier; m++) {
                convolve_pixel(layer, &window, input, m, output);
            }
            output += layer->input_channels * layer->depth_multiplier;
        }
    }
}
