#ifndef TK_RESCALE_S8_H
#define TK_RESCALE_S8_H

#include <stdint.h>

typedef struct {
    int32_t n_values;          /* at least 1 */
    int32_t input_zero_point;  /* -128 to 127 */
    int32_t output_zero_point; /* -128 to 127 */
    int32_t multiplier;        /* input scale / output scale, Q31; see tk_requantize.h */
    int32_t shift;             /* -31 to 22 */
    int32_t output_min;        /* in output codes: -128 to 127 */
    int32_t output_max;
} tk_rescale_s8_layer;

/* input, output: [n_values]. They must not overlap. */
void tk_rescale_s8(const tk_rescale_s8_layer *layer, const int8_t *input, int8_t *output);

#endif
