#include "tk_first.h"

#define STEP 10

enum { WIDTH = 100 };

typedef struct {
    int32_t value;
} part;

static const part parts[1] = {{10000}};

/* What a comment says is no code: static int32_t helper(void) and "tk_word.h". */
static int32_t helper(void)
{
    return parts[0].value + STEP + WIDTH;
}

const int32_t tk_table[2] = {1000, 1};

int32_t tk_first(void)
{
    return helper() + tk_table[0] + tk_word();
}
