#include "tk_resize_nearest_s8.h"

/* A picture of another size: every output pixel is a copy of one input pixel.
 *
 *   out[y][x][c] = input[rows[y]][columns[x]][c]
 *
 * The generator has worked out which: TFLite does so in float32, and there is none left here.
 */
void tk_resize_nearest_s8(const tk_resize_nearest_s8_layer *layer, const int8_t *input,
                          int8_t *output)
{
    for (int32_t y = 0; y < layer->output_height; y++) {
        const int8_t *row = input + layer->rows[y] * layer->input_width * layer->n_channels;

        for (int32_t x = 0; x < layer->output_width; x++) {
            const int8_t *pixel = row + layer->columns[x] * layer->n_channels;

            for (int32_t c = 0; c < layer->n_channels; c++) {
                *output++ = pixel[c];
            }
        }
    }
}
