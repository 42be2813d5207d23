#ifndef TK_MUL_CONSTANT_S8_H
#define TK_MUL_CONSTANT_S8_H

#include "tk_mul_s8.h"

typedef struct {
    tk_mul_s8_layer mul;
    const int8_t *constant; /* the second input */
} tk_mul_constant_s8_layer;

/* input, output: the first input and the output of tk_mul_s8. */
void tk_mul_constant_s8(const tk_mul_constant_s8_layer *layer, const int8_t *input,
                        int8_t *output);

#endif
