/* {{ model_name }}: the model and all that it needs in one file.
 *
 * Written by tinymledu {{ version }} from a .tflite file with SHA-256
 * {{ model_sha256 }}.
 * Do not edit: write it again from the model instead.
 */
#include "{{ public_header }}"

{% for header in standard %}
#include <{{ header }}>
{% endfor %}

#if defined(__clang__)
/* A model need not use every inline function of the kernels. */
#pragma clang diagnostic ignored "-Wunused-function"
#endif

/* Functions that a linker sees carry the model's name, so that two models can be in one program. */
{% for name, new in renamed.items() %}
#define {{ name }} {{ new }}
{% endfor %}
{% for piece in pieces %}

/* ---------------------------------------------------------------- {{ piece.name }} */
{% for name, new in piece.renamed.items() %}
#define {{ name }} {{ new }}
{% endfor %}

{{ piece.text }}
{% for name in piece.renamed %}
{{ "\n" if loop.first }}#undef {{ name }}
{% endfor %}
{% for name in piece.macros %}
{{ "\n" if loop.first }}#undef {{ name }}
{% endfor %}
{% endfor %}
