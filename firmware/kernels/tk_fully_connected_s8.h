#ifndef TK_FULLY_CONNECTED_S8_H
#define TK_FULLY_CONNECTED_S8_H

#include <stdint.h>

typedef struct {
    int32_t n_rows;             /* vectors that go through the layer one by one, at least 1 */
    int32_t n_inputs;           /* values in each of them, at least 1 */
    int32_t n_units;            /* at least 1 */
    int32_t input_zero_point;   /* -128 to 127 */
    int32_t output_zero_point;  /* -128 to 127 */
    int32_t output_min;         /* fused activation, in output codes: -128 to 127 */
    int32_t output_max;
    const int8_t *weights;      /* [n_units][n_inputs] */
    const int32_t *bias;        /* [n_units], or NULL for none */
    const int32_t *multipliers; /* [n_units], Q31; see tk_requantize.h */
    const int8_t *shifts;       /* [n_units], -31 to 30 */
} tk_fully_connected_s8_layer;

/* input: [n_rows][n_inputs], output: [n_rows][n_units]. They must not overlap. */
void tk_fully_connected_s8(const tk_fully_connected_s8_layer *layer, const int8_t *input,
                           int8_t *output);

#endif
