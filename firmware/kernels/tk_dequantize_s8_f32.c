#include "tk_dequantize_s8_f32.h"

/* int8 codes to real values.
 *
 *   out[i] = scale * (input[i] - zero_point)
 *
 * |input - zero point| <= 255 is exact in a float, so one rounding remains: the product's.
 *
 * Source: TFLite reference, dequantize.h.
 */
void tk_dequantize_s8_f32(const tk_dequantize_s8_f32_layer *layer, const int8_t *input,
                          float *output)
{
    for (int32_t i = 0; i < layer->n_values; i++) {
        output[i] = layer->scale * (float)(input[i] - layer->zero_point);
    }
}
