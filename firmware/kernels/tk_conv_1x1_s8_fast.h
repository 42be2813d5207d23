#ifndef TK_CONV_1X1_S8_FAST_H
#define TK_CONV_1X1_S8_FAST_H

#include <stdint.h>

#include "tk_product_s8.h"

typedef struct {
    int32_t n_pixels;       /* at least 1 */
    int32_t input_channels; /* at least 1 */
    int32_t output_min;     /* fused activation, in output codes: -128 to 127 */
    int32_t output_max;
    tk_product_s8 product; /* n_groups = input_channels / 4, rounded up */
} tk_conv_1x1_s8_fast_layer;

/* input: [n_pixels][input_channels], output: [n_pixels][output channels], scratch: [8 * n_groups].
 *
 * The output may overlap the input: pixels are read in groups of four, in order, before their
 * outputs are written. The generator places it so that none is overwritten before it is read. */
void tk_conv_1x1_s8_fast(const tk_conv_1x1_s8_fast_layer *layer, const int8_t *input,
                         int8_t *output, uint32_t *scratch);

#endif
