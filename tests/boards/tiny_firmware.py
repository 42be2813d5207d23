"""Small C programs in the shape that the code generator gives, for tests of the boards."""

from tinymledu.codegen.records import CSource, LayerInfo

ARENA_BYTES = 64

HEADER = """
#include <stdint.h>
#define TINY_ARENA_BYTES {arena_bytes}
#define TINY_INPUT_OFFSET 0
#define TINY_INPUT_BYTES 8
#define TINY_OUTPUT_OFFSET 16
#define TINY_OUTPUT_BYTES 2
void tiny_run(uint8_t *arena);
"""

MODEL = """
#include "tiny.h"
void tk_dot(const int8_t *weights, const int8_t *input, int8_t *output);
void tk_largest(const int8_t *input, int8_t *output);
static const int8_t tiny_weights[{n_weights}] = {{1, 2, 3, 4, -1, -2, -3, -4}};
void tiny_run(uint8_t *arena)
{{
    tk_dot(tiny_weights, (const int8_t *)arena, (int8_t *)arena + 16);
    tk_largest((const int8_t *)arena, (int8_t *)arena + 17);
}}
"""

DOT = """
#include <stdint.h>
void tk_dot(const int8_t *weights, const int8_t *input, int8_t *output);
void tk_dot(const int8_t *weights, const int8_t *input, int8_t *output)
{
    int32_t sum = 0;
    for (int32_t i = 0; i < 8; i++) {
        sum += weights[i] * input[i];
    }
    *output = (int8_t)((sum > 127) ? 127 : (sum < -128) ? -128 : sum);
}
"""

LARGEST = """
#include <stdint.h>
void tk_largest(const int8_t *input, int8_t *output);
void tk_largest(const int8_t *input, int8_t *output)
{
    int8_t largest = input[0];
    for (int32_t i = 1; i < 8; i++) {
        largest = (input[i] > largest) ? input[i] : largest;
    }
    *output = largest;
}
"""


def tiny_source(*, dot=DOT, largest=LARGEST, n_weights=8, arena_bytes=ARENA_BYTES):
    """Two kernels on one arena: a dot product of 8 weights, and the largest of 8 inputs."""
    return CSource(
        c_name="tiny",
        model_name="tiny",
        model_sha256="0" * 64,
        files={
            "tiny.h": HEADER.format(arena_bytes=arena_bytes),
            "tiny.c": MODEL.format(n_weights=n_weights),
            "tk_dot.c": dot,
            "tk_largest.c": largest,
        },
        layers=(
            LayerInfo(0, "FULLY_CONNECTED", "tk_dot", 8, (1, 1), arena_bytes),
            LayerInfo(1, "RESHAPE", None, 0, (1, 1), 32),
            LayerInfo(2, "MAX_POOL_2D", "tk_largest", 0, (1, 1), 32),
        ),
        arena_bytes=arena_bytes,
        input_bytes=8,
        output_bytes=2,
        weights_bytes=n_weights,
        model_macs=8,
    )


def kernel(name, parameters, body):
    """A kernel file with another body."""
    declaration = f"void {name}({parameters})"
    return f"#include <stdint.h>\n{declaration};\n{declaration}\n{{\n{body}\n}}\n"


def dot_kernel(body):
    return kernel("tk_dot", "const int8_t *weights, const int8_t *input, int8_t *output", body)
