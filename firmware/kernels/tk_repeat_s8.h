#ifndef TK_REPEAT_S8_H
#define TK_REPEAT_S8_H

#include <stdint.h>

typedef struct {
    int32_t n_blocks;    /* all at least 1 */
    int32_t n_repeats;
    int32_t block_bytes;
} tk_repeat_s8_layer;

/* input: [n_blocks][block_bytes], output: [n_blocks][n_repeats][block_bytes]. They must not
 * overlap. */
void tk_repeat_s8(const tk_repeat_s8_layer *layer, const int8_t *input, int8_t *output);

#endif
