#include "tk_gather_s8.h"

#include "tk_product_s8.h"
#include "tk_requantize.h"

/* Windows of a picture, widened to pairs, side by side for tk_product_four_s8.
 *
 * Taps that lie side by side in memory are one run. Nearly all windows lie inside the picture,
 * where every run is whole: they are told by two comparisons for each direction. If runs are whole
 * groups of four, too, neighbours are widened together, run by run. Otherwise the bytes of one
 * window are collected, padding as the zero point, and then widened.
 */

/* n bytes, by words. The last word overlaps the one before; returns where the next byte goes. */
static inline int8_t *copy(const int8_t *from, int32_t n, int8_t *to)
{
    int8_t *const end = to + n;
    const int8_t *const last_word = from + (n - 4);

    if (n < 4) {
        while (to != end) {
            *to++ = *from++;
        }
        return end;
    }
    for (; from < last_word; from += 4) {
        tk_store_4(tk_load_4(from), to);
        to += 4;
    }
    tk_store_4(tk_load_4(last_word), end - 4);
    return end;
}

static int8_t *fill(int8_t code, int32_t n, int8_t *to)
{
    for (int32_t k = 0; k < n; k++) {
        *to++ = code;
    }
    return to;
}

static int32_t taps_in_run(const tk_geometry *geometry)
{
    return (geometry->dilation_width == 1) ? geometry->filter_width : 1;
}

/* The bytes of a window that lies inside, and has one run in each row. */
static void collect_inside(const tk_windows *windows, const int8_t *corner, int8_t *to)
{
    const tk_geometry *geometry = &windows->geometry;
    const int32_t run_bytes = windows->run_bytes;
    const int32_t next_row = geometry->dilation_height * geometry->input_width
                             * windows->input_channels;

    for (int32_t rows = geometry->filter_height; rows > 0; rows--) {
        to = copy(corner, run_bytes, to);
        corner += next_row;
    }
}

/* The bytes of any window. */
static void collect_cut(const tk_windows *windows, const int8_t *input, const tk_window *window,
                        int8_t *to)
{
    const tk_geometry *geometry = &windows->geometry;
    const int8_t outside = (int8_t)windows->outside;
    const int32_t n_channels = windows->input_channels;
    const int32_t step = taps_in_run(geometry);

    for (int32_t j = 0; j < geometry->filter_height; j++) {
        const int32_t row = window->corner + j * geometry->dilation_height * geometry->input_width;
        const int32_t row_inside = j >= window->rows.begin && j < window->rows.end;

        for (int32_t i = 0; i < geometry->filter_width; i += step) {
            const int32_t begin = tk_clamp(window->columns.begin - i, 0, step);
            const int32_t end = row_inside ? tk_clamp(window->columns.end - i, begin, step) : begin;
            const int32_t first = (row + i * geometry->dilation_width + begin) * n_channels;

            to = fill(outside, begin * n_channels, to);
            if (begin < end) {
                to = copy(input + first, (end - begin) * n_channels, to);
            }
            to = fill(outside, (step - end) * n_channels, to);
        }
    }
}

/* n windows, neighbours in a row, that lie inside the picture, of runs of whole groups. */
static void widen_inside(const tk_windows *windows, const int8_t *corner, int32_t n, uint32_t *to)
{
    const tk_geometry *geometry = &windows->geometry;
    const int32_t run_bytes = windows->run_bytes;
    const int32_t next_window = geometry->stride_width * windows->input_channels;
    const int32_t next_row = geometry->dilation_height * geometry->input_width
                             * windows->input_channels;
    const int32_t step = taps_in_run(geometry);

    for (int32_t j = 0; j < geometry->filter_height; j++) {
        for (int32_t i = 0; i < geometry->filter_width; i += step) {
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
                  uint32_t *to, int8_t *bytes)
{
    const tk_geometry *geometry = &windows->geometry;
    const int32_t top = from.y * geometry->stride_height - geometry->pad_top;
    const int32_t left = from.x * geometry->stride_width - geometry->pad_left;
    const int8_t *corner = input + (top * geometry->input_width + left) * windows->input_channels;

    if (windows->run_bytes % 4 == 0 && are_inside(windows, top, left, n)) {
        widen_inside(windows, corner, n, to);
        return;
    }
    for (int32_t column = 0; column < n; column++) {
        const int32_t shift = column * geometry->stride_width;

        if (geometry->dilation_width == 1 && are_inside(windows, top, left + shift, 1)) {
            collect_inside(windows, corner + shift * windows->input_channels, bytes);
        } else {
            const tk_window window = tk_window_at(geometry, from.y, from.x + column);

            collect_cut(windows, input, &window, bytes);
        }
        (void)tk_widen_s8(bytes, windows->window_bytes, TK_COLUMNS, to + column);
    }
}
