#include "tk_mul_constant_s8.h"

/* Product of an int8 array and a constant, such as one factor for each channel; see tk_mul_s8.c. */
void tk_mul_constant_s8(const tk_mul_constant_s8_layer *layer, const int8_t *input, int8_t *output)
{
    tk_mul_s8(&layer->mul, input, layer->constant, output);
}
