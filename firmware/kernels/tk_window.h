/* A window that slides over a picture: the geometry shared by convolutions and pools.
 *
 * The window for output row y starts at input row y * stride_height - pad_top, and its tap j reads
 * dilation_height rows further for each step; columns likewise. Positions outside the picture are
 * padding. Pictures are stored row by row, the channels of one pixel side by side (NHWC).
 */
#ifndef TK_WINDOW_H
#define TK_WINDOW_H

#include <stdint.h>

typedef struct {
    int32_t input_height; /* all extents and steps: at least 1, in pixels */
    int32_t input_width;
    int32_t output_height;
    int32_t output_width;
    int32_t filter_height;
    int32_t filter_width;
    int32_t stride_height;
    int32_t stride_width;
    int32_t dilation_height; /* 1: the taps touch */
    int32_t dilation_width;
    int32_t pad_top; /* rows of padding above the picture, at least 0 */
    int32_t pad_left;
} tk_geometry;

/* Taps begin, begin + 1, ..., end - 1; none where end <= begin. */
typedef struct {
    int32_t begin;
    int32_t end;
} tk_taps;

/* The taps that lie inside the picture, and where tap (0, 0) is: tap (j, i) reads the pixel
 * corner + j * dilation_height * input_width + i * dilation_width. The corner may be negative. */
typedef struct {
    tk_taps rows;
    tk_taps columns;
    int32_t corner;
} tk_window;

/* The taps t with 0 <= origin + t * dilation < extent. origin: at least -n_taps * dilation. */
static inline tk_taps tk_taps_inside(int32_t origin, int32_t extent, int32_t n_taps,
                                     int32_t dilation)
{
    tk_taps taps = {0, n_taps};

    if (origin < 0) {
        taps.begin = (-origin + dilation - 1) / dilation;
    }
    if (origin + (n_taps - 1) * dilation >= extent) {
        taps.end = (extent - origin + dilation - 1) / dilation;
    }
    return taps;
}

/* The window of output pixel (y, x). */
static inline tk_window tk_window_at(const tk_geometry *geometry, int32_t y, int32_t x)
{
    const int32_t top = y * geometry->stride_height - geometry->pad_top;
    const int32_t left = x * geometry->stride_width - geometry->pad_left;
    tk_window window;

    window.rows = tk_taps_inside(top, geometry->input_height, geometry->filter_height,
                                 geometry->dilation_height);
    window.columns = tk_taps_inside(left, geometry->input_width, geometry->filter_width,
                                    geometry->dilation_width);
    window.corner = top * geometry->input_width + left;
    return window;
}

#endif
