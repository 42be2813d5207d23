#ifndef TK_MAX_POOL_2D_S16_H
#define TK_MAX_POOL_2D_S16_H

#include <stdint.h>

#include "tk_window.h"

typedef struct {
    tk_geometry geometry; /* dilations are 1; every window has at least one tap in the picture */
    int32_t n_channels;   /* at least 1 */
    int32_t output_min;   /* fused activation, in output codes: -32768 to 32767 */
    int32_t output_max;
} tk_max_pool_2d_s16_layer;

/* input: [input_height][input_width][n_channels], output: [output_height][output_width]
 * [n_channels]. They must not overlap. */
void tk_max_pool_2d_s16(const tk_max_pool_2d_s16_layer *layer, const int16_t *input,
                        int16_t *output);

#endif
