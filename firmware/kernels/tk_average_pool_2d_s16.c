#include "tk_average_pool_2d_s16.h"

#include "tk_requantize.h"

/* Average pool on int16.
 *
 *   out[c] = clamp(round(sum input[pixel][c] / n_taps), output_min, output_max)
 *
 * for every output pixel, over the n_taps taps inside the picture: padding does not count. Halves
 * round away from zero. Input and output have the same scale and zero point 0, so the mean of
 * codes is the code of the mean. The generator sees to it that n_taps <= 32768, so that
 * |sum| + n_taps / 2 stays inside int32.
 *
 * Source: TFLite 16x8 quantization specification, AVERAGE_POOL_2D.
 */

/* The sum above for one output value; input: from its own channel on. */
static int32_t sum_of_taps(const tk_average_pool_2d_s16_layer *layer, const tk_window *window,
                           const int16_t *input)
{
    int32_t sum = 0;

    for (int32_t j = window->rows.begin; j < window->rows.end; j++) {
        const int32_t row = window->corner + j * layer->geometry.input_width;

        for (int32_t i = window->columns.begin; i < window->columns.end; i++) {
            sum += input[(row + i) * layer->n_channels];
        }
    }
    return sum;
}

void tk_average_pool_2d_s16(const tk_average_pool_2d_s16_layer *layer, const int16_t *input,
                           int16_t *output)
{
    const tk_geometry *geometry = &layer->geometry;

    for (int32_t y = 0; y < geometry->output_height; y++) {
        for (int32_t x = 0; x < geometry->output_width; x++) {
            const tk_window window = tk_window_at(geometry, y, x);
            const int32_t n_taps = (window.rows.end - window.rows.begin)
                                   * (window.columns.end - window.columns.begin);

            for (int32_t c = 0; c < layer->n_channels; c++) {
                const int32_t sum = sum_of_taps(layer, &window, input + c);
                const int32_t half = (sum > 0) ? n_taps / 2 : -(n_taps / 2);

                *output++ = (int16_t)tk_clamp((sum + half) / n_taps, layer->output_min,
                                             layer->output_max);
            }
        }
    }
}
