#ifndef TK_WORD_NEVER_H
#define TK_WORD_NEVER_H

#include <stdint.h>

static inline int32_t tk_word(void)
{
    return 1;
}

#endif
