#include "tk_conv_1x1_s8_fast.h"

/* Convolution with a 1x1 filter and stride 1 on int8: a product for each pixel.
 *
 *   output[p][o] = clamp(code of (bias[o] + sum_c weights[o][c] * input[p][c]))
 *
 * It equals tk_conv_2d_s8, whose (input - zero point) is multiplied out: the zero point's share is
 * the same for every pixel and lies in the bias. Four pixels are widened side by side into the
 * scratch memory, then multiplied together; the last one to three go alone.
 */

void tk_conv_1x1_s8_fast(const tk_conv_1x1_s8_fast_layer *layer, const int8_t *input,
                         int8_t *output, uint32_t *scratch)
{
    const int32_t n_inputs = layer->input_channels;
    const int32_t n_outputs = layer->product.n_channels;
    int8_t *to = output;
    int32_t pixel = 0;

    for (; pixel + TK_COLUMNS <= layer->n_pixels; pixel += TK_COLUMNS) {
        for (int32_t column = 0; column < TK_COLUMNS; column++) {
            (void)tk_widen_s8(input, n_inputs, TK_COLUMNS, scratch + column);
            input += n_inputs;
        }
        tk_product_four_s8(&layer->product, scratch, to);
        to += TK_COLUMNS * n_outputs;
    }
    for (; pixel < layer->n_pixels; pixel++) {
        (void)tk_widen_s8(input, n_inputs, 1, scratch);
        tk_product_one_s8(&layer->product, scratch, to);
        input += n_inputs;
        to += n_outputs;
    }
    tk_clamp_all_s8(output, layer->n_pixels * n_outputs, layer->output_min, layer->output_max);
}
