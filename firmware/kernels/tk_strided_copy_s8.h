#ifndef TK_STRIDED_COPY_S8_H
#define TK_STRIDED_COPY_S8_H

#include <stdint.h>

typedef struct {
    int32_t first;    /* where in the input output[0][0][0][0] comes from */
    int32_t shape[4]; /* of the output, all at least 1 */
    int32_t steps[4]; /* how far apart in the input neighbours of the output lie; may be negative */
} tk_strided_copy_s8_layer;

/* They must not overlap. */
void tk_strided_copy_s8(const tk_strided_copy_s8_layer *layer, const int8_t *input, int8_t *output);

#endif
