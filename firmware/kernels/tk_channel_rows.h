#ifndef TK_CHANNEL_ROWS_H
#define TK_CHANNEL_ROWS_H

#include <stdint.h>

/* Rows of a picture [n_rows][n_pixels][n_channels], to be read sorted by channel. */
typedef struct {
    int32_t n_rows;     /* extents: at least 1 */
    int32_t n_pixels;
    int32_t n_channels;
    int32_t outside;    /* what rows and pixels outside the picture hold: -128 to 127 */
    int32_t pad_left;   /* pixels outside before the first one, at least 0 */
    int32_t row_words;  /* of each channel: pairs of pixels, those outside included */
} tk_channel_rows;

/* One row, which may lie outside: the pixels of each channel side by side, as pairs of int16.
 * to: [n_channels][row_words]. */
void tk_read_channel_row(const tk_channel_rows *rows, const int8_t *input, int32_t row,
                         uint32_t *to);

#endif
