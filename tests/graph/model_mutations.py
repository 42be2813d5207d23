"""Sound flatbuffers that lie: shapes, scales, indices, options and links changed in the tables.

The bytes are packed again after each change, so the reader gets past the format to the meaning.
The schema classes come with tflite-micro.
"""

import copy
import random
from typing import Any

import flatbuffers
import numpy as np
from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema

EXTENTS = (-(2**31), -1, 0, 1, 2, 3, 7, 16, 255, 4096, 65_536, 2**24, 2**28, 2**31 - 1)
SCALES = (float("nan"), float("inf"), 0.0, -0.1, 1e-45, 1e-38, 1e-9, 1e-4, 0.02, 1.0, 1e9, 3.4e38)
ZERO_POINTS = (-(2**63), -(2**31), -129, -128, -1, 0, 1, 127, 128, 2**31, 2**63 - 1)
NUMBERS = (-(2**31), -1, 0, 1, 2, 3, 5, 64, 4095, 4097, 65_536, 2**31 - 1)
NOTES = (
    b"",
    b"{",
    b"[]",
    b'{"labels": 3}',
    b'{"labels": ["a\\n"]}',
    b'{"scheme": "int7"}',
    b"\xff",
)


def mutate_model(content: bytes, rng: random.Random) -> bytes:
    """One to four lies in a sound file."""
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    for _ in range(rng.choice((1, 1, 2, 3, 4))):
        rng.choice(LIES)(model, rng)
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _tensor(model: Any, rng: random.Random) -> Any:
    return rng.choice(model.subgraphs[0].tensors)


def _op(model: Any, rng: random.Random) -> Any:
    return rng.choice(model.subgraphs[0].operators)


def _quantization(model: Any, rng: random.Random) -> Any:
    known = [t for t in model.subgraphs[0].tensors if t.quantization is not None]
    return rng.choice(known).quantization if known else schema.QuantizationParametersT()


def _numbers(values: Any) -> list[Any]:
    return [] if values is None else list(values)


def extent(model: Any, rng: random.Random) -> None:
    tensor = _tensor(model, rng)
    shape = _numbers(tensor.shape)
    if shape:
        axis = rng.randrange(len(shape))
        near = (min(int(shape[axis]) + 1, 2**31 - 1), max(int(shape[axis]) - 1, -(2**31)))
        shape[axis] = rng.choice((*EXTENTS, *near))
        tensor.shape = shape


def all_extents(model: Any, rng: random.Random) -> None:
    """One large extent for every tensor, so that the shapes go on fitting each other."""
    axis, value = rng.randrange(4), rng.choice(EXTENTS)
    for tensor in model.subgraphs[0].tensors:
        shape = _numbers(tensor.shape)
        if tensor.buffer == 0 and axis < len(shape):
            shape[axis] = value
            tensor.shape = shape


def rank(model: Any, rng: random.Random) -> None:
    tensor = _tensor(model, rng)
    shape = _numbers(tensor.shape)
    if rng.random() < 0.5:
        tensor.shape = shape[: rng.randrange(len(shape) + 1)]
    else:
        tensor.shape = shape + [rng.choice(EXTENTS) for _ in range(rng.randrange(1, 6))]


def dtype(model: Any, rng: random.Random) -> None:
    _tensor(model, rng).type = rng.randrange(-1, 20)


def scale(model: Any, rng: random.Random) -> None:
    quantization = _quantization(model, rng)
    scales = _numbers(quantization.scale)
    if scales:
        scales[rng.randrange(len(scales))] = rng.choice((*SCALES, 2.0 ** rng.uniform(-40, 20)))
        quantization.scale = scales


def n_scales(model: Any, rng: random.Random) -> None:
    quantization = _quantization(model, rng)
    n = rng.randrange(6)
    quantization.scale = [0.01] * n
    quantization.zeroPoint = [0] * rng.choice((n, 0, 1))


def zero_point(model: Any, rng: random.Random) -> None:
    quantization = _quantization(model, rng)
    n = max(1, len(_numbers(quantization.zeroPoint)))
    quantization.zeroPoint = [rng.choice((*ZERO_POINTS, rng.randrange(-128, 128)))] * n


def axis(model: Any, rng: random.Random) -> None:
    _quantization(model, rng).quantizedDimension = rng.choice((-1, 0, 1, 2, 3, 4, 2**31 - 1))


def link_of_buffer(model: Any, rng: random.Random) -> None:
    _tensor(model, rng).buffer = rng.choice((0, rng.randrange(len(model.buffers)), 2**32 - 1))


def data(model: Any, rng: random.Random) -> None:
    """Cut, lengthen, or fill the constants: extremes reach the ends of the accumulator."""
    buffer = rng.choice(model.buffers)
    values = np.asarray(buffer.data if buffer.data is not None else [], np.uint8)
    n = len(values)
    buffer.data = rng.choice(
        (
            values[: rng.randrange(n + 1)],
            np.concatenate([values, np.zeros(rng.randrange(1, 9), np.uint8)]),
            np.full(n, rng.choice((0, 1, 0x7F, 0x80, 0x81, 0xFF)), np.uint8),
            np.frombuffer(rng.randbytes(n), np.uint8),
        )
    )


def operator_code(model: Any, rng: random.Random) -> None:
    code = rng.choice(model.operatorCodes)
    code.builtinCode = rng.choice((rng.randrange(-1, 210), 32, 0, 3, 4, 9, 22, 25))
    code.deprecatedBuiltinCode = max(-128, min(code.builtinCode, 127))
    code.customCode = rng.choice((None, b"ring", b"two\nlines", b"x" * 500))


def version(model: Any, rng: random.Random) -> None:
    rng.choice(model.operatorCodes).version = rng.choice((-1, 0, 1, 2, 3, 7, 2**31 - 1))


def link_of_operator_code(model: Any, rng: random.Random) -> None:
    _op(model, rng).opcodeIndex = rng.choice((0, 1, len(model.operatorCodes), 2**32 - 1))


def link_of_tensor(model: Any, rng: random.Random) -> None:
    """Another tensor in an operator's list: cycles, -1, twice the same, one that is not there."""
    op = _op(model, rng)
    name = rng.choice(("inputs", "outputs"))
    links = _numbers(getattr(op, name))
    n = len(model.subgraphs[0].tensors)
    link = rng.choice((-1, -2, n, 2**31 - 1, rng.randrange(n), rng.randrange(n), rng.randrange(n)))
    change = rng.randrange(3)
    if links and change == 0:
        links[rng.randrange(len(links))] = link
    elif links and change == 1:
        links.pop()
    else:
        links.append(link)
    setattr(op, name, links)


def ends(model: Any, rng: random.Random) -> None:
    graph = model.subgraphs[0]
    n = len(graph.tensors)
    links = [rng.choice((rng.randrange(n), -1, n)) for _ in range(rng.choice((0, 1, 1, 1, 2)))]
    setattr(graph, rng.choice(("inputs", "outputs")), links)


def option(model: Any, rng: random.Random) -> None:
    options = _op(model, rng).builtinOptions
    fields = sorted(vars(options)) if options is not None else []
    for name in rng.sample(fields, min(len(fields), rng.choice((1, 1, 2)))):
        value = getattr(options, name)
        if isinstance(value, bool):
            setattr(options, name, not value)
        elif isinstance(value, float):
            setattr(options, name, rng.choice(SCALES))
        elif name in ("padding", "fusedActivationFunction", "weightsFormat"):
            setattr(options, name, rng.choice((0, 1, 2, 3, 4, 5, 127)))
        elif isinstance(value, int) and not name.endswith(("Type", "DataType")):
            setattr(options, name, rng.choice(NUMBERS))


def options_of_another(model: Any, rng: random.Random) -> None:
    op, other = _op(model, rng), _op(model, rng)
    op.builtinOptions = copy.deepcopy(other.builtinOptions)
    if rng.random() < 0.5:
        op.builtinOptionsType = other.builtinOptionsType
    if rng.random() < 0.2:
        op.builtinOptions, op.builtinOptionsType = None, 0


def order(model: Any, rng: random.Random) -> None:
    ops = model.subgraphs[0].operators
    change = rng.randrange(3)
    if change == 0:
        rng.shuffle(ops)
    elif change == 1:
        ops.append(copy.deepcopy(rng.choice(ops)))
    elif len(ops) > 1:
        ops.pop(rng.randrange(len(ops)))


def state(model: Any, rng: random.Random) -> None:
    tensor = _tensor(model, rng)
    if rng.random() < 0.5:
        tensor.isVariable = True
    else:
        tensor.shapeSignature = [-1] * rng.randrange(5)


def name(model: Any, rng: random.Random) -> None:
    _tensor(model, rng).name = rng.choice((None, b"", b"*/ #error\n", b"n" * 5000, b"\xff\xfe"))


def notes(model: Any, rng: random.Random) -> None:
    buffer, entry = schema.BufferT(), schema.MetadataT()
    buffer.data = np.frombuffer(rng.choice(NOTES), np.uint8)
    entry.name, entry.buffer = b"tinymledu", rng.choice((len(model.buffers), 0, 2**32 - 1))
    model.buffers.append(buffer)
    model.metadata = [entry]


LIES = (
    *(extent, all_extents, all_extents, rank, dtype, scale, scale, scale, n_scales, zero_point),
    *(zero_point, axis, link_of_buffer, data, data, data, operator_code, version),
    *(link_of_operator_code, link_of_tensor, link_of_tensor, ends, option, option, option),
    *(options_of_another, order, order, state, name, notes),
)
