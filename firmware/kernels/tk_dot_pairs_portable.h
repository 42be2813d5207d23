/* The loops of tk_dot_pairs.h in plain C. */
#ifndef TK_DOT_PAIRS_PORTABLE_H
#define TK_DOT_PAIRS_PORTABLE_H

static inline tk_dots_four tk_dot_pairs_four(const uint32_t *terms, const uint32_t *weights,
                                             int32_t n_groups, int32_t start)
{
    tk_dots_four dots = {{start, start, start, start}, {start, start, start, start}};

    for (int32_t k = 0; k < 2 * n_groups; k++) {
        const uint32_t lo = tk_widen_even(weights[k]);

        for (int32_t column = 0; column < 4; column++) {
            const uint32_t x = terms[4 * k + column];

            dots.lo[column] = tk_add_products(lo, x, dots.lo[column]);
            dots.twice_hi[column] = tk_add_products(weights[k], x, dots.twice_hi[column]);
        }
    }
    for (int32_t column = 0; column < 4; column++) {
        dots.twice_hi[column] = tk_twice_hi(dots.twice_hi[column], dots.lo[column]);
    }
    return dots;
}

static inline tk_dots_one tk_dot_pairs_one(const uint32_t *terms, const uint32_t *weights,
                                           int32_t n_groups, int32_t start)
{
    tk_dots_one dots = {start, start};

    for (int32_t k = 0; k < 2 * n_groups; k++) {
        dots.lo = tk_add_products(tk_widen_even(weights[k]), terms[k], dots.lo);
        dots.twice_hi = tk_add_products(weights[k], terms[k], dots.twice_hi);
    }
    dots.twice_hi = tk_twice_hi(dots.twice_hi, dots.lo);
    return dots;
}

#endif
