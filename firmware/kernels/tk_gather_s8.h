#ifndef TK_GATHER_S8_H
#define TK_GATHER_S8_H

#include <stdint.h>

#include "tk_window.h"

typedef struct {
    tk_geometry geometry;
    int32_t input_channels; /* at least 1 */
    int32_t outside;        /* what padding holds: the input's zero point, -128 to 127 */
    int32_t last_top;       /* the lowest row, and the last column, where a window may begin so */
    int32_t last_left;      /* that it lies inside the picture; negative where none fits */
    int32_t run_bytes;      /* neighbouring taps that are read at once: filter_width *
                             * input_channels, or input_channels where dilation_width > 1 */
    int32_t window_bytes;   /* all runs of a window */
} tk_windows;

/* An output pixel. */
typedef struct {
    int32_t y;
    int32_t x;
} tk_place;

/* The windows of n output pixels, 1 to 4, neighbours in one row. input: [input_height][input_width]
 * [input_channels]; to: the first pair of the first window, whose next pair is TK_COLUMNS words
 * further, and beside it the next window; zeros fill the last group of four terms up.
 * bytes: [window_bytes], for the time of the call. */
void tk_gather_s8(const tk_windows *windows, const int8_t *input, tk_place from, int32_t n,
                  uint32_t *to, int8_t *bytes);

#endif
