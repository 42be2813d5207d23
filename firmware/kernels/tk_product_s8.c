#include "tk_product_s8.h"

#include <stddef.h>

#include "tk_dot_pairs.h"
#include "tk_write_four_s8.h"

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

/* Rows of more than TK_GROUPS_AT_ONCE groups, in parts; without a bias. */
static tk_dots_four long_dots_four(const uint32_t *terms, const uint32_t *weights, int32_t n_groups)
{
    tk_dots_four total = {{0, 0, 0, 0}, {0, 0, 0, 0}};
    tk_kept nothing = {0, NULL, NULL};

    while (n_groups > 0) {
        const int32_t n = next_part(n_groups);
        const tk_dots_four part = tk_dot_pairs_four(terms, weights, n, 0, &nothing);

        for (int32_t column = 0; column < TK_COLUMNS; column++) {
            total.twice_lo[column] = tk_add_wrapping(total.twice_lo[column], part.twice_lo[column]);
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
    tk_dots_one total = {tk_twice(start), 0};

    while (n_groups > 0) {
        const int32_t n = next_part(n_groups);
        const tk_dots_one part = tk_dot_pairs_one(terms, weights, n, 0);

        total.twice_lo = tk_add_wrapping(total.twice_lo, part.twice_lo);
        total.twice_hi = tk_add_wrapping(total.twice_hi, part.twice_hi);
        terms += 2 * n;
        weights += 2 * n;
        n_groups -= n;
    }
    return total;
}

/* Codes of one channel, from sums that lack its bias. */
static inline void add_bias_and_write(const int32_t twice_sums[TK_COLUMNS],
                               const tk_output_channel *channel, int32_t step, int8_t *output)
{
    const int32_t twice_bias = tk_twice(channel->bias);
    const int32_t whole[TK_COLUMNS] = {
        tk_add_wrapping(twice_sums[0], twice_bias), tk_add_wrapping(twice_sums[1], twice_bias),
        tk_add_wrapping(twice_sums[2], twice_bias), tk_add_wrapping(twice_sums[3], twice_bias)};

    tk_write_four_s8(whole, channel, step, output);
}

/* All output channels of four inputs with long rows. Not inlined: it would take registers. */
__attribute__((noinline)) static void long_product_four(const tk_product_s8 *product,
                                                        const uint32_t *terms, int8_t *output)
{
    const int32_t n_channels = product->n_channels;
    const uint32_t *weights = product->weights;

    for (int32_t o = 0; o < n_channels; o += 2) {
        const tk_output_channel *channels = product->channels + o;
        const tk_dots_four dots = long_dots_four(terms, weights, product->n_groups);

        add_bias_and_write(dots.twice_lo, channels, n_channels, output + o);
        if (o + 1 < n_channels) {
            add_bias_and_write(dots.twice_hi, channels + 1, n_channels, output + o + 1);
        }
        weights += 2 * product->n_groups;
    }
}

void tk_product_four_s8(const tk_product_s8 *product, const uint32_t *terms, int8_t *output)
{
    const int32_t n_groups = product->n_groups;
    const uint32_t *weights = product->weights;
    tk_kept at = {product->n_channels, product->channels, output};

    if (n_groups > TK_GROUPS_AT_ONCE) {
        long_product_four(product, terms, output);
        return;
    }
    for (int32_t left = product->n_channels; left > 0; left -= 2) {
        const tk_dots_four dots =
            tk_dot_pairs_four(terms, weights, n_groups, at.channels->bias, &at);

        tk_write_four_s8(dots.twice_lo, at.channels, at.step, at.output);
        if (left > 1) {
            add_bias_and_write(dots.twice_hi, at.channels + 1, at.step, at.output + 1);
        }
        weights += 2 * n_groups;
        at.channels += 2;
        at.output += 2;
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

        output[o] = tk_output_of_twice_s8(dots.twice_lo, channels[0]);
        if (o + 1 < n_channels) {
            const int32_t twice = tk_add_wrapping(dots.twice_hi, tk_twice(channels[1].bias));

            output[o + 1] = tk_output_of_twice_s8(twice, channels[1]);
        }
        weights += 2 * n_groups;
        channels += 2;
    }
}
