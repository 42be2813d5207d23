#ifndef TK_ADD_SUB_S8_H
#define TK_ADD_SUB_S8_H

#include <stdint.h>

#include "tk_broadcast.h"

typedef struct {
    int32_t zero_point; /* -128 to 127 */
    int32_t multiplier; /* scale / (2 * the larger of both scales), Q31; see tk_requantize.h */
    int32_t shift;      /* -31 to 0 */
    int32_t sign;       /* 1 where this input is added, -1 where it is subtracted */
} tk_add_sub_s8_term;

typedef struct {
    tk_broadcast broadcast;
    tk_add_sub_s8_term first;
    tk_add_sub_s8_term second;
    int32_t output_zero_point; /* -128 to 127 */
    int32_t output_multiplier; /* 2 * the larger scale / (2^20 * output scale), Q31 */
    int32_t output_shift;      /* -31 to 0 */
    int32_t output_min;        /* fused activation, in output codes: -128 to 127 */
    int32_t output_max;
} tk_add_sub_s8_layer;

/* first, second: as large as their steps say. output: [values of broadcast.shape]. The output may
 * be an input of its own size; otherwise it must not overlap the inputs. */
void tk_add_sub_s8(const tk_add_sub_s8_layer *layer, const int8_t *first, const int8_t *second,
                   int8_t *output);

#endif
