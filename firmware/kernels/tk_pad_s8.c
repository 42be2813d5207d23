#include "tk_pad_s8.h"

/* Zeros around an array of up to four axes.
 *
 *   out[p] = input[p - before] where that lies inside the input, pad_code elsewhere
 *
 * The output is written in order, and the input read in order: whenever the output position is
 * inside, the next input value belongs there.
 */

static int32_t is_inside(const tk_pad_s8_layer *layer, int32_t axis, int32_t position)
{
    return position >= layer->before[axis]
           && position < layer->before[axis] + layer->input_shape[axis];
}

void tk_pad_s8(const tk_pad_s8_layer *layer, const int8_t *input, int8_t *output)
{
    for (int32_t n = 0; n < layer->output_shape[0]; n++) {
        for (int32_t y = 0; y < layer->output_shape[1]; y++) {
            for (int32_t x = 0; x < layer->output_shape[2]; x++) {
                const int32_t pixel_inside =
                    is_inside(layer, 0, n) && is_inside(layer, 1, y) && is_inside(layer, 2, x);

                for (int32_t c = 0; c < layer->output_shape[3]; c++) {
                    *output++ = (pixel_inside && is_inside(layer, 3, c)) ? *input++
                                                                         : (int8_t)layer->pad_code;
                }
            }
        }
    }
}
