#ifndef TK_CONV_2D_S16_H
#define TK_CONV_2D_S16_H

#include <stdint.h>

#include "tk_window.h"

typedef struct {
    tk_geometry geometry;
    int32_t input_channels;     /* at least 1 */
    int32_t output_channels;    /* at least 1 */
    int32_t output_min;         /* fused activation, in output codes: -32768 to 32767 */
    int32_t output_max;
    const int8_t *weights;      /* [output_channels][filter_height][filter_width][input_channels] */
    const int64_t *bias;        /* [output_channels], or NULL for none */
    const int32_t *multipliers; /* [output_channels], Q31; see tk_requantize.h */
    const int8_t *shifts;       /* [output_channels], -31 to 7 */
} tk_conv_2d_s16_layer;

/* input: [input_height][input_width][input_channels], output: [output_height][output_width]
 * [output_channels]. They must not overlap. */
void tk_conv_2d_s16(const tk_conv_2d_s16_layer *layer, const int16_t *input, int16_t *output);

#endif
