#ifndef TK_RESIZE_NEAREST_S8_H
#define TK_RESIZE_NEAREST_S8_H

#include <stdint.h>

typedef struct {
    int32_t input_width;   /* all extents: at least 1 */
    int32_t output_height;
    int32_t output_width;
    int32_t n_channels;
    const int16_t *rows;    /* [output_height]: the input row that each output row shows */
    const int16_t *columns; /* [output_width] */
} tk_resize_nearest_s8_layer;

/* input: [input height][input_width][n_channels], output: [output_height][output_width]
 * [n_channels]. They must not overlap. */
void tk_resize_nearest_s8(const tk_resize_nearest_s8_layer *layer, const int8_t *input,
                          int8_t *output);

#endif
