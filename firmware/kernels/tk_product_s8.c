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

static int32_t plus(int32_t a, int32_t b)
{
    return (int32_t)((uint32_t)a + (uint32_t)b);
}

static int32_t next_part(int32_t n_groups)
{
    return (n_groups < TK_GROUPS_AT_ONCE) ? n_groups : TK_GROUPS_AT_ONCE;
}

/* Not inlined: it would take registers from the loops that nearly all models use. */
static tk_dots_four long_dots_four(const uint32_t *terms, const uint32_t *weights, int32_t n_groups)
{
    tk_dots_four total = {{0, 0, 0, 0}, {0, 0, 0, 0}};

    while (n_groups > 0) {
        const int32_t n = next_part(n_groups);
        const tk_dots_four part = tk_dot_pairs_four(terms, weights, n);

        for (int32_t column = 0; column < TK_COLUMNS; column++) {
            total.lo[column] = plus(total.lo[column], part.lo[column]);
            total.hi[column] = plus(total.hi[column], part.hi[column]);
        }
        terms += 2 * TK_COLUMNS * n;
        weights += 2 * n;
        n_groups -= n;
    }
    return total;
}

static tk_dots_one long_dots_one(const uint32_t *terms, const uint32_t *weights, int32_t n_groups)
{
    tk_dots_one total = {0, 0};

    while (n_groups > 0) {
        const int32_t n = next_part(n_groups);
        const tk_dots_one part = tk_dot_pairs_one(terms, weights, n);

        total.lo = plus(total.lo, part.lo);
        total.hi = plus(total.hi, part.hi);
        terms += 2 * n;
        weights += 2 * n;
        n_groups -= n;
    }
    return total;
}

/* Codes of one channel for four inputs, `step` bytes apart. */
static void write_four(const int32_t dots[TK_COLUMNS], tk_output_channel channel, int8_t *output,
                       int32_t step)
{
    output[0] = tk_output_s8(plus(dots[0], channel.bias), channel);
    output[step] = tk_output_s8(plus(dots[1], channel.bias), channel);
    output[2 * step] = tk_output_s8(plus(dots[2], channel.bias), channel);
    output[3 * step] = tk_output_s8(plus(dots[3], channel.bias), channel);
}

void tk_product_four_s8(const tk_product_s8 *product, const uint32_t *terms, int8_t *output)
{
    const int32_t n_groups = product->n_groups;
    const int32_t n_channels = product->n_channels;
    const uint32_t *weights = product->weights;

    for (int32_t o = 0; o < n_channels; o += 2) {
        const tk_dots_four dots = (n_groups <= TK_GROUPS_AT_ONCE)
                                      ? tk_dot_pairs_four(terms, weights, n_groups)
                                      : long_dots_four(terms, weights, n_groups);

        write_four(dots.lo, product->channels[o], output + o, n_channels);
        if (o + 1 < n_channels) {
            write_four(dots.hi, product->channels[o + 1], output + o + 1, n_channels);
        }
        weights += 2 * n_groups;
    }
}

void tk_product_one_s8(const tk_product_s8 *product, const uint32_t *terms, int8_t *output)
{
    const int32_t n_groups = product->n_groups;
    const int32_t n_channels = product->n_channels;
    const uint32_t *weights = product->weights;

    for (int32_t o = 0; o < n_channels; o += 2) {
        const tk_output_channel *channels = product->channels + o;
        const tk_dots_one dots = (n_groups <= TK_GROUPS_AT_ONCE)
                                     ? tk_dot_pairs_one(terms, weights, n_groups)
                                     : long_dots_one(terms, weights, n_groups);

        output[o] = tk_output_s8(plus(dots.lo, channels[0].bias), channels[0]);
        if (o + 1 < n_channels) {
            output[o + 1] = tk_output_s8(plus(dots.hi, channels[1].bias), channels[1]);
        }
        weights += 2 * n_groups;
    }
}
