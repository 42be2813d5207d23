#include "tk_rescale_s8.h"

#include "tk_requantize.h"

/* The same real values in another scale and zero point, clamped: RELU, RELU6, QUANTIZE from int8.
 *
 *   out[i] = clamp(output_zero_point + requantize(input[i] - input_zero_point),
 *                  output_min, output_max)
 *
 * RELU clamps at the code of 0, RELU6 at those of 0 and 6, QUANTIZE at the ends of int8.
 * |input - zero point| <= 255, so shifted left by at most 22 bits it stays inside int32.
 *
 * Source: TFLite 8-bit quantization specification, QUANTIZE and RELU.
 */
void tk_rescale_s8(const tk_rescale_s8_layer *layer, const int8_t *input, int8_t *output)
{
    for (int32_t i = 0; i < layer->n_values; i++) {
        const int32_t value =
            layer->output_zero_point
            + tk_requantize(input[i] - layer->input_zero_point, layer->multiplier, layer->shift);

        output[i] = (int8_t)tk_clamp(value, layer->output_min, layer->output_max);
    }
}
