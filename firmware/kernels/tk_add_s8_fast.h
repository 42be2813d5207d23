#ifndef TK_ADD_S8_FAST_H
#define TK_ADD_S8_FAST_H

#include <stdint.h>

#include "tk_output_s8.h"

typedef struct {
    int32_t n_values;          /* at least 1 */
    int32_t narrow_factor;     /* 2^21, or 2^22 where both scales are equal: see the source */
    int32_t narrow_offset;     /* -narrow_factor * zero point of the input with the smaller scale */
    int32_t narrow_multiplier; /* the smaller scale / (2 * the larger scale), Q31 */
    int32_t narrow_rounding;   /* 2^(narrow_shift - 1) */
    int32_t narrow_shift;      /* 1 to 22, to the right */
    int32_t output_min;        /* fused activation, in output codes: -128 to 127 */
    int32_t output_max;
    tk_output_channel output; /* bias: -2^19 * zero point of the input with the larger scale */
} tk_add_s8_fast_layer;

/* wide, narrow, output: [n_values]. The output may be one of the inputs. */
void tk_add_s8_fast(const tk_add_s8_fast_layer *layer, const int8_t *wide, const int8_t *narrow,
                    int8_t *output);

#endif
