#ifndef TK_DEPTHWISE_3X3_S8_FAST_H
#define TK_DEPTHWISE_3X3_S8_FAST_H

#include <stdint.h>

#include "tk_channel_rows.h"
#include "tk_output_s8.h"

typedef struct {
    uint32_t weights[6]; /* as pairs: of each filter row columns 0 and 1, then 1 and 2 */
    tk_output_channel output;
} tk_depthwise_3x3_channel;

typedef struct {
    tk_channel_rows rows;  /* the input; outside: its zero point; row_words: 1 + half the output
                            * width, rounded up; with stride 2: 1 + the output width,
                            * rounded up to an even number */
    int32_t output_height; /* extents: at least 1, in pixels */
    int32_t output_width;
    int32_t stride;     /* 1 or 2, in both directions */
    int32_t pad_top;    /* rows of padding above the picture: 0 to 2 */
    int32_t output_min; /* fused activation, in output codes: -128 to 127 */
    int32_t output_max;
    const tk_depthwise_3x3_channel *channels; /* [n_channels] */
} tk_depthwise_3x3_s8_fast_layer;

/* input: [n_rows][n_pixels][n_channels], output: [output_height][output_width][n_channels],
 * scratch: [3][n_channels][row_words].
 *
 * The output may overlap the input: each input row is read once, and the rows that an output row
 * needs are read before it is written. The generator sees to it that none is overwritten before. */
void tk_depthwise_3x3_s8_fast(const tk_depthwise_3x3_s8_fast_layer *layer, const int8_t *input,
                              int8_t *output, uint32_t *scratch);

#endif
