#ifndef TK_CONV_2D_S8_FAST_H
#define TK_CONV_2D_S8_FAST_H

#include <stdint.h>

#include "tk_gather_s8.h"
#include "tk_product_s8.h"

typedef struct {
    tk_windows windows;
    int32_t output_min; /* fused activation, in output codes: -128 to 127 */
    int32_t output_max;
    tk_product_s8 product; /* every run of a window is filled up to whole groups of four terms */
} tk_conv_2d_s8_fast_layer;

/* input: [input_height][input_width][input_channels], output: [output_height][output_width]
 * [output channels], scratch: [8 * n_groups].
 *
 * The output may overlap the input: the windows of four pixels are read, in order, before their
 * outputs are written. The generator places it so that nothing is overwritten before it is read. */
void tk_conv_2d_s8_fast(const tk_conv_2d_s8_fast_layer *layer, const int8_t *input, int8_t *output,
                        uint32_t *scratch);

#endif
