/* Tables of the features, and their three stages on one frame.
 *
 * Written by tinymledu from settings: {{ settings }}
 */
#include "log_mel.h"

#include "tk_features.h"

static const int16_t window[{{ n }}] = {
{{ window }}
};

static const int16_t cosine[{{ n // 2 }}] = {
{{ cosine }}
};

static const int16_t sine[{{ n // 2 }}] = {
{{ sine }}
};

static const tk_mel_filter filters[{{ n_mels }}] = {
{{ filters }}
};

static const int16_t mel_weights[{{ n_weights }}] = {
{{ mel_weights }}
};

static const tk_features_plan plan = {
    .n = {{ n }},
    .window = window,
    .cosine = cosine,
    .sine = sine,
    .n_mels = {{ n_mels }},
    .filters = filters,
    .mel_weights = mel_weights,
};

void log_mel_run(uint8_t *arena)
{
    int16_t *re = (int16_t *)(void *)arena;
    int16_t *im = (int16_t *)(void *)(arena + LOG_MEL_INPUT_BYTES);
    int16_t *log_mel = (int16_t *)(void *)(arena + LOG_MEL_OUTPUT_OFFSET);

    tk_window_q15(&plan, re, im);
    tk_fft_q15(&plan, re, im);
    tk_log_mel_q15(&plan, re, im, log_mel);
}
