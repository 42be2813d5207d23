#include "tk_softmax_s8.h"

#include "tk_requantize.h"

/* Softmax on int8, in integers only.
 *
 *   out[i] = exp(x[i] - max x) / sum_k exp(x[k] - max x),    x = beta * scale * code
 *
 * Qm.n below means m integer and n fractional bits in an int32. Differences are Q5.26, exponentials
 * Q0.31, their sum Q12.19 (so at most 4095 classes), the result (code + 128) / 256.
 *
 * Source: the constants and the order of rounding are TensorFlow Lite's (reference/softmax.h) and
 * gemmlowp's (fixedpoint.h), which define the result to the last bit.
 */

/* exp(x) in Q0.31 for x in [-1/4, 0), x in Q0.31: Taylor series around -1/8, to the 4th power. */
static int32_t exp_of_small(int32_t x)
{
    const int32_t exp_of_minus_one_eighth = 1895147668;
    const int32_t one_third = 715827883;
    const int32_t t = x + ((int32_t)1 << 28); /* x + 1/8 */
    const int32_t t2 = tk_high_multiply(t, t);
    const int32_t t3 = tk_high_multiply(t2, t);
    const int32_t t4 = tk_high_multiply(t2, t2);
    const int32_t t4_over_12_plus_t3_over_3 =
        tk_high_multiply(tk_divide_by_power(t4, 2) + t3, one_third);
    const int32_t higher_terms = tk_divide_by_power(t4_over_12_plus_t3_over_3 + t2, 1);

    return exp_of_minus_one_eighth
           + tk_high_multiply(exp_of_minus_one_eighth, t + higher_terms);
}

/* exp(x) in Q0.31 for x <= 0 in Q5.26: x = (multiple of -1/4) + rest, and one factor
 * exp(-2^k) for every bit of the multiple. */
static int32_t exp_of_negative(int32_t x)
{
    static const int32_t exp_of_power[7] = {/* exp(-2^k), k = -2 to 4, Q0.31 */
        1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
    const int32_t quarter = (int32_t)1 << 24;
    const int32_t rest = (x & (quarter - 1)) - quarter; /* [-1/4, 0) */
    const int32_t multiple = rest - x;
    int32_t result = exp_of_small(rest * (1 << 5)); /* Q5.26 to Q0.31: |rest| <= 2^24 */

    if (x == 0) {
        return INT32_MAX; /* 1, as near as Q0.31 comes */
    }
    for (int32_t k = 0; k < 7; k++) {
        if ((multiple & (quarter << k)) != 0) {
            result = tk_high_multiply(result, exp_of_power[k]);
        }
    }
    return result;
}

/* 1 / (1 + x) in Q0.31 for x in [0, 1) in Q0.31: three Newton steps for 1 / d, d = (1 + x) / 2,
 * in Q2.29. */
static int32_t one_over_one_plus(int32_t x)
{
    const int32_t forty_eight_over_17 = 1515870810;
    const int32_t minus_32_over_17 = -1010580540;
    const int32_t one = (int32_t)1 << 29;
    const int32_t d = (x >> 1) + ((int32_t)1 << 30);
    int32_t r = forty_eight_over_17 + tk_high_multiply(d, minus_32_over_17);

    for (int32_t step = 0; step < 3; step++) {
        /* The product of two Q2.29 is Q4.27; times 4 makes it Q2.29 again. |error| < 1/4 here, so
         * nothing saturates. */
        r += tk_high_multiply(r, one - tk_high_multiply(d, r)) * 4;
    }
    /* 1 / (1 + x) = r / 2: r read as Q1.30, then doubled to Q0.31, which cannot say 1. */
    return (r >= ((int32_t)1 << 30)) ? INT32_MAX : r * 2;
}

/* exp((input - max) * beta * scale) in Q0.31, or 0 where it is too small to count. */
static int32_t exp_of_difference(const tk_softmax_s8_layer *layer, int32_t difference)
{
    if (difference < layer->diff_min) {
        return 0;
    }
    return exp_of_negative(
        tk_high_multiply(tk_shift_left(difference, layer->shift), layer->multiplier));
}

static int32_t max_of_row(const int8_t *input, int32_t n)
{
    int32_t max = INT8_MIN;

    for (int32_t i = 0; i < n; i++) {
        max = (input[i] > max) ? input[i] : max;
    }
    return max;
}

static void softmax_of_row(const tk_softmax_s8_layer *layer, const int8_t *input, int8_t *output)
{
    const int32_t max = max_of_row(input, layer->n_classes);
    int32_t sum = 0;
    int32_t headroom = 0; /* leading zeros of the sum */

    for (int32_t i = 0; i < layer->n_classes; i++) {
        sum += tk_divide_by_power(exp_of_difference(layer, input[i] - max), 12);
    }
    while (((uint32_t)sum << headroom) < ((uint32_t)1 << 31)) {
        headroom++;
    }
    /* sum = (1 + x) * 2^(12 - headroom): divide by 1 + x, then by the power of two. */
    const int32_t x = (int32_t)(((uint32_t)sum << headroom) - ((uint32_t)1 << 31));
    const int32_t scale = one_over_one_plus(x);
    const int32_t bits = 12 - headroom + 31 - 8;

    for (int32_t i = 0; i < layer->n_classes; i++) {
        const int32_t exponential = exp_of_difference(layer, input[i] - max);
        const int32_t code =
            tk_divide_by_power(tk_high_multiply(scale, exponential), bits) + INT8_MIN;

        output[i] = (int8_t)tk_clamp(code, INT8_MIN, INT8_MAX);
    }
}

void tk_softmax_s8(const tk_softmax_s8_layer *layer, const int8_t *input, int8_t *output)
{
    for (int32_t row = 0; row < layer->n_rows; row++) {
        softmax_of_row(layer, input + row * layer->n_classes, output + row * layer->n_classes);
    }
}
