#ifndef TK_TRANSPOSE_CONV_S8_H
#define TK_TRANSPOSE_CONV_S8_H

#include <stdint.h>

typedef struct {
    int32_t input_height; /* all extents and steps: at least 1, in pixels */
    int32_t input_width;
    int32_t output_height;
    int32_t output_width;
    int32_t filter_height;
    int32_t filter_width;
    int32_t stride_height;      /* output rows from one input row to the next */
    int32_t stride_width;
    int32_t pad_top;            /* output rows cut off above, at least 0 */
    int32_t pad_left;
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
} tk_transpose_conv_s8_layer;

/* input: [input_height][input_width][input_channels], output: [output_height][output_width]
 * [output_channels]. They must not overlap. */
void tk_transpose_conv_s8(const tk_transpose_conv_s8_layer *layer, const int8_t *input,
                          int8_t *output);

#endif
