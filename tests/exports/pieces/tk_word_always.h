#ifndef TK_WORD_ALWAYS_H
#define TK_WORD_ALWAYS_H

#include <stdint.h>

static inline int32_t tk_word(void)
{
    return 2;
}

#endif
