#include "tk_lookup_s8.h"

/* A function of one int8 code: LOGISTIC, TANH, LEAKY_RELU, HARD_SWISH.
 *
 *   out[i] = table[input[i] + 128]
 *
 * There are 256 codes, so a table holds all that such a function can give. The generator fills it
 * with what TensorFlow Lite Micro computes for each code.
 */
void tk_lookup_s8(const tk_lookup_s8_layer *layer, const int8_t *input, int8_t *output)
{
    for (int32_t i = 0; i < layer->n_values; i++) {
        output[i] = layer->table[input[i] - INT8_MIN];
    }
}
