import json
import random
import tracemalloc

import flatbuffers
import numpy as np
import pytest
import recorded
import tflite
from oracle_mark import NO_ORACLE

from tinymledu.errors import ModelFormatError, UnsupportedModelError
from tinymledu.graph.arena import plan_arena
from tinymledu.graph.ir import Conv2DOptions
from tinymledu.graph.reference import Interpreter
from tinymledu.graph.tflite import load_model

N_FUZZED = 10_000
MAX_FUZZ_PEAK_BYTES = 20 * 1024**2


def tiny_file(*, n_tensors=1, name=b"t", shape=(1, 2), version=3, dtype=9):
    """A file without operators whose `n_tensors` tensors are one and the same table."""
    builder = flatbuffers.Builder(1024)
    text = builder.CreateString(name)
    shape_at = builder.CreateNumpyVector(np.array(shape, np.int32))
    tflite.TensorStart(builder)
    tflite.TensorAddName(builder, text)
    tflite.TensorAddShape(builder, shape_at)
    tflite.TensorAddType(builder, dtype)
    tensor = tflite.TensorEnd(builder)
    tflite.SubGraphStartTensorsVector(builder, n_tensors)
    for _ in range(n_tensors):
        builder.PrependUOffsetTRelative(tensor)
    tensors = builder.EndVector()
    tflite.SubGraphStart(builder)
    tflite.SubGraphAddTensors(builder, tensors)
    graph = tflite.SubGraphEnd(builder)
    tflite.BufferStart(builder)
    buffer = tflite.BufferEnd(builder)
    tflite.ModelStartSubgraphsVector(builder, 1)
    builder.PrependUOffsetTRelative(graph)
    graphs = builder.EndVector()
    tflite.ModelStartBuffersVector(builder, 1)
    builder.PrependUOffsetTRelative(buffer)
    buffers = builder.EndVector()
    tflite.ModelStart(builder)
    tflite.ModelAddVersion(builder, version)
    tflite.ModelAddSubgraphs(builder, graphs)
    tflite.ModelAddBuffers(builder, buffers)
    builder.Finish(tflite.ModelEnd(builder), b"TFL3")
    return bytes(builder.Output())


def test_a_model_is_read_with_its_tensors_operators_and_options():
    model = load_model(recorded.model_bytes("conv_2d_odd_strides"), name="odd")
    (op,) = model.graph.ops
    weights = model.graph.tensors[op.inputs[1]]

    assert (model.name, model.scheme, model.labels) == ("odd", "int8", ())
    assert (op.kind, op.version) == ("CONV_2D", 3)
    assert op.options == Conv2DOptions(3, 2, 1, 1, "SAME", "NONE")
    assert model.graph.input.shape == (1, 8, 11, 2)
    assert model.graph.output.shape == (1, 3, 6, 4)
    assert (weights.shape, weights.dtype, weights.quantization.axis) == ((4, 2, 4, 2), "int8", 0)
    assert len(weights.quantization.scales) == 4
    assert weights.quantization.zero_points == (0, 0, 0, 0)
    assert not weights.data.flags.writeable


@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        ("tiny_cnn_int8", "int8"),
        ("tiny_cnn_int8_float_ends", "int8"),
        ("tiny_cnn_float32", "float32"),
        ("tiny_cnn_float16", "float16"),
        ("tiny_cnn_dynamic", "dynamic"),
    ],
)
def test_the_scheme_is_seen_in_the_tensors(name, scheme):
    assert load_model(recorded.model_bytes(name)).scheme == scheme


def test_a_path_gives_the_model_its_name(tmp_path):
    path = tmp_path / "my_cats.tflite"
    path.write_bytes(recorded.model_bytes("pad"))

    assert load_model(path).name == load_model(str(path)).name == "my_cats"
    assert load_model(path).file_bytes == path.stat().st_size


def labelled(notes):
    om = pytest.importorskip("flatbuffers_of", reason=NO_ORACLE)
    tensors = [om.activation((1, 2), 0.1, 0), om.activation((1, 2), 0.1, 0)]
    return om.tflite_bytes(tensors, [om.OpSpec("RELU", (0,), 1)], metadata={"tinymledu": notes})


def test_labels_and_scheme_are_read_from_the_metadata():
    notes = {"labels": ["cat", "dog"], "scheme": "int8", "dataset": "cats_vs_dogs"}

    model = load_model(labelled(json.dumps(notes).encode()))

    assert (model.labels, model.scheme) == (("cat", "dog"), "int8")


@pytest.mark.parametrize(
    ("notes", "message"),
    [
        (b"{not json", "metadata of this .tflite file is not JSON"),
        (b"[" * 60_000, "metadata of this .tflite file is not JSON"),
        (b"[1]", "metadata of this .tflite file is not JSON"),
        (b'{"labels": [1]}', "not a list of names"),
        (b'{"scheme": "int7"}', "calls its scheme 'int7'; known: float32, dynamic"),
    ],
)
def test_damaged_metadata_is_refused(notes, message):
    with pytest.raises(ModelFormatError, match=message):
        load_model(labelled(notes))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "more than 0 B; this one is cut"),
        (b"\x1c\x00\x00\x00", "more than 4 B; this one is cut"),
        (b"hello, this is a text file\n", r"begins with b'hello, t', and bytes 4 to 7"),
        (b"\x1c\x00\x00\x00TFL3", r"points outside itself\. Get it again\.$"),
        (tiny_file(version=4), "schema version 4; version 3 is read"),
        (tiny_file(dtype=5), "tensor 0 't' is of type number 5 of the schema"),
        (tiny_file(shape=(1, -2)), r"impossible shape \[1, -2\]"),
        (tiny_file(shape=(1,) * 9), "claims 9 axes; at most 8"),
        (tiny_file(shape=(2**30, 2**30)), "claims 1,152,921,504,606,846,976 elements"),
        (tiny_file(n_tensors=9_000, name=b"n" * 100_000), "lists are longer than the file"),
        (tiny_file(n_tensors=50_000), "claims 50,000 tensors; up to 10,000 are read"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} B",
)
def test_what_is_not_a_sound_model_is_refused_in_a_sentence(content, message):
    with pytest.raises((ModelFormatError, UnsupportedModelError), match=message) as caught:
        load_model(content)

    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith((".", "cut."))


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (b"hello, this is a text file\n", ModelFormatError, "This is not a .tflite file"),
        (b"\x1c\x00\x00\x00TFL3", ModelFormatError, "damaged: it points outside itself"),
        (tiny_file(version=4), UnsupportedModelError, "schema version 4"),
    ],
    ids=["text", "damaged", "version"],
)
def test_a_file_that_is_refused_is_named(content, kind, words, tmp_path):
    path = tmp_path / "my_cats.tflite"
    path.write_bytes(content)

    with pytest.raises(kind, match=rf"my_cats\.tflite' cannot be read as a model\. .*{words}"):
        load_model(path)


def test_missing_files_and_folders_are_named(tmp_path):
    with pytest.raises(ModelFormatError, match=r"There is no file '.*nowhere\.tflite'"):
        load_model(tmp_path / "nowhere.tflite")
    with pytest.raises(ModelFormatError, match=r"cannot be read: .*\. Name a \.tflite file"):
        load_model(tmp_path)
    with pytest.raises(ModelFormatError, match="cannot be read"):
        load_model("a\0b")


@pytest.mark.parametrize("source", [None, 5, [b"TFL3"]], ids=["none", "number", "list"])
def test_what_is_neither_a_path_nor_bytes_is_refused(source):
    with pytest.raises(ModelFormatError, match=f"not a {type(source).__name__}"):
        load_model(source)


def test_a_very_large_file_is_not_read(tmp_path):
    path = tmp_path / "film.tflite"
    with path.open("wb") as file:
        file.truncate(600 * 1024**2)

    with pytest.raises(ModelFormatError, match=r"has 600\.0 MiB"):
        load_model(path)


def test_every_truncation_of_a_model_is_refused_or_read():
    content = recorded.model_bytes("softmax")
    for n in range(len(content)):
        try_everything(content[:n])


def mutate(content, rng):
    """Cut the file, or change some of its bytes, words or bits, or copy a piece over another."""
    changed = bytearray(content)
    kind = rng.randrange(5)
    if kind == 0:
        return content[: rng.randrange(len(content))]
    if kind == 1:
        start, source = rng.randrange(len(content)), rng.randrange(len(content))
        piece = content[source : source + rng.randrange(1, 200)]
        changed[start : start + len(piece)] = piece
        return bytes(changed)
    for _ in range(rng.randrange(1, 5)):
        at = rng.randrange(len(content) - 4)
        if kind == 2:
            changed[at] = rng.randrange(256)
        elif kind == 3:
            changed[at] ^= 1 << rng.randrange(8)
        else:
            word = rng.choice([0, 1, 2**31 - 1, 2**31, 2**32 - 1, rng.randrange(len(content))])
            changed[at & ~3 : (at & ~3) + 4] = word.to_bytes(4, "little")
    return bytes(changed)


def try_everything(content):
    """Read, plan and run; only our own errors, each of them one sentence, may come out."""
    try:
        model = load_model(content)
        interpreter = Interpreter(model)
        plan_arena(model.graph)
        if model.graph.input.n_elements < 10_000:
            shape = model.graph.input.shape
            interpreter.run(np.zeros(shape, model.graph.input.dtype))
    except (ModelFormatError, UnsupportedModelError) as error:
        refusal = str(error)
    else:
        return True
    assert refusal
    assert "\n" not in refusal
    return False


def fuzz(seeds):
    sources = [recorded.model_bytes(name) for name in recorded.model_names()]
    return sum(
        try_everything(mutate(sources[seed % len(sources)], random.Random(seed))) for seed in seeds
    )


def test_ten_thousand_mutated_files_are_refused_in_a_sentence_or_run():
    assert 0 < fuzz(range(N_FUZZED)) < N_FUZZED


@pytest.mark.slow
def test_a_hundred_thousand_mutated_files_are_refused_in_a_sentence_or_run():
    n = 10 * N_FUZZED

    assert 0 < fuzz(range(N_FUZZED, N_FUZZED + n)) < n


def test_mutated_files_never_need_much_memory():
    sources = [recorded.model_bytes(name) for name in recorded.model_names()]
    tracemalloc.start()
    try:
        for seed in range(300):
            try_everything(mutate(sources[seed % len(sources)], random.Random(-seed - 1)))
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak_bytes < MAX_FUZZ_PEAK_BYTES
