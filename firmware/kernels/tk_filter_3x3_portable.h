/* The sums of tk_filter_3x3.h in plain C. */
#ifndef TK_FILTER_3X3_PORTABLE_H
#define TK_FILTER_3X3_PORTABLE_H

/* One row of a filter on pixels that begin with the first of a pair. */
static inline int32_t tk_row_at_first(const uint32_t *pairs, const uint32_t *weights, int32_t sum)
{
    sum = tk_add_products(pairs[0], weights[0], sum);
    return tk_add_first_second(pairs[1], weights[1], sum);
}

/* The same, beginning with the second of a pair. */
static inline int32_t tk_row_at_second(const uint32_t *pairs, const uint32_t *weights, int32_t sum)
{
    sum = tk_add_second_first(pairs[0], weights[0], sum);
    return tk_add_products(pairs[1], weights[1], sum);
}

static inline tk_two_sums tk_filter_stride_1(tk_three_rows *rows, const uint32_t *weights,
                                             int32_t bias)
{
    tk_two_sums sums;

    sums.left = tk_row_at_first(rows->top, weights, bias);
    sums.left = tk_row_at_first(rows->middle, weights + 2, sums.left);
    sums.left = tk_row_at_first(rows->bottom, weights + 4, sums.left);
    sums.right = tk_row_at_second(rows->top++, weights, bias);
    sums.right = tk_row_at_second(rows->middle++, weights + 2, sums.right);
    sums.right = tk_row_at_second(rows->bottom++, weights + 4, sums.right);
    return sums;
}

static inline tk_two_sums tk_filter_stride_2(tk_three_rows *rows, const uint32_t *weights,
                                             int32_t bias)
{
    tk_two_sums sums;

    sums.left = tk_row_at_first(rows->top, weights, bias);
    sums.left = tk_row_at_first(rows->middle, weights + 2, sums.left);
    sums.left = tk_row_at_first(rows->bottom, weights + 4, sums.left);
    sums.right = tk_row_at_first(rows->top + 1, weights, bias);
    sums.right = tk_row_at_first(rows->middle + 1, weights + 2, sums.right);
    sums.right = tk_row_at_first(rows->bottom + 1, weights + 4, sums.right);
    rows->top += 2;
    rows->middle += 2;
    rows->bottom += 2;
    return sums;
}

#endif
