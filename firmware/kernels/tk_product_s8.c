#include "tk_product_s8.h"

#include "tk_dot_pairs.h"

/* Weights times inputs, for the convolutions and the fully connected layer.
 *
 *   sum[o]    = channels[o].bias + sum_k weights[o][k] * input[k]
 *   output[o] = see tk_output_s8.h
 *
 * One multiplication of two pairs makes two products for each of two channels, lo and hi: with
 * w = lo + 256 * hi, the words of weights times the inputs add up to `both` = dot(lo) + 256 *
 * dot(hi), and their low bytes, widened, to dot(lo). Then dot(hi) = (both - dot(lo)) / 256 without
 * a remainder. `both` is kept modulo 2^32, so |dot(hi)| must stay below 2^23: |input| <= 128 and
 * |weight| <= 127, so it does for 512 terms, and longer rows are summed in parts of 512.
 *
 * Sums of lo, and of parts, wrap modulo 2^32; the generator proves that the whole sum fits.
 */

static int32_t next_part(int32_t n_groups)
{
    return (n_groups < TK_GROUPS_AT_ONCE) ? n_groups : TK_GROUPS_AT_ONCE;
}

/* Rows of more than TK_GROUPS_AT_ONCE groups, in parts. */
static tk_dots_four long_dots_four(const uint32_t *terms, const uint32_t *weights, int32_t n_groups,
                                   int32_t start)
{
    tk_dots_four total = {{start, start, start, start}, {0, 0, 0, 0}};

    while (n_groups > 0) {
        const int32_t n = next_part(n_groups);
        const tk_dots_four part = tk_dot_pairs_four(terms, weights, n, 0);

        for (int32_t column = 0; column < TK_COLUMNS; column++) {
            total.lo[column] = tk_add_wrapping(total.lo[column], part.lo[column]);
            total.twice_hi[column] = tk_add_wrapping(total.twice_hi[column], part.twice_hi[column]);
        }
        terms += 2 * TK_COLUMNS * n;
        weights += 2 * n;
        n_groups -= n;
    }
    return total;
}

static tk_dots_one long_dots_one(const uint32_t *terms, const uint32_t *weights, int32_t n_groups,
                                 int32_t start)
{
    tk_dots_one total = {start, 0};

    while (n_groups > 0) {
        const int32_t n = next_part(n_groups);
        const tk_dots_one part = tk_dot_pairs_one(terms, weights, n, 0);

        total.lo = tk_add_wrapping(total.lo, part.lo);
        total.twice_hi = tk_add_wrapping(total.twice_hi, part.twice_hi);
        terms += 2 * n;
        weights += 2 * n;
        n_groups -= n;
    }
    return total;
}

/* All output channels of four inputs with long rows. Not inlined: it would take registers. */
__attribute__((noinline)) static void long_product_four(const tk_product_s8 *product,
                                                        const uint32_t *terms, int8_t *output)
{
    const int32_t n_channels = product->n_channels;
    const uint32_t *weights = product->weights;

    for (int32_t o = 0; o < n_channels; o += 2) {
        const tk_output_channel *channels = product->channels + o;
        const tk_dots_four dots =
            long_dots_four(terms, weights, product->n_groups, channels->bias);

        for (int32_t column = 0; column < TK_COLUMNS; column++) {
            int8_t *to = output + column * n_channels + o;

            to[0] = tk_output_s8(dots.lo[column], channels[0]);
            if (o + 1 < n_channels) {
                const int32_t twice = tk_add_wrapping(dots.twice_hi[column], 2 * channels[1].bias);

                to[1] = tk_output_of_twice_s8(twice, channels[1]);
            }
        }
        weights += 2 * product->n_groups;
    }
}

/* Codes of one channel for four inputs, `step` bytes apart. */
static inline void write_four(const int32_t twice_sums[TK_COLUMNS], int32_t twice_bias,
                              tk_output_channel channel, int32_t step, int8_t *output)
{
    output[0] = tk_output_of_twice_s8(tk_add_wrapping(twice_sums[0], twice_bias), channel);
    output += step;
    output[0] = tk_output_of_twice_s8(tk_add_wrapping(twice_sums[1], twice_bias), channel);
    output += step;
    output[0] = tk_output_of_twice_s8(tk_add_wrapping(twice_sums[2], twice_bias), channel);
    output += step;
    output[0] = tk_output_of_twice_s8(tk_add_wrapping(twice_sums[3], twice_bias), channel);
}

void tk_product_four_s8(const tk_product_s8 *product, const uint32_t *terms, int8_t *output)
{
    const int32_t n_groups = product->n_groups;
    const int32_t n_channels = product->n_channels;
    const uint32_t *weights = product->weights;
    const tk_output_channel *channels = product->channels;

    if (n_groups > TK_GROUPS_AT_ONCE) {
        long_product_four(product, terms, output);
        return;
    }
    for (int32_t left = n_channels; left > 0; left -= 2) {
        const tk_dots_four dots = tk_dot_pairs_four(terms, weights, n_groups, channels[0].bias);
        const int32_t twice_lo[TK_COLUMNS] = {2 * dots.lo[0], 2 * dots.lo[1], 2 * dots.lo[2],
                                              2 * dots.lo[3]};

        write_four(twice_lo, 0, channels[0], n_channels, output);
        if (left > 1) {
            write_four(dots.twice_hi, 2 * channels[1].bias, channels[1], n_channels, output + 1);
        }
        weights += 2 * n_groups;
        channels += 2;
        output += 2;
    }
}

void tk_product_one_s8(const tk_product_s8 *product, const uint32_t *terms, int8_t *output)
{
    const int32_t n_groups = product->n_groups;
    const int32_t n_channels = product->n_channels;
    const uint32_t *weights = product->weights;
    const tk_output_channel *channels = product->channels;

    for (int32_t o = 0; o < n_channels; o += 2) {
        const tk_dots_one dots = (n_groups <= TK_GROUPS_AT_ONCE)
                                     ? tk_dot_pairs_one(terms, weights, n_groups, channels->bias)
                                     : long_dots_one(terms, weights, n_groups, channels->bias);

        output[o] = tk_output_s8(dots.lo, channels[0]);
        if (o + 1 < n_channels) {
            const int32_t twice = tk_add_wrapping(dots.twice_hi, 2 * channels[1].bias);

            output[o + 1] = tk_output_of_twice_s8(twice, channels[1]);
        }
        weights += 2 * n_groups;
        channels += 2;
    }
}
