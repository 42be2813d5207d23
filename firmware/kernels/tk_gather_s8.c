#include "tk_gather_s8.h"

#include "tk_product_s8.h"
#include "tk_requantize.h"

/* Windows of a picture, widened to pairs, side by side for tk_product_four_s8.
 *
 * Taps that lie side by side in memory are one run. Nearly all windows lie inside the picture,
 * where every run is whole: they are told by two comparisons for each direction, and neighbours
 * are gathered together, run by run. Padding is read as the zero point.
 */

/* n terms of padding, filled up to whole groups. */
static uint32_t *fill(int8_t code, int32_t n, uint32_t *to)
{
    const uint32_t pair = tk_pair_firsts((uint32_t)code, (uint32_t)code);

    for (int32_t k = 0; k < n; k += 4) {
        to[0] = pair;
        to[TK_COLUMNS] = pair;
        to += 2 * TK_COLUMNS;
    }
    return to;
}

/* One run of taps, of which only bytes begin to end - 1 lie inside the picture; `run` is where its
 * byte 0 would lie in the input. */
static uint32_t *widen_cut_run(const tk_windows *windows, const int8_t *input,
                               int32_t run, tk_taps inside, uint32_t *to)
{
    const int8_t outside = (int8_t)windows->outside;

    if ((inside.begin | inside.end | windows->run_bytes) % 4 == 0) { /* no group is cut */
        to = fill(outside, inside.begin, to);
        to = tk_widen_s8(input + run + inside.begin, inside.end - inside.begin, TK_COLUMNS, to);
        return fill(outside, windows->run_bytes - inside.end, to);
    }
    for (int32_t k = 0; k < windows->run_bytes; k += 4) {
        int8_t group[4] = {outside, outside, outside, outside};
        const int32_t last = tk_clamp(inside.end - k, 0, 4);

        for (int32_t i = tk_clamp(inside.begin - k, 0, 4); i < last; i++) {
            group[i] = input[run + k + i];
        }
        to = tk_widen_s8(group, 4, TK_COLUMNS, to);
    }
    return to;
}

/* A window that is partly outside. */
static void gather_cut(const tk_windows *windows, const int8_t *input, const tk_window *window,
                       uint32_t *to)
{
    const tk_geometry *geometry = &windows->geometry;
    const int32_t n_channels = windows->input_channels;
    const int32_t taps_in_run = (geometry->dilation_width == 1) ? geometry->filter_width : 1;

    for (int32_t j = 0; j < geometry->filter_height; j++) {
        const int32_t row = window->corner + j * geometry->dilation_height * geometry->input_width;
        const int32_t row_inside = j >= window->rows.begin && j < window->rows.end;

        for (int32_t i = 0; i < geometry->filter_width; i += taps_in_run) {
            const int32_t run = (row + i * geometry->dilation_width) * n_channels;
            const tk_taps inside = {
                tk_clamp(window->columns.begin - i, 0, taps_in_run) * n_channels,
                tk_clamp(window->columns.end - i, 0, taps_in_run) * n_channels};

            if (row_inside && inside.begin < inside.end) {
                to = widen_cut_run(windows, input, run, inside, to);
            } else {
                to = fill((int8_t)windows->outside, windows->run_bytes, to);
            }
        }
    }
}

/* n windows, neighbours in a row, that lie wholly inside the picture. */
static void gather_inside(const tk_windows *windows, const int8_t *corner, int32_t n,
                          uint32_t *to)
{
    const tk_geometry *geometry = &windows->geometry;
    const int32_t run_bytes = windows->run_bytes;
    const int32_t next_window = geometry->stride_width * windows->input_channels;
    const int32_t next_row = geometry->dilation_height * geometry->input_width
                             * windows->input_channels;
    const int32_t taps_in_run = (geometry->dilation_width == 1) ? geometry->filter_width : 1;

    for (int32_t j = 0; j < geometry->filter_height; j++) {
        for (int32_t i = 0; i < geometry->filter_width; i += taps_in_run) {
            const int8_t *run = corner + i * geometry->dilation_width * windows->input_channels;
            uint32_t *next = to;

            for (int32_t column = 0; column < n; column++) {
                next = tk_widen_s8(run, run_bytes, TK_COLUMNS, to + column);
                run += next_window;
            }
            to = next - (n - 1);
        }
        corner += next_row;
    }
}

/* Whether n windows from (top, left) on lie wholly inside the picture. */
static int32_t are_inside(const tk_windows *windows, int32_t top, int32_t left, int32_t n)
{
    const int32_t right = left + (n - 1) * windows->geometry.stride_width;

    return top >= 0 && top <= windows->last_top && left >= 0 && right <= windows->last_left;
}

void tk_gather_s8(const tk_windows *windows, const int8_t *input, tk_place from, int32_t n,
                  uint32_t *to)
{
    const tk_geometry *geometry = &windows->geometry;
    const int32_t top = from.y * geometry->stride_height - geometry->pad_top;
    const int32_t left = from.x * geometry->stride_width - geometry->pad_left;
    const int32_t together = are_inside(windows, top, left, n) ? n : 1;

    for (int32_t column = 0; column < n; column += together) {
        const int32_t at = left + column * geometry->stride_width;

        if (are_inside(windows, top, at, together)) {
            const int32_t corner = (top * geometry->input_width + at) * windows->input_channels;

            gather_inside(windows, input + corner, together, to + column);
        } else {
            const tk_window window = tk_window_at(geometry, from.y, from.x + column);

            gather_cut(windows, input, &window, to + column);
        }
    }
}
