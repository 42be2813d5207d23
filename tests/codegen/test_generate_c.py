import dataclasses
import re

import numpy as np
import pytest
import recorded

from tinymledu import __version__
from tinymledu.codegen.emit import c_identifier, generate_c
from tinymledu.codegen.parts import four_side_by_side
from tinymledu.codegen.plan import plan_program
from tinymledu.errors import InputError, QuantizationError, UnsupportedModelError
from tinymledu.files import shipped
from tinymledu.graph.ir import TFLiteModel
from tinymledu.graph.tflite import load_model

MODELS = [case.name for case in recorded.cases()]


def model_named(name: str, *, title: str | None = None) -> TFLiteModel:
    return load_model(recorded.model_bytes(name), name=title or name)


def struct_fields(kernel: str) -> set[str]:
    """Designators of a kernel's layer struct, nested structs spelled out, read from the headers."""
    structs: dict[str, list[tuple[str, str]]] = {}
    for path in shipped("firmware", "kernels").glob("*.h"):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for body, name in re.findall(r"typedef struct \{(.*?)\} (\w+);", text, flags=re.DOTALL):
            structs[name] = re.findall(r"(\w+ \*?)(\w+)(?:\[\d+\])?;", body)

    def spelled_out(outer: str, prefix: str) -> set[str]:
        names: set[str] = set()
        for kind, field in structs[outer]:
            struct = kind.rstrip()  # a pointer to a struct keeps its star and is no struct
            names |= (
                spelled_out(struct, f"{prefix}{field}.") if struct in structs else {prefix + field}
            )
        return names

    return spelled_out(f"{kernel}_layer", "")


@pytest.mark.parametrize("name", MODELS)
def test_every_field_of_every_layer_struct_is_set(name):
    for layer in plan_program(model_named(name)).layers:
        if layer.call is None:
            continue
        tables = {table.field for table in layer.tables}
        set_fields = set(layer.call.fields) | tables | set(layer.call.absent)

        assert set_fields == struct_fields(layer.call.kernel)


@pytest.mark.parametrize("name", MODELS)
def test_run_calls_one_kernel_for_each_layer_with_code_in_order(name):
    source = generate_c(model_named(name))

    body = source.files[f"{source.c_name}.c"].split(f"void {source.c_name}_run(uint8_t *arena)")[1]
    calls = re.findall(r"(\w+)\(&layer_(\d+)", body)
    expected = [(layer.kernel, str(layer.index)) for layer in source.layers if layer.kernel]
    assert calls == expected


def test_generated_files_name_the_model_its_hash_and_the_generator():
    source = generate_c(model_named("tiny_cnn_int8"))

    for suffix in (".h", ".c"):
        head = source.files["tiny_cnn_int8" + suffix].split("*/")[0]
        assert "tiny_cnn_int8" in head
        assert source.model_sha256 in head
        assert f"tinymledu {__version__}" in head


def test_header_declares_sizes_and_offsets_of_the_plan():
    model = model_named("tiny_cnn_int8")
    program = plan_program(model)

    header = generate_c(model, c_name="net").files["net.h"]

    declared = {name: int(value) for name, value in re.findall(r"#define (NET_\w+) (\d+)", header)}
    assert declared == {
        "NET_ARENA_BYTES": program.arena_bytes,
        "NET_INPUT_OFFSET": program.input_offset,
        "NET_INPUT_BYTES": model.graph.input.n_bytes,
        "NET_OUTPUT_OFFSET": program.output_offset,
        "NET_OUTPUT_BYTES": model.graph.output.n_bytes,
        "NET_N_LAYERS": len(model.graph.ops),
    }


def test_float_ends_count_four_bytes_a_value():
    source = generate_c(model_named("quantize_dequantize_float32"))

    assert (source.input_bytes, source.output_bytes) == (240, 240)  # 60 float32 values


def test_writing_twice_gives_the_same_text():
    first, second = (generate_c(model_named("tiny_cnn_int8")) for _ in range(2))

    assert first.files == second.files


def test_source_holds_only_the_kernels_the_model_calls_and_what_they_include():
    files = generate_c(model_named("conv_2d_same"), optimise="size").files

    assert set(files) == {
        *("conv_2d_same.h", "conv_2d_same.c", "tk_conv_2d_s8.h", "tk_conv_2d_s8.c"),
        *("tk_dot_s8.h", "tk_dot_s8.c", "tk_requantize.h", "tk_window.h"),
    }


def test_reshape_needs_no_code():
    source = generate_c(model_named("reshape"))

    (layer,) = source.layers
    assert (layer.op, layer.kernel, layer.macs) == ("RESHAPE", None, 0)
    assert "(void)arena;" in source.files["reshape.c"]


@pytest.mark.parametrize(
    ("name", "macs"),
    [
        ("conv_2d_same", 9 * 9 * 8 * (3 * 3 * 5)),  # 9x9 pixels, 8 filters of 3x3x5
        ("depthwise_same", 9 * 9 * 8 * (3 * 3)),
        ("fully_connected_per_tensor", 64 * 40),
        ("fully_connected_keep_n_dims", 3 * 17 * 9),  # 3 rows of 17 values, 9 units
        ("transpose_conv_same", 4 * 3 * 3 * (5 * 3 * 3)),  # each of 4x3x3 inputs spreads
        ("max_pool_2d_same", 0),
    ],
)
def test_macs_count_one_product_for_each_weight_of_each_output(name, macs):
    assert generate_c(model_named(name)).macs == macs


def test_weights_bytes_are_those_of_all_tables():
    source = generate_c(model_named("conv_2d_same"), optimise="size")

    # 8 filters of 3x3x5 int8; for each filter an int32 bias and multiplier, and an int8 shift
    assert source.weights_bytes == 8 * 45 + 8 * (4 + 4 + 1)


@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("vww_96_int8", "vww_96_int8"),
        ("Cats vs. dogs", "cats_vs_dogs"),
        ("3 words", "model_3_words"),
        ("for", "model_for"),
        ("main", "model_main"),
        ("tk_add_s8", "model_tk_add_s8"),
        ("猫", "model"),
        ("", "model"),
        ("a*/b", "a_b"),
    ],
)
def test_c_identifier_is_free_to_use(name, identifier):
    assert c_identifier(name) == identifier


@pytest.mark.parametrize("c_name", ["", "3d", "a-b", "while", "tk_x", "main", "x" * 64, "a;b", "é"])
def test_c_name_that_is_no_free_identifier_is_refused(c_name):
    with pytest.raises(InputError, match="cannot be the prefix of generated C"):
        generate_c(model_named("add"), c_name=c_name)


def test_model_name_cannot_leave_its_comment():
    title = "x */ int evil; /* \n#include <evil.h> ??/ \\"

    source = generate_c(model_named("add", title=title))

    for suffix in (".h", ".c"):
        head = source.files[source.c_name + suffix].splitlines()[0]
        assert head.startswith("/* x __ int evil_ __ __include _evil.h_")
        assert head.count("*/") == 0


def with_bias(model: TFLiteModel, value: int) -> TFLiteModel:
    """The model with its first convolution's bias set to one value."""
    op = model.graph.ops[0]
    bias = model.graph.tensors[op.inputs[2]]
    changed = dataclasses.replace(bias, data=np.full_like(bias.data, value))
    tensors = tuple(changed if tensor is bias else tensor for tensor in model.graph.tensors)
    return dataclasses.replace(model, graph=dataclasses.replace(model.graph, tensors=tensors))


def test_sum_that_could_leave_int32_is_refused_with_the_number():
    model = model_named("conv_2d_same")
    weights = model.graph.tensors[model.graph.ops[0].inputs[1]].data
    # zero point -5: |input + 5| is at most 132
    reach = 132 * int(np.abs(weights.astype(int)).sum(axis=(1, 2, 3)).max())
    largest_bias = 2**31 - 1 - reach

    generate_c(with_bias(model, largest_bias))
    with pytest.raises(QuantizationError, match=r"CONV_2D #0 .* 2,147,483,648 .* 2,147,483,647"):
        generate_c(with_bias(model, largest_bias + 1))


def test_float_model_is_refused():
    with pytest.raises(UnsupportedModelError, match="only int8 models run here"):
        generate_c(model_named("tiny_cnn_float32"))


def test_mean_over_axes_apart_is_refused_by_name():
    model = model_named("mean_height_width")
    graph = model.graph
    axes = graph.tensors[graph.ops[0].inputs[1]]
    output = graph.tensors[graph.ops[0].outputs[0]]
    new = {
        axes.index: dataclasses.replace(axes, data=np.array([1, 3], np.int32)),
        output.index: dataclasses.replace(output, shape=(1, 5)),
    }
    tensors = tuple(new.get(tensor.index, tensor) for tensor in graph.tensors)
    apart = dataclasses.replace(model, graph=dataclasses.replace(graph, tensors=tensors))

    with pytest.raises(UnsupportedModelError, match=r"MEAN #0 reduces the axes \[1, 3\]"):
        generate_c(apart)


def test_kernel_files_keep_to_the_style_guide():
    for path in sorted(shipped("firmware", "kernels").glob("*.[ch]")):
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 150, path.name
        assert max(len(line) for line in text.splitlines()) <= 100, path.name
        assert not re.search(r"#define \w+\(|\bmalloc\b|<stdio|<string|#ifdef", text), path.name


def test_weights_of_four_output_channels_lie_side_by_side_filled_up_with_zeros():
    weights = np.arange(1, 11, dtype=np.int8).reshape(5, 2)  # 5 outputs of 2 weights each

    packed = four_side_by_side(weights)

    np.testing.assert_array_equal(
        packed, [[[1, 3, 5, 7], [2, 4, 6, 8]], [[9, 0, 0, 0], [10, 0, 0, 0]]]
    )
