#include "tk_features.h"

/* Overflow. Samples and tables are 16-bit, cosine and sine above -32768, so
 *
 *   a product                       at most 2^30
 *   br * cos + bi * sin + rounding  at most 2 * 32768 * 32767 + 2^14, below 2^31
 *   re^2 + im^2                     at most 2^31, unsigned
 *   sum of power * weight           at most 2^12 bins * 2^31 * 2^15 = 2^58, unsigned 64-bit.
 *
 * Every stage of the transform halves its sums: by the triangle inequality, no value of a real
 * frame then leaves 16 bits except by rounding, and saturation takes care of that.
 *
 * >> of a negative number must shift in copies of the sign bit: true of gcc and clang.
 */

static const int32_t ROUND = INT32_C(1) << 14;

static int16_t saturate(int32_t value)
{
    if (value > INT16_MAX) {
        return INT16_MAX;
    }
    return (int16_t)((value < INT16_MIN) ? INT16_MIN : value);
}

int16_t tk_multiply_q15(int16_t a, int16_t b)
{
    return saturate(((int32_t)a * b + ROUND) >> 15);
}

void tk_window_q15(const tk_features_plan *plan, int16_t *re, int16_t *im)
{
    for (int32_t i = 0; i < plan->n; i++) {
        re[i] = tk_multiply_q15(re[i], plan->window[i]);
        im[i] = 0;
    }
}

static void swap(int16_t *values, int32_t i, int32_t j)
{
    const int16_t kept = values[i];

    values[i] = values[j];
    values[j] = kept;
}

/* Puts value i where i written backwards in binary says. */
static void reverse_bits(int32_t n, int16_t *re, int16_t *im)
{
    int32_t j = 0;

    for (int32_t i = 1; i < n; i++) {
        int32_t bit = n / 2;

        while ((j & bit) != 0) { /* add 1 to j, carrying from the highest bit down */
            j -= bit;
            bit /= 2;
        }
        j += bit;
        if (i < j) {
            swap(re, i, j);
            swap(im, i, j);
        }
    }
}

/* (a, b) becomes ((a + w b) / 2, (a - w b) / 2) with w = cosine - i sine. */
static void butterfly(int16_t *re, int16_t *im, int32_t a, int32_t b, int16_t cosine, int16_t sine)
{
    const int32_t turned_re = ((int32_t)re[b] * cosine + (int32_t)im[b] * sine + ROUND) >> 15;
    const int32_t turned_im = ((int32_t)im[b] * cosine - (int32_t)re[b] * sine + ROUND) >> 15;
    const int32_t a_re = re[a];
    const int32_t a_im = im[a];

    re[a] = saturate((a_re + turned_re + 1) >> 1);
    im[a] = saturate((a_im + turned_im + 1) >> 1);
    re[b] = saturate((a_re - turned_re + 1) >> 1);
    im[b] = saturate((a_im - turned_im + 1) >> 1);
}

void tk_fft_q15(const tk_features_plan *plan, int16_t *re, int16_t *im)
{
    reverse_bits(plan->n, re, im);
    for (int32_t half = 1; half < plan->n; half *= 2) {
        const int32_t step = plan->n / (2 * half);

        for (int32_t start = 0; start < plan->n; start += 2 * half) {
            for (int32_t k = 0; k < half; k++) {
                butterfly(re, im, start + k, start + k + half, plan->cosine[k * step],
                          plan->sine[k * step]);
            }
        }
    }
}

static uint32_t power(int16_t re, int16_t im)
{
    return (uint32_t)((int32_t)re * re) + (uint32_t)((int32_t)im * im);
}

static uint32_t energy(const tk_mel_filter *filter, const int16_t *weights, const int16_t *re,
                       const int16_t *im)
{
    uint64_t sum = (uint64_t)ROUND;

    for (int32_t i = 0; i < filter->n_bins; i++) {
        const int32_t bin = filter->first_bin + i;

        sum += (uint64_t)power(re[bin], im[bin]) * (uint64_t)weights[filter->first_weight + i];
    }
    sum >>= 15;
    return (sum > UINT32_MAX) ? UINT32_MAX : (uint32_t)sum;
}

/* log2(value) in units of 2^-10, rounded down; the error is at most 1.2 units.
 *
 * The mantissa m lies in [1, 2), with 15 bits after the point. Squaring m doubles its logarithm:
 * where m^2 is 2 or more, the next bit of the logarithm is 1. */
static int16_t log2_q10(uint32_t value)
{
    int32_t result = 31;

    if (value == 0) {
        return 0;
    }
    while ((value & 0x80000000u) == 0) {
        value <<= 1;
        result--;
    }
    uint32_t mantissa = value >> 16;
    for (int32_t i = 0; i < 10; i++) {
        const uint32_t squared = (mantissa * mantissa) >> 15;
        const uint32_t bit = squared >> 16;

        mantissa = squared >> bit;
        result = 2 * result + (int32_t)bit;
    }
    return (int16_t)result;
}

void tk_log_mel_q15(const tk_features_plan *plan, const int16_t *re, const int16_t *im,
                    int16_t *log_mel)
{
    for (int32_t i = 0; i < plan->n_mels; i++) {
        log_mel[i] = log2_q10(energy(&plan->filters[i], plan->mel_weights, re, im));
    }
}
