#ifndef TK_CONCATENATION_S8_H
#define TK_CONCATENATION_S8_H

#include <stdint.h>

typedef struct {
    int32_t n_outer;         /* product of the extents before the joined axis, at least 1 */
    int32_t n_inputs;        /* at least 1 */
    const int32_t *n_values; /* [n_inputs]: what an input has for each outer index */
} tk_concatenation_s8_layer;

/* inputs: n_inputs arrays, each [n_outer][its n_values]. output: [n_outer][sum of n_values]. The
 * output must not overlap the inputs; inputs may be the same array. */
void tk_concatenation_s8(const tk_concatenation_s8_layer *layer, const int8_t *const *inputs,
                         int8_t *output);

#endif
