/* {{ model_name }}: its constants, and one inference as a sequence of kernel calls.
 *
 * Written by tinymledu {{ version }} from a .tflite file with SHA-256
 * {{ model_sha256 }}.
 * Do not edit: write it again from the model instead.
 *
 * Arena: {{ "{:,}".format(program.arena_bytes) }} B. Constants: {{ "{:,}".format(weights_bytes) }} B.
 */
#include "{{ c_name }}.h"

#include <stddef.h>

{% for kernel in program.kernels %}
#include "{{ kernel }}.h"
{% endfor %}
{% for layer in program.layers %}

/* Layer {{ layer.index }}: {{ layer.op }}, {{ layer | shapes_text }}
{% if not layer.call %}
 *
 * No code: the output is the input, read with another shape. */
{% else %}
{% if layer.call.note %}
 * {{ layer.call.note }}
{% endif %}
{% if layer.macs %}
 * {{ "{:,}".format(layer.macs) }} multiply-accumulates
{% endif %}
 */
{% for table in layer.tables %}
static const {{ table.c_type }} layer_{{ layer.index }}_{{ table.variable }}[{{ table.values.size }}] = {
{{ table.values | number_lines }}
};

{% endfor %}
static const {{ layer.call.kernel }}_layer layer_{{ layer.index }} = {
{% for designator, value in layer.call.fields.items() %}
    .{{ designator }} = {{ value | c_number }},
{% endfor %}
{% for table in layer.tables %}
    .{{ table.field }} = layer_{{ layer.index }}_{{ table.variable }},
{% endfor %}
{% for designator in layer.call.absent %}
    .{{ designator }} = NULL,
{% endfor %}
};
{% endif %}
{% endfor %}

void {{ c_name }}_run(uint8_t *arena)
{
{% for layer in program.layers if layer.call %}
    {{ layer.call.kernel }}(&layer_{{ layer.index }}{% for argument in layer.call.arguments %},
        {{ argument | pointer }}{% endfor %}{% if layer.scratch_offset is not none %},
        (uint32_t *)(void *)(arena + {{ layer.scratch_offset }}){% endif %});
{% else %}
    (void)arena; /* no operator of this model needs code */
{% endfor %}
}
