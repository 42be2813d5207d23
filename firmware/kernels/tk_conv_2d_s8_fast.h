#ifndef TK_CONV_2D_S8_FAST_H
#define TK_CONV_2D_S8_FAST_H

#include <stdint.h>

#include "tk_gather_s8.h"
#include "tk_product_s8.h"

typedef struct {
    tk_windows windows;
    int32_t output_min; /* fused activation, in output codes: -128 to 127 */
    int32_t output_max;
    tk_product_s8 product; /* n_groups = windows.window_bytes / 4, rounded up */
} tk_conv_2d_s8_fast_layer;

/* input: [input_height][input_width][input_channels], output: [output_height][output_width]
 * [output channels], scratch: [9 * n_groups], the last n_groups for the bytes of one window.
 *
 * The output may overlap the input: the windows of four pixels are read, in order, before their
 * outputs are written. The generator places it so that nothing is overwritten before it is read. */
void tk_conv_2d_s8_fast(const tk_conv_2d_s8_fast_layer *layer, const int8_t *input, int8_t *output,
                        uint32_t *scratch);

#endif
