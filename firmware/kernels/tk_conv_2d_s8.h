#ifndef TK_CONV_2D_S8_H
#define TK_CONV_2D_S8_H

#include <stdint.h>

#include "tk_window.h"

typedef struct {
    tk_geometry geometry;
    int32_t input_channels;     /* at least 1 */
    int32_t output_channels;    /* at least 1 */
    int32_t input_zero_point;   /* -128 to 127 */
    int32_t output_zero_point;  /* -128 to 127 */
    int32_t output_min;         /* fused activation, in output codes: -128 to 127 */
    int32_t output_max;
    const int8_t *weights;      /* [output_channels / 4, rounded up][filter_height][filter_width]
                                 * [input_channels][4]; 0 past the last output channel */
    const int32_t *bias;        /* [output_channels], or NULL for none */
    const int32_t *multipliers; /* [output_channels], Q31; see tk_requantize.h */
    const int8_t *shifts;       /* [output_channels], -31 to 30 */
} tk_conv_2d_s8_layer;

/* input: [input_height][input_width][input_channels], output: [output_height][output_width]
 * [output_channels]. They must not overlap. */
void tk_conv_2d_s8(const tk_conv_2d_s8_layer *layer, const int8_t *input, int8_t *output);

#endif
