#ifndef TK_SOFTMAX_S8_H
#define TK_SOFTMAX_S8_H

#include <stdint.h>

typedef struct {
    int32_t n_rows;     /* vectors that are normalised one by one, at least 1 */
    int32_t n_classes;  /* values in each of them, 1 to 4095 */
    int32_t multiplier; /* beta * input scale as Q5.26 per input step; Q31, see tk_requantize.h */
    int32_t shift;      /* 0 to 31 */
    int32_t diff_min;   /* input steps below the maximum whose exp counts as 0, at most 0 */
} tk_softmax_s8_layer;

/* input, output: [n_rows][n_classes]. Output codes stand for (code + 128) / 256. They must not
 * overlap. */
void tk_softmax_s8(const tk_softmax_s8_layer *layer, const int8_t *input, int8_t *output);

#endif
