#ifndef TK_PRODUCT_S8_H
#define TK_PRODUCT_S8_H

#include <stdint.h>

#include "tk_output_s8.h"

/* A matrix of int8 weights, one row for each output channel, packed for two channels at a time.
 *
 * The terms of a row are counted in groups of four, zeros filling the last one up. A word holds two
 * terms of two channels, lo and hi: the numbers lo + 256 * hi for terms 4g and 4g + 2 as a pair,
 * and the next word those for 4g + 1 and 4g + 3. No weight is -128, so each fits into int16. */
typedef struct {
    int32_t n_groups;                  /* groups of four terms in a row, at least 1 */
    int32_t n_channels;                /* at least 1; the last of an odd number has a hi of zeros */
    const uint32_t *weights;           /* [n_channels / 2, rounded up][n_groups][2] */
    const tk_output_channel *channels; /* [n_channels] */
} tk_product_s8;

enum {
    TK_COLUMNS = 4,          /* inputs that tk_product_four_s8 multiplies side by side */
    TK_GROUPS_AT_ONCE = 128, /* 4 * 128 * 127 * 128 < 2^23: as long as a hi sum stays exact */
};

/* Widen n int8 inputs to pairs in the order of the weights: (0, 2), (1, 3), (4, 6), ... Zeros fill
 * the last group up. `to` steps over `stride` words for each pair; returns where the next goes. */
static inline uint32_t *tk_widen_s8(const int8_t *from, int32_t n, int32_t stride, uint32_t *to)
{
    const int8_t *const end_of_eights = from + n / 8 * 8;

    while (from != end_of_eights) { /* two groups a turn, for speed only */
        const uint32_t bytes = tk_load_4(from);
        const uint32_t more = tk_load_4(from + 4);

        from += 8;
        to[0] = tk_widen_even(bytes);
        to[stride] = tk_widen_odd(bytes);
        to[2 * stride] = tk_widen_even(more);
        to[3 * stride] = tk_widen_odd(more);
        to += 4 * stride;
    }
    n %= 8;
    if (n >= 4) {
        const uint32_t bytes = tk_load_4(from);

        from += 4;
        n -= 4;
        to[0] = tk_widen_even(bytes);
        to[stride] = tk_widen_odd(bytes);
        to += 2 * stride;
    }
    if (n > 0) {
        const int32_t second = (n > 1) ? from[1] : 0;
        const int32_t third = (n > 2) ? from[2] : 0;

        to[0] = tk_pair_firsts((uint32_t)from[0], (uint32_t)third);
        to[stride] = tk_pair_firsts((uint32_t)second, 0);
        to += 2 * stride;
    }
    return to;
}

/* All output channels of four inputs. terms: [2 * n_groups][4], the same pair of each input side by
 * side; output: [4][n_channels]. They must not overlap. */
void tk_product_four_s8(const tk_product_s8 *product, const uint32_t *terms, int8_t *output);

/* All output channels of one input. terms: [2 * n_groups], output: [n_channels]. */
void tk_product_one_s8(const tk_product_s8 *product, const uint32_t *terms, int8_t *output);

#endif
