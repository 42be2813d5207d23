/* {{ model_name }} as a C library: this header, and {{ c_name }}.c beside it.
 *
 * Written by tinymledu {{ version }} from a .tflite file with SHA-256
 * {{ model_sha256 }}.
 * Do not edit: write it again from the model instead.
 */
#ifndef {{ macro }}_LIBRARY_H
#define {{ macro }}_LIBRARY_H

{% for header in standard %}
#include <{{ header }}>
{% endfor %}

#ifdef __cplusplus
extern "C" {
#endif

{{ model_header }}

{{ known_answers_header }}

/* Runs every known answer; how many came out wrong, so 0 is right. The arena is as for
 * {{ c_name }}_run. */
int32_t {{ c_name }}_self_test(uint8_t *arena);

#ifdef __cplusplus
}
#endif

#endif
