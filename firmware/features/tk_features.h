/* From a frame of samples to log-mel features, in 16-bit fixed point.
 *
 * Three stages, in this order, on one piece of memory:
 *
 *   tk_window_q15    n samples, times a window
 *   tk_fft_q15       n complex values, times 1 / n
 *   tk_log_mel_q15   log2 of the power in n_mels bands
 *
 * A Q15 number is an int16 that stands for value / 32768: from -1 to 1 - 2^-15. The tables come from
 * tinymledu/features/q15.py, whose functions give the same integers.
 */
#ifndef TK_FEATURES_H
#define TK_FEATURES_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A mel filter: weights for n_bins bins of the spectrum from first_bin on, at first_weight. */
typedef struct {
    int32_t first_bin;
    int32_t n_bins; /* first_bin + n_bins is at most n / 2 + 1 */
    int32_t first_weight;
} tk_mel_filter;

typedef struct {
    int32_t n;                    /* samples of a frame: a power of two from 2 to 4096 */
    const int16_t *window;        /* [n], Q15 */
    const int16_t *cosine;        /* [n / 2], Q15: cos(2 pi k / n), above -32768 */
    const int16_t *sine;          /* [n / 2], Q15: sin(2 pi k / n), above -32768 */
    int32_t n_mels;               /* 1 or more */
    const tk_mel_filter *filters; /* [n_mels] */
    const int16_t *mel_weights;   /* Q15, 0 or more */
} tk_features_plan;

/* a * b / 2^15, to nearest, halves upwards; -1 * -1 gives 32767. */
int16_t tk_multiply_q15(int16_t a, int16_t b);

/* re: the frame [n], then its product with the window. im: [n], then all 0. */
void tk_window_q15(const tk_features_plan *plan, int16_t *re, int16_t *im);

/* Discrete Fourier transform in place, times 1 / n. re, im: [n]. */
void tk_fft_q15(const tk_features_plan *plan, int16_t *re, int16_t *im);

/* log2 of the power in each mel filter, in units of 2^-10; power 0 counts as 1.
 * re, im: [n], of which the first n / 2 + 1 are read. log_mel: [n_mels], 0 to 32767. */
void tk_log_mel_q15(const tk_features_plan *plan, const int16_t *re, const int16_t *im,
                    int16_t *log_mel);

#ifdef __cplusplus
}
#endif

#endif
