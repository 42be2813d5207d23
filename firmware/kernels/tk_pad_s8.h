#ifndef TK_PAD_S8_H
#define TK_PAD_S8_H

#include <stdint.h>

typedef struct {
    int32_t input_shape[4];  /* all extents at least 1 */
    int32_t output_shape[4]; /* before + input + after, along each axis */
    int32_t before[4];       /* values of padding in front of the input, at least 0 */
    int32_t pad_code;        /* code of real 0: the zero point, -128 to 127 */
} tk_pad_s8_layer;

/* input: [input_shape], output: [output_shape], the last axis varying fastest. They must not
 * overlap. */
void tk_pad_s8(const tk_pad_s8_layer *layer, const int8_t *input, int8_t *output);

#endif
