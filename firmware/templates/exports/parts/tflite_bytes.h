/* {{ model_name }}: the .tflite file as an array, {{ "{:,}".format(content | length) }} bytes.
 *
 * Written by tinymledu {{ version }} from a .tflite file with SHA-256
 * {{ model_sha256 }}.
 * Do not edit: write it again from the model instead.
 *
 * Include it in one file only: every file that includes it gets a copy.
 */
#ifndef {{ macro }}_TFLITE_H
#define {{ macro }}_TFLITE_H

#define {{ macro }}_TFLITE_BYTES {{ content | length }}

/* Readers of .tflite files need it aligned to 16. */
static const unsigned char {{ c_name }}_tflite[{{ macro }}_TFLITE_BYTES]
    __attribute__((aligned(16))) = {
{{ content | byte_lines }}
};

#endif
