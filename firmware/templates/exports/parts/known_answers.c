#include "{{ c_name }}_known_answers.h"

#include <stdint.h>

/* Value i of an input is clamp(base + noise / divisor, -128, 127), with a new noise for every `hold`
 * values, from a linear congruential generator. */
typedef struct {
    uint32_t seed;
    int16_t base;    /* -128 to 127 */
    int16_t divisor; /* of the noise, which is -128 to 127; 256: no noise */
    int32_t hold;    /* at least 1 */
} {{ c_name }}_pattern;

static const {{ c_name }}_pattern {{ c_name }}_patterns[{{ macro }}_N_KNOWN_ANSWERS] = {
{% for pattern in answers.patterns %}
    { {{ pattern.seed }}u, {{ pattern.base }}, {{ pattern.divisor }}, {{ pattern.hold }} },
{% endfor %}
};

static const {{ answers.output_c_type }} {{ c_name }}_known_outputs[{{ macro }}_N_KNOWN_ANSWERS][{{ answers.n_outputs }}] = {
{% for output in answers.outputs %}
    {
{{ output | number_lines(indent=8) }}
    },
{% endfor %}
};

void {{ c_name }}_known_input(int32_t k, void *input)
{
    const {{ c_name }}_pattern *pattern = &{{ c_name }}_patterns[k];
    {{ answers.input_c_type }} *value = ({{ answers.input_c_type }} *)input;
    uint32_t state = pattern->seed;
    int32_t code = 0;

    for (int32_t i = 0; i < {{ answers.n_inputs }}; i++) {
        if (i % pattern->hold == 0) {
            state = state * 1664525u + 1013904223u;
            code = pattern->base + ((int32_t)(state >> 24) - 128) / pattern->divisor;
            code = (code < -128) ? -128 : (code > 127) ? 127 : code;
        }
{% if answers.input_c_type == "float" %}
        value[i] = (float)(code - ({{ answers.zero_point }})) * {{ answers.scale }};
{% else %}
        value[i] = ({{ answers.input_c_type }})code;
{% endif %}
    }
}

int32_t {{ c_name }}_known_output_differs(int32_t k, const void *output)
{
    const {{ answers.output_c_type }} *value = (const {{ answers.output_c_type }} *)output;
    int32_t n_different = 0;

    for (int32_t i = 0; i < {{ answers.n_outputs }}; i++) {
        n_different += (value[i] != {{ c_name }}_known_outputs[k][i]) ? 1 : 0;
    }
    return n_different;
}
