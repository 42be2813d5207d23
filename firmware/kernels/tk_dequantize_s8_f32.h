#ifndef TK_DEQUANTIZE_S8_F32_H
#define TK_DEQUANTIZE_S8_F32_H

#include <stdint.h>

typedef struct {
    int32_t n_values;   /* at least 1 */
    float scale;        /* real units per code, above 0 */
    int32_t zero_point; /* -128 to 127 */
} tk_dequantize_s8_f32_layer;

/* input, output: [n_values]. They must not overlap. */
void tk_dequantize_s8_f32(const tk_dequantize_s8_f32_layer *layer, const int8_t *input,
                          float *output);

#endif
