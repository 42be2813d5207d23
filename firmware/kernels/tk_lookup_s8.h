#ifndef TK_LOOKUP_S8_H
#define TK_LOOKUP_S8_H

#include <stdint.h>

typedef struct {
    int32_t n_values;    /* at least 1 */
    const int8_t *table; /* [256]: the result for code q is at q + 128 */
} tk_lookup_s8_layer;

/* input, output: [n_values]. The output may be the input itself; otherwise they must not
 * overlap. */
void tk_lookup_s8(const tk_lookup_s8_layer *layer, const int8_t *input, int8_t *output);

#endif
