#include "eim_model.h"

#include <math.h>
#include <stdint.h>

#include "{{ c_name }}.h"

const char eim_title[] = {{ model_name | c_string }};
const char eim_feature_name[] = {{ feature_name | c_string }};
const char eim_model_parameters[] = {{ parameters | c_string_lines }};
const char eim_project[] = {{ project | c_string_lines }};
const char *const eim_labels[EIM_N_LABELS] = {
{% for label in labels %}
    {{ label | c_string }},
{% endfor %}
};

static uint8_t arena[{{ macro }}_ARENA_BYTES] __attribute__((aligned(16)));

static void set_value(size_t index, float real)
{
    {{ input_c_type }} *input = (void *)(arena + {{ macro }}_INPUT_OFFSET);

{% if input_quantization %}
    /* Halves away from zero; 0.5 is added as a double, since a float would round 0.49999997 up. */
    const float steps = real / {{ input_quantization.scale | c_float }};
    const double rounded = copysign(floor(fabs((double)steps) + 0.5), (double)steps);
    const double code = rounded + ({{ input_quantization.zero_point }});

    input[index] = ({{ input_c_type }})fmin(fmax(code, -128.0), 127.0);
{% else %}
    input[index] = real;
{% endif %}
}

size_t eim_set_input(const float *features)
{
    for (size_t i = 0; i < EIM_N_FEATURES; i++) {
        const float feature = *(const volatile float *)(features + i);

{% if n_channels %}
        /* A pixel: 0xRRGGBB. A comparison with NaN is false. */
        if (!(feature >= 0.0f && feature <= 16777215.0f)) {
            return i;
        }
        const uint32_t pixel = (uint32_t)feature;
        const uint32_t red = pixel >> 16, green = (pixel >> 8) & 255u, blue = pixel & 255u;
{% if n_channels == 3 %}

        set_value(3 * i, (float)red / 255.0f);
        set_value(3 * i + 1, (float)green / 255.0f);
        set_value(3 * i + 2, (float)blue / 255.0f);
{% else %}
        /* Luma of ITU-R BT.601 in whole numbers, so that a grey pixel keeps its value. */
        const uint32_t grey = (299u * red + 587u * green + 114u * blue + 500u) / 1000u;

        set_value(i, (float)grey / 255.0f);
{% endif %}
{% else %}
        if (!isfinite(feature)) {
            return i;
        }
        set_value(i, feature * {{ real_per_feature | c_float }});
{% endif %}
    }
    return EIM_N_FEATURES;
}

void eim_run(void)
{
    {{ c_name }}_run(arena);
}

float eim_score(size_t index)
{
    const {{ output_c_type }} *output = (const void *)(arena + {{ macro }}_OUTPUT_OFFSET);

{% if output_quantization %}
    return (float)(output[index] - ({{ output_quantization.zero_point }})) * {{ output_quantization.scale | c_float }};
{% else %}
    return output[index];
{% endif %}
}
