#include "tk_average_pool_2d_s8.h"

#include "tk_requantize.h"

/* Average pool on int8.
 *
 *   out[c] = clamp(round(sum input[pixel][c] / n_taps), output_min, output_max)
 *
 * for every output pixel, over the n_taps taps inside the picture: padding does not count. Halves
 * round away from zero. Input and output have the same scale and zero point, so the mean of codes
 * is the code of the mean. |sum| <= 128 * n_taps, far inside int32.
 *
 * Source: TFLite 8-bit quantization specification, AVERAGE_POOL_2D.
 */

/* The sum above for one output value; input: from its own channel on. */
static int32_t sum_of_taps(const tk_average_pool_2d_s8_layer *layer, const tk_window *window,
                           const int8_t *input)
{
    const int32_t n_channels = layer->n_channels;
    const int32_t width = layer->geometry.input_width;
    const int32_t n_columns = window->columns.end - window->columns.begin;
    const int32_t n_rows = window->rows.end - window->rows.begin;
    const int32_t whole = n_columns == width; /* its rows follow one another: one long row */
    int32_t row = window->corner + window->rows.begin * width + window->columns.begin;
    int32_t sum = 0;

    for (int32_t j = 0; j < n_rows; j += whole ? n_rows : 1) {
        const int8_t *tap = input + row * n_channels;

        for (int32_t n = whole ? n_rows * n_columns : n_columns; n > 0; n--) {
            sum += *tap;
            tap += n_channels;
        }
        row += width;
    }
    return sum;
}

void tk_average_pool_2d_s8(const tk_average_pool_2d_s8_layer *layer, const int8_t *input,
                           int8_t *output)
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

                *output++ = (int8_t)tk_clamp((sum + half) / n_taps, layer->output_min,
                                             layer->output_max);
            }
        }
    }
}
