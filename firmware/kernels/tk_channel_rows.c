#include "tk_channel_rows.h"

#include "tk_simd.h"

/* From pixels whose channels lie side by side to channels whose pixels lie side by side, widened to
 * int16, so that a filter can run along a row of one channel. Four channels are sorted at a time:
 * two words of four bytes go in, four pairs come out. */

enum { CHANNELS_AT_ONCE = 4 };

/* Four neighbouring channels of a row, pixel pair by pixel pair. `from`: the row's first pixel,
 * from the first of the channels on. */
static void sort_four_channels(const tk_channel_rows *rows, const int8_t *from, uint32_t *to)
{
    const int32_t row_words = rows->row_words;
    const uint32_t n_pixels = (uint32_t)rows->n_pixels;
    const uint32_t outside = (uint8_t)rows->outside * UINT32_C(0x01010101);
    int32_t pixel = -rows->pad_left;
    int32_t offset = pixel * rows->n_channels;

    for (int32_t word = 0; word < row_words; word++) {
        const int32_t next = offset + rows->n_channels;
        const uint32_t a = ((uint32_t)pixel < n_pixels) ? tk_load_4(from + offset) : outside;
        const uint32_t b = ((uint32_t)(pixel + 1) < n_pixels) ? tk_load_4(from + next) : outside;
        const uint32_t even_a = tk_widen_even(a);
        const uint32_t even_b = tk_widen_even(b);
        const uint32_t odd_a = tk_widen_odd(a);
        const uint32_t odd_b = tk_widen_odd(b);

        to[word] = tk_pair_firsts(even_a, even_b);
        to[word + row_words] = tk_pair_firsts(odd_a, odd_b);
        to[word + 2 * row_words] = tk_pair_seconds(even_a, even_b);
        to[word + 3 * row_words] = tk_pair_seconds(odd_a, odd_b);
        pixel += 2;
        offset = next + rows->n_channels;
    }
}

static void sort_one_channel(const tk_channel_rows *rows, const int8_t *from, uint32_t *to)
{
    const int32_t outside = rows->outside;
    int32_t pixel = -rows->pad_left;

    for (int32_t word = 0; word < rows->row_words; word++) {
        const int32_t next = pixel + 1;
        const int32_t a =
            (pixel >= 0 && pixel < rows->n_pixels) ? from[pixel * rows->n_channels] : outside;
        const int32_t b =
            (next >= 0 && next < rows->n_pixels) ? from[next * rows->n_channels] : outside;

        to[word] = tk_pair_firsts((uint32_t)a, (uint32_t)b);
        pixel += 2;
    }
}

/* One row of the input; rows above and below the picture are padding. */
void tk_read_channel_row(const tk_channel_rows *rows, const int8_t *input, int32_t row,
                     uint32_t *to)
{
    const int32_t n_words = rows->n_channels * rows->row_words;

    if (row < 0 || row >= rows->n_rows) {
        const uint32_t outside = (uint32_t)rows->outside;

        for (int32_t word = 0; word < n_words; word++) {
            to[word] = tk_pair_firsts(outside, outside);
        }
        return;
    }
    const int8_t *from = input + row * rows->n_pixels * rows->n_channels;
    int32_t channel = 0;

    for (; channel + CHANNELS_AT_ONCE <= rows->n_channels; channel += CHANNELS_AT_ONCE) {
        sort_four_channels(rows, from + channel, to);
        to += CHANNELS_AT_ONCE * rows->row_words;
    }
    for (; channel < rows->n_channels; channel++) {
        sort_one_channel(rows, from + channel, to);
        to += rows->row_words;
    }
}
