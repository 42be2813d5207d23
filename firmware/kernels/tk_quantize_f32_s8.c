#include "tk_quantize_f32_s8.h"

#include "tk_requantize.h"

/* Real values to int8 codes.
 *
 *   out[i] = clamp(round(input[i] / scale) + zero_point, -128, 127)
 *
 * Halves round away from zero. Quotients outside [-256, 256] are cut to it first, which no clamped
 * result can tell, so that every conversion to an integer is defined; not-a-number counts as 0.
 *
 * Source: TFLite reference, quantize.h (AffineQuantize).
 */

static int32_t round_to_nearest(float value)
{
    const int32_t whole = (int32_t)value;        /* towards zero */
    const float rest = value - (float)whole;     /* exact, |rest| < 1 */

    if (rest >= 0.5f) {
        return whole + 1;
    }
    return (rest <= -0.5f) ? whole - 1 : whole;
}

static float cut(float value)
{
    if (value > 256.0f) {
        return 256.0f;
    }
    if (value < -256.0f) {
        return -256.0f;
    }
    return (value == value) ? value : 0.0f; /* not-a-number differs from itself */
}

void tk_quantize_f32_s8(const tk_quantize_f32_s8_layer *layer, const float *input, int8_t *output)
{
    for (int32_t i = 0; i < layer->n_values; i++) {
        const int32_t steps = round_to_nearest(cut(input[i] / layer->scale));

        output[i] = (int8_t)tk_clamp(steps + layer->zero_point, INT8_MIN, INT8_MAX);
    }
}
