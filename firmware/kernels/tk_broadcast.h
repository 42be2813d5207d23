/* Two arrays that are combined value by value, where one may be repeated to fit the other.
 *
 * The output has three axes besides its batch of 1. An input that is repeated along an axis has
 * step 0 there; else the step says how far apart in it two neighbours along that axis lie.
 * Neighbouring axes along which the same inputs are repeated are one axis here, so two arrays of
 * the same shape have the shape {1, 1, n}.
 */
#ifndef TK_BROADCAST_H
#define TK_BROADCAST_H

#include <stdint.h>

typedef struct {
    int32_t shape[3]; /* of the output, each at least 1; the last axis is a row */
    int32_t first_steps[3];
    int32_t second_steps[3];
} tk_broadcast;

/* How many rows the output has. */
static inline int32_t tk_broadcast_rows(const tk_broadcast *broadcast)
{
    return broadcast->shape[0] * broadcast->shape[1];
}

/* Where an input's values for output row number `row` begin, given the input's steps. */
static inline int32_t tk_broadcast_start(const tk_broadcast *broadcast, const int32_t *steps,
                                         int32_t row)
{
    const int32_t n = broadcast->shape[1];

    return row / n * steps[0] + row % n * steps[1];
}

#endif
