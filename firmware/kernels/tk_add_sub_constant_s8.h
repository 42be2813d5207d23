#ifndef TK_ADD_SUB_CONSTANT_S8_H
#define TK_ADD_SUB_CONSTANT_S8_H

#include "tk_add_sub_s8.h"

typedef struct {
    tk_add_sub_s8_layer add_sub;
    const int8_t *constant; /* the second input */
} tk_add_sub_constant_s8_layer;

/* input, output: the first input and the output of tk_add_sub_s8. */
void tk_add_sub_constant_s8(const tk_add_sub_constant_s8_layer *layer, const int8_t *input,
                            int8_t *output);

#endif
