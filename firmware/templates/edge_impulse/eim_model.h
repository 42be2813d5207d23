/* {{ model_name }} as the .eim program sees it.
 *
 * Written by tinymledu {{ version }} from a .tflite file with SHA-256
 * {{ model_sha256 }}.
 */
#ifndef EIM_MODEL_H
#define EIM_MODEL_H

#include <stddef.h>

#define EIM_N_FEATURES {{ n_features }}
#define EIM_N_LABELS {{ labels | length }}
#define EIM_REQUEST_BYTES {{ request_bytes }}
#define EIM_REPLY_BYTES {{ reply_bytes }}

extern const char eim_title[];
extern const char eim_feature_name[]; /* what a feature must be, in words */
extern const char eim_model_parameters[]; /* members of a JSON object */
extern const char eim_project[]; /* a JSON object */
extern const char *const eim_labels[EIM_N_LABELS]; /* JSON strings */

/* Turns features into the model's input. Returns how many it could take: EIM_N_FEATURES, or the
 * index of the first that is not what a feature must be. Each is read once: another process may
 * be writing them. */
size_t eim_set_input(const float *features);

void eim_run(void);

/* The real value of an output. */
float eim_score(size_t index);

#endif
