#include "tk_conv_2d_s8_fast.h"

/* Convolution on int8: each output pixel's window is gathered, then multiplied.
 *
 *   output[p][o] = clamp(code of (bias[o] + sum_k weights[o][k] * window of p[k]))
 *
 * It equals tk_conv_2d_s8, whose (input - zero point) is multiplied out: the zero point's share is
 * the same for every pixel and lies in the bias, provided that padding is read as the zero point.
 * Four windows are gathered side by side in the scratch memory and multiplied together; the last
 * one to three go alone.
 */

/* Gather the windows of n pixels, row by row of the output, and move on. */
static tk_place gather_and_go_on(const tk_windows *windows, const int8_t *input, tk_place at,
                                 int32_t n, uint32_t *to, int8_t *bytes)
{
    const int32_t width = windows->geometry.output_width;

    while (n > 0) {
        const int32_t in_row = (n < width - at.x) ? n : width - at.x;

        tk_gather_s8(windows, input, at, in_row, to, bytes);
        to += in_row;
        n -= in_row;
        at.x += in_row;
        if (at.x == width) {
            at.x = 0;
            at.y++;
        }
    }
    return at;
}

void tk_conv_2d_s8_fast(const tk_conv_2d_s8_fast_layer *layer, const int8_t *input, int8_t *output,
                        uint32_t *scratch)
{
    const tk_product_s8 *product = &layer->product;
    const tk_geometry *geometry = &layer->windows.geometry;
    const int32_t n_pixels = geometry->output_height * geometry->output_width;
    int8_t *const bytes = (int8_t *)(scratch + 2 * TK_COLUMNS * product->n_groups);
    int8_t *to = output;
    tk_place at = {0, 0};
    int32_t pixel = 0;

    for (; pixel + TK_COLUMNS <= n_pixels; pixel += TK_COLUMNS) {
        at = gather_and_go_on(&layer->windows, input, at, TK_COLUMNS, scratch, bytes);
        tk_product_four_s8(product, scratch, to);
        to += TK_COLUMNS * product->n_channels;
    }
    for (; pixel < n_pixels; pixel++) {
        at = gather_and_go_on(&layer->windows, input, at, 1, scratch, bytes);
        for (int32_t k = 1; k < 2 * product->n_groups; k++) { /* one window alone: close the gaps */
            scratch[k] = scratch[TK_COLUMNS * k];
        }
        tk_product_one_s8(product, scratch, to);
        to += product->n_channels;
    }
    tk_clamp_all_s8(output, n_pixels * product->n_channels, layer->output_min, layer->output_max);
}
