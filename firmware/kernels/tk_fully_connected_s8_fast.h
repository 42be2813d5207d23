#ifndef TK_FULLY_CONNECTED_S8_FAST_H
#define TK_FULLY_CONNECTED_S8_FAST_H

#include <stdint.h>

#include "tk_product_s8.h"

typedef struct {
    int32_t n_rows;     /* vectors that go through the layer one by one, at least 1 */
    int32_t n_inputs;   /* values in each of them, at least 1 */
    int32_t output_min; /* fused activation, in output codes: -128 to 127 */
    int32_t output_max;
    tk_product_s8 product; /* n_groups = n_inputs / 4, rounded up */
} tk_fully_connected_s8_fast_layer;

/* input: [n_rows][n_inputs], output: [n_rows][n_units], scratch: [2 * n_groups].
 *
 * The output may overlap the input: a row is read before its outputs are written. */
void tk_fully_connected_s8_fast(const tk_fully_connected_s8_fast_layer *layer, const int8_t *input,
                                int8_t *output, uint32_t *scratch);

#endif
