#ifndef TK_PRELU_S8_H
#define TK_PRELU_S8_H

#include <stdint.h>

#include "tk_broadcast.h"

typedef struct {
    tk_broadcast broadcast;   /* first: the input, second: the slopes */
    const int8_t *slopes;
    int32_t input_zero_point; /* all zero points: -128 to 127 */
    int32_t slope_zero_point;
    int32_t output_zero_point;
    int32_t multiplier;       /* input scale / output scale, Q31; see tk_requantize.h */
    int32_t shift;
    int32_t slope_multiplier; /* input scale * slope scale / output scale */
    int32_t slope_shift;
} tk_prelu_s8_layer;

/* output: may be input where no value of the input is repeated. */
void tk_prelu_s8(const tk_prelu_s8_layer *layer, const int8_t *input, int8_t *output);

#endif
