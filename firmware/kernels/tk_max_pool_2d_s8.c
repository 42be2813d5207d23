#include "tk_max_pool_2d_s8.h"

#include "tk_requantize.h"

/* Max pool on int8.
 *
 *   out[c] = clamp(max input[pixel][c], output_min, output_max)
 *
 * for every output pixel, over the taps inside the picture. Input and output have the same scale
 * and zero point, so the largest code is the code of the largest value.
 *
 * Source: TFLite 8-bit quantization specification, MAX_POOL_2D.
 */

/* The maximum above for one output value; input: from its own channel on. */
static int32_t max_of_taps(const tk_max_pool_2d_s8_layer *layer, const tk_window *window,
                           const int8_t *input)
{
    int32_t max = INT8_MIN;

    for (int32_t j = window->rows.begin; j < window->rows.end; j++) {
        const int32_t row = window->corner + j * layer->geometry.input_width;

        for (int32_t i = window->columns.begin; i < window->columns.end; i++) {
            const int32_t value = input[(row + i) * layer->n_channels];

            max = (value > max) ? value : max;
        }
    }
    return max;
}

void tk_max_pool_2d_s8(const tk_max_pool_2d_s8_layer *layer, const int8_t *input, int8_t *output)
{
    const tk_geometry *geometry = &layer->geometry;

    for (int32_t y = 0; y < geometry->output_height; y++) {
        for (int32_t x = 0; x < geometry->output_width; x++) {
            const tk_window window = tk_window_at(geometry, y, x);

            for (int32_t c = 0; c < layer->n_channels; c++) {
                const int32_t max = max_of_taps(layer, &window, input + c);

                *output++ = (int8_t)tk_clamp(max, layer->output_min, layer->output_max);
            }
        }
    }
}
