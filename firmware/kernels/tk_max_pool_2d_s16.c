#include "tk_max_pool_2d_s16.h"

#include "tk_requantize.h"

/* Max pool on int16.
 *
 *   out[c] = clamp(max input[pixel][c], output_min, output_max)
 *
 * for every output pixel, over the taps inside the picture. Input and output have the same scale
 * and zero point 0, so the largest code is the code of the largest value.
 *
 * Source: TFLite 16x8 quantization specification, MAX_POOL_2D.
 */

/* The maxima above of one pixel, without the clamp. They grow in place, tap by tap. */
static void max_of_taps(const tk_max_pool_2d_s16_layer *layer, const tk_window *window,
                        const int16_t *input, int16_t *output)
{
    const int32_t n_channels = layer->n_channels;

    for (int32_t c = 0; c < n_channels; c++) {
        output[c] = INT16_MIN;
    }
    for (int32_t j = window->rows.begin; j < window->rows.end; j++) {
        const int32_t row = window->corner + j * layer->geometry.input_width;

        for (int32_t i = window->columns.begin; i < window->columns.end; i++) {
            const int16_t *pixel = input + (row + i) * n_channels;

            for (int32_t c = 0; c < n_channels; c++) {
                output[c] = (pixel[c] > output[c]) ? pixel[c] : output[c];
            }
        }
    }
}

void tk_max_pool_2d_s16(const tk_max_pool_2d_s16_layer *layer, const int16_t *input,
                        int16_t *output)
{
    const tk_geometry *geometry = &layer->geometry;

    for (int32_t y = 0; y < geometry->output_height; y++) {
        for (int32_t x = 0; x < geometry->output_width; x++) {
            const tk_window window = tk_window_at(geometry, y, x);

            max_of_taps(layer, &window, input, output);
            for (int32_t c = 0; c < layer->n_channels; c++) {
                output[c] = (int16_t)tk_clamp(output[c], layer->output_min, layer->output_max);
            }
            output += layer->n_channels;
        }
    }
}
