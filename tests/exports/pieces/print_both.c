#include "NAME.h"

#include <stdio.h>

#include "tk_first.h"
#include "tk_second.h"

void NAME_print(void)
{
    printf("%ld %ld\n", (long)tk_first(), (long)tk_second());
}
