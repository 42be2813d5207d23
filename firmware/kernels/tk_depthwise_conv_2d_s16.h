#ifndef TK_DEPTHWISE_CONV_2D_S16_H
#define TK_DEPTHWISE_CONV_2D_S16_H

#include <stdint.h>

#include "tk_window.h"

typedef struct {
    tk_geometry geometry;
    int32_t input_channels;     /* at least 1 */
    int32_t depth_multiplier;   /* filters for each input channel, at least 1 */
    int32_t output_min;         /* fused activation, in output codes: -32768 to 32767 */
    int32_t output_max;
    const int8_t *weights;      /* [filter_height][filter_width][input_channels *
                                 * depth_multiplier] */
    const int64_t *bias;        /* [input_channels * depth_multiplier], or NULL for none */
    const int32_t *multipliers; /* as many, Q31; see tk_requantize.h */
    const int8_t *shifts;       /* as many, -31 to 7 */
} tk_depthwise_conv_2d_s16_layer;

/* input: [input_height][input_width][input_channels], output: [output_height][output_width]
 * [input_channels * depth_multiplier]. They must not overlap. */
void tk_depthwise_conv_2d_s16(const tk_depthwise_conv_2d_s16_layer *layer, const int16_t *input,
                              int16_t *output);

#endif
