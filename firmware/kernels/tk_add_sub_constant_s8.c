#include "tk_add_sub_constant_s8.h"

/* Sum or difference of an int8 array and a constant; see tk_add_sub_s8.c. */
void tk_add_sub_constant_s8(const tk_add_sub_constant_s8_layer *layer, const int8_t *input,
                            int8_t *output)
{
    tk_add_sub_s8(&layer->add_sub, input, layer->constant, output);
}
