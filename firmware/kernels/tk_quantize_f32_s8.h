#ifndef TK_QUANTIZE_F32_S8_H
#define TK_QUANTIZE_F32_S8_H

#include <stdint.h>

typedef struct {
    int32_t n_values;   /* at least 1 */
    float scale;        /* real units per code, above 0 */
    int32_t zero_point; /* -128 to 127 */
} tk_quantize_f32_s8_layer;

/* input, output: [n_values]. They must not overlap. */
void tk_quantize_f32_s8(const tk_quantize_f32_s8_layer *layer, const float *input, int8_t *output);

#endif
