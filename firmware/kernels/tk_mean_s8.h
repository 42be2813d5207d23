#ifndef TK_MEAN_S8_H
#define TK_MEAN_S8_H

#include <stdint.h>

typedef struct {
    int32_t n_outer;           /* extent of the axes before the averaged ones, at least 1 */
    int32_t n_averaged;        /* values in each mean, 1 to 2^23 */
    int32_t n_inner;           /* extent of the axes after them, at least 1 */
    int32_t input_zero_point;  /* -128 to 127 */
    int32_t output_zero_point; /* -128 to 127 */
    int32_t multiplier;        /* input scale / (n_averaged * output scale), Q31 */
    int32_t shift;             /* see tk_requantize.h */
} tk_mean_s8_layer;

/* input: [n_outer][n_averaged][n_inner], output: [n_outer][n_inner]. They must not overlap. */
void tk_mean_s8(const tk_mean_s8_layer *layer, const int8_t *input, int8_t *output);

#endif
