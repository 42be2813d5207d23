#include "tk_fully_connected_s8_fast.h"

/* Fully connected layer on int8: one product for each row. It equals tk_fully_connected_s8; the
 * share of the input's zero point lies in the bias. Every weight is read once, so that memory sets
 * the pace: reading four weights with each word is what makes it fast.
 */

void tk_fully_connected_s8_fast(const tk_fully_connected_s8_fast_layer *layer, const int8_t *input,
                                int8_t *output, uint32_t *scratch)
{
    const int32_t n_units = layer->product.n_channels;
    int8_t *to = output;

    for (int32_t row = 0; row < layer->n_rows; row++) {
        (void)tk_widen_s8(input, layer->n_inputs, 1, scratch);
        tk_product_one_s8(&layer->product, scratch, to);
        input += layer->n_inputs;
        to += n_units;
    }
    tk_clamp_all_s8(output, layer->n_rows * n_units, layer->output_min, layer->output_max);
}
