#ifndef TK_SECOND_H
#define TK_SECOND_H

#include <stdint.h>

int32_t tk_second(void);

#endif
