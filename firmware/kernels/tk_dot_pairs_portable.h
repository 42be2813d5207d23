/* The loops of tk_dot_pairs.h in plain C. */
#ifndef TK_DOT_PAIRS_PORTABLE_H
#define TK_DOT_PAIRS_PORTABLE_H

static inline tk_dots_four tk_dot_pairs_four(const uint32_t *terms, const uint32_t *weights,
                                             int32_t n_groups, int32_t start, tk_kept *kept)
{
    int32_t lo[4] = {start, start, start, start};
    int32_t both[4] = {start, start, start, start};
    tk_dots_four dots;

    (void)kept;
    for (int32_t k = 0; k < 2 * n_groups; k++) {
        const uint32_t weights_lo = tk_widen_even(weights[k]);

        for (int32_t column = 0; column < 4; column++) {
            const uint32_t x = terms[4 * k + column];

            lo[column] = tk_add_products(weights_lo, x, lo[column]);
            both[column] = tk_add_products(weights[k], x, both[column]);
        }
    }
    for (int32_t column = 0; column < 4; column++) {
        dots.twice_lo[column] = tk_twice(lo[column]);
        dots.twice_hi[column] = tk_twice_hi(both[column], lo[column]);
    }
    return dots;
}

static inline tk_dots_one tk_dot_pairs_one(const uint32_t *terms, const uint32_t *weights,
                                           int32_t n_groups, int32_t start)
{
    int32_t lo = start, both = start;

    for (int32_t k = 0; k < 2 * n_groups; k++) {
        lo = tk_add_products(tk_widen_even(weights[k]), terms[k], lo);
        both = tk_add_products(weights[k], terms[k], both);
    }
    return (tk_dots_one){tk_twice(lo), tk_twice_hi(both, lo)};
}

#endif
