/* Known answers of {{ model_name }}.
 *
 * Written by tinymledu {{ version }} from a .tflite file with SHA-256
 * {{ model_sha256 }}.
 * Do not edit: write it again from the model instead.
 */
#ifndef {{ macro }}_KNOWN_ANSWERS_H
#define {{ macro }}_KNOWN_ANSWERS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

{{ known_answers_header }}

#ifdef __cplusplus
}
#endif

#endif
