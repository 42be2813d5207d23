#include "tk_conv_2d_s8_fast.h"

#include "tk_requantize.h"

/* Convolution on int8: each output pixel's window is gathered, then multiplied.
 *
 *   output[p][o] = clamp(code of (bias[o] + sum_k weights[o][k] * window of p[k]))
 *
 * It equals tk_conv_2d_s8, whose (input - zero point) is multiplied out: the zero point's share is
 * the same for every pixel and lies in the bias, provided that padding is read as the zero point.
 * Four windows are widened side by side into the scratch memory and multiplied together; the last
 * one to three go alone.
 */

/* One run of taps, of which only bytes begin to end - 1 lie inside the picture; `run` is where its
 * byte 0 would lie in the input. */
static uint32_t *widen_cut_run(const tk_conv_2d_s8_fast_layer *layer, const int8_t *input,
                               int32_t run, tk_taps inside, int32_t stride, uint32_t *to)
{
    const int8_t outside = (int8_t)layer->input_zero_point;

    for (int32_t k = 0; k < layer->run_bytes; k += 4) {
        int8_t group[4];

        for (int32_t i = 0; i < 4; i++) {
            group[i] = (k + i >= inside.begin && k + i < inside.end) ? input[run + k + i] : outside;
        }
        to = tk_widen_s8(group, 4, stride, to);
    }
    return to;
}

/* The window of one output pixel. */
static void gather(const tk_conv_2d_s8_fast_layer *layer, const int8_t *input,
                   const tk_window *window, int32_t stride, uint32_t *to)
{
    const tk_geometry *geometry = &layer->geometry;
    const int32_t n_channels = layer->input_channels;
    const int32_t run_bytes = layer->run_bytes;
    const int32_t taps_in_run = run_bytes / n_channels;

    for (int32_t j = 0; j < geometry->filter_height; j++) {
        const int32_t row = window->corner + j * geometry->dilation_height * geometry->input_width;
        const int32_t row_inside = j >= window->rows.begin && j < window->rows.end;

        for (int32_t i = 0; i < geometry->filter_width; i += taps_in_run) {
            const int32_t first = tk_clamp(window->columns.begin - i, 0, taps_in_run);
            const int32_t last = tk_clamp(window->columns.end - i, 0, taps_in_run);
            const int32_t run = (row + i * geometry->dilation_width) * n_channels;

            if (row_inside && first == 0 && last == taps_in_run) {
                to = tk_widen_s8(input + run, run_bytes, stride, to);
            } else {
                const tk_taps inside = {first * n_channels, row_inside ? last * n_channels : 0};

                to = widen_cut_run(layer, input, run, inside, stride, to);
            }
        }
    }
}

void tk_conv_2d_s8_fast(const tk_conv_2d_s8_fast_layer *layer, const int8_t *input, int8_t *output,
                        uint32_t *scratch)
{
    const tk_geometry *geometry = &layer->geometry;
    const int32_t n_pixels = geometry->output_height * geometry->output_width;
    const int32_t n_outputs = layer->product.n_channels;
    int8_t *to = output;
    int32_t y = 0;
    int32_t x = 0;

    for (int32_t pixel = 0; pixel < n_pixels;) {
        const int32_t n = (n_pixels - pixel >= TK_COLUMNS) ? TK_COLUMNS : 1;

        for (int32_t column = 0; column < n; column++) {
            const tk_window window = tk_window_at(geometry, y, x);

            gather(layer, input, &window, n, scratch + column);
            x++;
            if (x == geometry->output_width) {
                x = 0;
                y++;
            }
        }
        if (n == TK_COLUMNS) {
            tk_product_four_s8(&layer->product, scratch, to);
        } else {
            tk_product_one_s8(&layer->product, scratch, to);
        }
        pixel += n;
        to += n * n_outputs;
    }
    tk_clamp_all_s8(output, n_pixels * n_outputs, layer->output_min, layer->output_max);
}
