#include "tk_depthwise_3x3_s8_fast.h"

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

/* The sum of one output, from its left column on, which is the first of a pair. */
static inline int32_t sum_at_first(const tk_depthwise_3x3_channel *c, const uint32_t *const rows[3])
{
    int32_t sum = c->bias;

    sum = tk_add_products(rows[0][0], c->top_01, sum);
    sum = tk_add_first_second(rows[0][1], c->top_12, sum);
    sum = tk_add_products(rows[1][0], c->middle_01, sum);
    sum = tk_add_first_second(rows[1][1], c->middle_12, sum);
    sum = tk_add_products(rows[2][0], c->bottom_01, sum);
    return tk_add_first_second(rows[2][1], c->bottom_12, sum);
}

/* The sum of the next output to the right: its left column is the second of a pair. */
static inline int32_t sum_at_second(const tk_depthwise_3x3_channel *c,
                                    const uint32_t *const rows[3])
{
    int32_t sum = c->bias;

    sum = tk_add_second_first(rows[0][0], c->top_01, sum);
    sum = tk_add_products(rows[0][1], c->top_12, sum);
    sum = tk_add_second_first(rows[1][0], c->middle_01, sum);
    sum = tk_add_products(rows[1][1], c->middle_12, sum);
    sum = tk_add_second_first(rows[2][0], c->bottom_01, sum);
    return tk_add_products(rows[2][1], c->bottom_12, sum);
}

/* One output row of one channel; `output` steps over all channels. */
static void filter_row_stride_1(const tk_depthwise_3x3_channel *channel,
                                const uint32_t *const first_rows[3], int32_t n_outputs,
                                int32_t step, int8_t *output)
{
    const tk_depthwise_3x3_channel c = *channel;
    const tk_output_channel stage = {c.bias, c.multiplier, c.rounding, c.shift};
    const uint32_t *rows[3] = {first_rows[0], first_rows[1], first_rows[2]};

    for (int32_t pairs = n_outputs / 2; pairs > 0; pairs--) {
        output[0] = tk_output_s8(sum_at_first(&c, rows), stage);
        output[step] = tk_output_s8(sum_at_second(&c, rows), stage);
        output += 2 * step;
        rows[0]++;
        rows[1]++;
        rows[2]++;
    }
    if (n_outputs % 2 != 0) {
        output[0] = tk_output_s8(sum_at_first(&c, rows), stage);
    }
}

static void filter_row_stride_2(const tk_depthwise_3x3_channel *channel,
                                const uint32_t *const first_rows[3], int32_t n_outputs,
                                int32_t step, int8_t *output)
{
    const tk_depthwise_3x3_channel c = *channel;
    const tk_output_channel stage = {c.bias, c.multiplier, c.rounding, c.shift};
    const uint32_t *rows[3] = {first_rows[0], first_rows[1], first_rows[2]};

    for (int32_t x = 0; x < n_outputs; x++) {
        output[0] = tk_output_s8(sum_at_first(&c, rows), stage);
        output += step;
        rows[0]++;
        rows[1]++;
        rows[2]++;
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
        const uint32_t *of_channel[N_ROWS] = {rows[0], rows[1], rows[2]};

        for (int32_t c = 0; c < n_channels; c++) {
            if (layer->stride == 1) {
                filter_row_stride_1(&layer->channels[c], of_channel, layer->output_width,
                                    n_channels, to + c);
            } else {
                filter_row_stride_2(&layer->channels[c], of_channel, layer->output_width,
                                    n_channels, to + c);
            }
            of_channel[0] += row_words;
            of_channel[1] += row_words;
            of_channel[2] += row_words;
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
