#ifndef TK_MUL_S8_H
#define TK_MUL_S8_H

#include <stdint.h>

#include "tk_broadcast.h"

typedef struct {
    tk_broadcast broadcast;
    int32_t first_zero_point;  /* -128 to 127 */
    int32_t second_zero_point; /* -128 to 127 */
    int32_t output_zero_point; /* -128 to 127 */
    int32_t multiplier;        /* first scale * second scale / output scale, Q31 */
    int32_t shift;             /* -31 to 30; see tk_requantize.h */
    int32_t output_min;        /* fused activation, in output codes: -128 to 127 */
    int32_t output_max;
} tk_mul_s8_layer;

/* first, second: as large as their steps say. output: [values of broadcast.shape]. The output may
 * be an input of its own size; otherwise it must not overlap the inputs. */
void tk_mul_s8(const tk_mul_s8_layer *layer, const int8_t *first, const int8_t *second,
               int8_t *output);

#endif
