#ifndef TK_FIRST_H
#define TK_FIRST_H

#include <stdint.h>

#include "tk_word.h"

extern const int32_t tk_table[2];

int32_t tk_first(void);

#endif
