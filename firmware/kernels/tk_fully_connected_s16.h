#ifndef TK_FULLY_CONNECTED_S16_H
#define TK_FULLY_CONNECTED_S16_H

#include <stdint.h>

typedef struct {
    int32_t n_rows;             /* at least 1: inputs that the layer is applied to */
    int32_t n_inputs;           /* at least 1 */
    int32_t n_units;            /* at least 1 */
    int32_t output_min;         /* fused activation, in output codes: -32768 to 32767 */
    int32_t output_max;
    const int8_t *weights;      /* [n_units][n_inputs] */
    const int64_t *bias;        /* [n_units], or NULL for none */
    const int32_t *multipliers; /* [n_units], Q31; see tk_requantize.h */
    const int8_t *shifts;       /* [n_units], -31 to 7 */
} tk_fully_connected_s16_layer;

/* input: [n_rows][n_inputs], output: [n_rows][n_units]. They must not overlap. */
void tk_fully_connected_s16(const tk_fully_connected_s16_layer *layer, const int16_t *input,
                            int16_t *output);

#endif
