#include "tk_depthwise_3x3_s8_fast.h"

#include "tk_filter_3x3.h"

/* Depthwise convolution on int8 with a 3x3 filter, stride 1 or 2, one output channel for each input
 * channel.
 *
 *   output[y][x][c] = code of (bias[c] + sum_{j,i} weights[j][i][c] * input[tap j,i][c])
 *
 * It equals tk_depthwise_conv_2d_s8, whose (input - zero point) is multiplied out: the zero point's
 * share lies in the bias, provided that padding is read as the zero point.
 *
 * Three rows of the input wait in the scratch memory, widened and sorted by channel, so that the
 * pixels of one channel lie side by side, in pairs. Each new output row needs `stride` new rows,
 * which take the places of the oldest. One word of a row meets the filter twice: with stride 1 it
 * serves two outputs. Nine products of 2^7 * 2^7 stay far below 2^31.
 */

enum { N_ROWS = 3 };

/* One output row of one channel; `output` steps over all channels. Of an odd number of outputs the
 * last right one is computed and dropped: the row has words for it. */
static void filter_row_stride_1(const tk_depthwise_3x3_channel *channel, tk_three_rows rows,
                                int32_t n_outputs, int32_t step, int8_t *output)
{
    for (; n_outputs > 0; n_outputs -= 2) {
        const tk_two_sums sums =
            tk_filter_stride_1(&rows, channel->weights, channel->output.bias);
        const tk_output_channel stage = channel->output;

        output[0] = tk_output_s8(sums.left, stage);
        if (n_outputs > 1) {
            output[step] = tk_output_s8(sums.right, stage);
        }
        output += 2 * step;
    }
}

static void filter_row_stride_2(const tk_depthwise_3x3_channel *channel, tk_three_rows rows,
                                int32_t n_outputs, int32_t step, int8_t *output)
{
    for (; n_outputs > 0; n_outputs -= 2) {
        const tk_two_sums sums =
            tk_filter_stride_2(&rows, channel->weights, channel->output.bias);
        const tk_output_channel stage = channel->output;

        output[0] = tk_output_s8(sums.left, stage);
        if (n_outputs > 1) {
            output[step] = tk_output_s8(sums.right, stage);
        }
        output += 2 * step;
    }
}

void tk_depthwise_3x3_s8_fast(const tk_depthwise_3x3_s8_fast_layer *layer, const int8_t *input,
                              int8_t *output, uint32_t *scratch)
{
    const int32_t n_channels = layer->rows.n_channels;
    const int32_t row_words = layer->rows.row_words;
    const int32_t n_words = n_channels * row_words;
    int32_t next = -layer->pad_top; /* the input row that is read next */
    int8_t *to = output;
    uint32_t *rows[N_ROWS] = {scratch, scratch + n_words, scratch + 2 * n_words};

    tk_read_channel_row(&layer->rows, input, next++, rows[0]);
    tk_read_channel_row(&layer->rows, input, next++, rows[1]);
    tk_read_channel_row(&layer->rows, input, next++, rows[2]);
    for (int32_t y = 0; y < layer->output_height; y++) {
        tk_three_rows of_channel = {rows[0], rows[1], rows[2]};

        for (int32_t c = 0; c < n_channels; c++) {
            const tk_depthwise_3x3_channel *channel = &layer->channels[c];

            if (layer->stride == 1) {
                filter_row_stride_1(channel, of_channel, layer->output_width, n_channels, to + c);
            } else {
                filter_row_stride_2(channel, of_channel, layer->output_width, n_channels, to + c);
            }
            of_channel.top += row_words;
            of_channel.middle += row_words;
            of_channel.bottom += row_words;
        }
        to += layer->output_width * n_channels;
        for (int32_t k = 0; k < layer->stride && y + 1 < layer->output_height; k++) {
            uint32_t *oldest = rows[0];

            rows[0] = rows[1];
            rows[1] = rows[2];
            rows[2] = oldest;
            tk_read_channel_row(&layer->rows, input, next++, oldest);
        }
    }
    tk_clamp_all_s8(output, layer->output_height * layer->output_width * n_channels,
                    layer->output_min, layer->output_max);
}
