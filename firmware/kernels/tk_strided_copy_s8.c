#include "tk_strided_copy_s8.h"

/* A part of an int8 array, or all of it with its axes in another order.
 *
 *   output[i][j][k][l] = input[first + i * steps[0] + j * steps[1] + k * steps[2] + l * steps[3]]
 */
void tk_strided_copy_s8(const tk_strided_copy_s8_layer *layer, const int8_t *input, int8_t *output)
{
    const int32_t *const shape = layer->shape;
    const int32_t *const steps = layer->steps;

    for (int32_t i = 0; i < shape[0]; i++) {
        for (int32_t j = 0; j < shape[1]; j++) {
            for (int32_t k = 0; k < shape[2]; k++) {
                int32_t from = layer->first + i * steps[0] + j * steps[1] + k * steps[2];

                for (int32_t l = 0; l < shape[3]; l++) {
                    *output++ = input[from];
                    from += steps[3];
                }
            }
        }
    }
}
