/* One of two headers that define the same name, as tk_simd.h has it. */
#ifndef TK_WORD_H
#define TK_WORD_H

#if defined(NEVER_DEFINED)
#include "tk_word_never.h"
#else
#include "tk_word_always.h"
#endif

#endif
