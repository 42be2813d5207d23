/* {{ model_name }}: declared for C99.
 *
 * Written by tinymledu {{ version }} from a .tflite file with SHA-256
 * {{ model_sha256 }}.
 * Do not edit: write it again from the model instead.
 *
 * {{ program.layers | length }} operators, {{ "{:,}".format(program.macs) }} multiply-accumulates
{% if program.macs != program.model_macs %}
 * of the model's {{ "{:,}".format(program.model_macs) }}: channels that are constant for every input are folded away
{% endif %}
 * {{ "{:,}".format(weights_bytes) }} B of constants, {{ "{:,}".format(program.arena_bytes) }} B of arena
 *
 * How to use it:
 *   1. keep an arena of {{ macro }}_ARENA_BYTES bytes, aligned to 16
 *   2. write the input at {{ macro }}_INPUT_OFFSET
 *   3. call {{ c_name }}_run
 *   4. read the output at {{ macro }}_OUTPUT_OFFSET
 */
#ifndef {{ macro }}_H
#define {{ macro }}_H

#include <stdint.h>

#define {{ macro }}_ARENA_BYTES {{ program.arena_bytes }}

/* {{ input | tensor_text }} */
#define {{ macro }}_INPUT_OFFSET {{ program.input_offset }}
#define {{ macro }}_INPUT_BYTES {{ program.input_bytes }}

/* {{ output | tensor_text }} */
#define {{ macro }}_OUTPUT_OFFSET {{ program.output_offset }}
#define {{ macro }}_OUTPUT_BYTES {{ program.output_bytes }}

/* Operators of the model; those without code (RESHAPE) count too. */
#define {{ macro }}_N_LAYERS {{ program.layers | length }}

/* One inference. The arena is all the memory it writes; the input in it does not survive. */
void {{ c_name }}_run(uint8_t *arena);

#endif
