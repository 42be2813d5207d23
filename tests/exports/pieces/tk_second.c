#include "tk_second.h"

#define STEP 20

enum { WIDTH = 200 };

typedef struct {
    int16_t value;
} part;

static const part parts[1] = {{20000}};

/* What a comment says is no code: static int32_t helper(void) and "tk_word.h". */
static int32_t helper(void)
{
    return parts[0].value + STEP + WIDTH;
}

int32_t tk_second(void)
{
    return helper();
}
