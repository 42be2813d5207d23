"""The typed wire: values survive it exactly, hostile bytes become WireError and nothing else."""

import base64
import json
import math
import random
import socket
import struct
import time
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tinymledu.course import wire
from tinymledu.course.wire import Opaque, WireError

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.binary()
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])) | st.integers(), inner)
    ),
    max_leaves=20,
)


def there_and_back(value):
    return wire.decode(wire.from_json(wire.to_json(wire.encode(value))))


def same(a, b):
    """Equal in value and type, all the way down: 1, 1.0 and True are three values."""
    if type(a) is not type(b):
        return False
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    return a == b


@settings(deadline=None)
@given(VALUES)
def test_wire_gives_back_the_same_value(value):
    assert same(there_and_back(value), value)


@settings(deadline=None)
@given(
    hnp.arrays(
        st.sampled_from(["?", "i1", "u1", "<i2", ">i4", "<i8", "f2", "<f4", ">f8", "c8", "c16"]),
        hnp.array_shapes(min_dims=0, max_dims=4, min_side=0),
    )
)
def test_wire_gives_back_the_same_array(array):
    back = there_and_back(array)

    assert back.shape == array.shape
    assert back.dtype == array.dtype.newbyteorder("<")
    np.testing.assert_array_equal(back, array)


def test_wire_array_is_writable_and_its_own():
    back = there_and_back(np.arange(3))
    back[0] = 7

    assert back.tolist() == [7, 1, 2]


def test_wire_array_in_fortran_order_keeps_its_elements():
    array = np.asfortranarray(np.arange(6).reshape(2, 3))

    assert there_and_back(array).tolist() == [[0, 1, 2], [3, 4, 5]]


def test_wire_form_of_an_array_is_the_documented_one():
    # 1 and 2 as little-endian 16-bit integers are 01 00 02 00, in base64 AQACAA==.
    assert wire.encode(np.array([1, 2], ">i2")) == {
        "t": "array",
        "dtype": "<i2",
        "shape": [2],
        "v": "AQACAA==",
    }


@pytest.mark.parametrize("value", [math.inf, -math.inf, 5e-324, -0.0, 0.1])
def test_wire_float_is_exact(value):
    back = there_and_back(value)

    assert struct.pack("d", back) == struct.pack("d", value)


def test_wire_nan_stays_nan():
    assert math.isnan(there_and_back(math.nan))


def test_wire_numpy_scalar_stays_a_scalar():
    back = there_and_back(np.float32(0.5))

    assert isinstance(back, np.float32)
    assert back == 0.5


@pytest.mark.parametrize(
    "value",
    [object(), print, {1, 2}, np.array([None]), np.array(["a"]), np.zeros(2, [("a", "i4")])],
    ids=["object", "function", "set", "object_array", "text_array", "records"],
)
def test_wire_of_anything_else_is_opaque(value):
    assert isinstance(there_and_back(value), Opaque)


def test_wire_of_an_evil_subclass_is_the_plain_value():
    class Always(int):
        def __eq__(self, other):
            return True

        def __hash__(self):
            return 0

    back = there_and_back([Always(3)])

    assert type(back[0]) is int
    assert back == [3]


def test_encode_refuses_an_endless_list():
    endless = []
    endless.append(endless)

    with pytest.raises(WireError, match="nested deeper than 12 levels"):
        wire.encode(endless)


def test_encode_refuses_an_integer_of_many_digits():
    with pytest.raises(WireError, match="more than 1000 digits"):
        wire.encode(10**5000)


HOSTILE_JSON = {
    "empty": b"",
    "not_utf8": b"\xff\xfe\x00",
    "nul": b"\x00" * 100,
    "deep_lists": b"[" * 100_000 + b"]" * 100_000,
    "deep_objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "unclosed": b'{"a": [1, 2',
    "nan": b"NaN",
    "infinity": b"[-Infinity]",
    "long_integer": b"9" * 100_000,
    "trailing": b"{} {}",
}


@pytest.mark.parametrize("content", HOSTILE_JSON.values(), ids=HOSTILE_JSON.keys())
def test_from_json_refuses_hostile_bytes(content):
    with pytest.raises(WireError, match="not a JSON message"):
        wire.from_json(content)


def array_of(**changed):
    return {
        "t": "array",
        "dtype": "<f4",
        "shape": [2],
        "v": base64.b64encode(bytes(8)).decode(),
    } | (changed)


HOSTILE_VALUES = {
    "no_tag": {},
    "unknown_tag": {"t": "pickle", "v": "gASVAAAA"},
    "unhashable_tag": {"t": [], "v": "x"},
    "list_untagged": [1, 2],
    "float_untagged": 1.5,
    "float_word": {"t": "float", "v": "one"},
    "float_too_large": {"t": "float", "v": "0x1p99999"},
    "int_word": {"t": "int", "v": "0x10"},
    "int_long": {"t": "int", "v": "9" * 5000},
    "bytes_not_base64": {"t": "bytes", "v": "!!!!"},
    "dict_of_odd_entries": {"t": "dict", "v": [[1]]},
    "dict_of_text": {"t": "dict", "v": ["ab"]},
    "dict_unhashable_key": {"t": "dict", "v": [[{"t": "list", "v": []}, 1]]},
    "array_of_objects": array_of(dtype="|O"),
    "array_of_text": array_of(dtype="<U2"),
    "array_of_records": array_of(dtype="i4,i4"),
    "array_dtype_number": array_of(dtype=7),
    "array_too_short": array_of(shape=[3]),
    "array_negative": array_of(shape=[-1, -2]),
    "array_huge": array_of(shape=[2**40, 2**40]),
    "array_bool_side": array_of(shape=[True, 2]),
    "array_no_shape": array_of(shape="2"),
    "array_many_sides": array_of(shape=[1] * 40),
    "array_not_base64": array_of(v="=" * 12),
    "deep": json.loads('{"t":"list","v":[' * 50 + "1" + "]}" * 50),
}


@pytest.mark.parametrize("content", HOSTILE_VALUES.values(), ids=HOSTILE_VALUES.keys())
def test_decode_refuses_hostile_values(content):
    with pytest.raises(WireError):
        wire.decode(content)


def test_decode_refuses_a_dict_that_could_be_made_slow():
    # hash(k * (2**61 - 1)) is 0 for every k: each key would be compared with all before it.
    keys = [{"t": "int", "v": str(k * (2**61 - 1))} for k in range(1, 10_002)]

    with pytest.raises(wire.WireError, match="more than 10000 entries"):
        wire.decode({"t": "dict", "v": [[key, 0] for key in keys]})


def test_decode_refuses_an_empty_array_that_a_sum_would_blow_up():
    # Its sum over axis 0 would take 16 GiB.
    with pytest.raises(wire.WireError, match="far too long"):
        wire.decode({"t": "array", "dtype": "<f8", "shape": [0, 2**31 - 1], "v": ""})


def test_decode_survives_ten_thousand_mutated_messages():
    seed = 20260
    source = random.Random(seed)
    good = wire.to_json(wire.encode({"a": [1, 2.5, (True, None)], "b": np.ones((2, 3))}))
    survived = 0

    for _ in range(10_000):
        mutated = bytearray(good)
        for _ in range(source.randint(1, 4)):
            mutated[source.randrange(len(mutated))] = source.randrange(256)
        with suppress(WireError):
            wire.decode(wire.from_json(bytes(mutated)))
        survived += 1

    assert survived == 10_000


def test_to_json_of_a_lone_surrogate_is_utf8():
    assert wire.to_json("a\ud800b") == b'"a?b"'


def test_clean_text_drops_terminal_escapes_and_keeps_lines():
    assert wire.clean_text("\x1b[31mred\x1b[0m\n\ttab\x07\x9b\u202e", 100) == "red\n\ttab"


def test_clean_text_cuts():
    assert wire.clean_text("x" * 50, 10) == "xxxxxxxxxx ..."


@pytest.mark.parametrize("value", [None, 3, ["a"], {"a": 1}, b"a"])
def test_clean_text_of_no_text_is_empty(value):
    assert wire.clean_text(value, 10) == ""


# ---------------------------------------------------------------------------------------- frames


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def soon():
    return time.monotonic() + 0.2


def test_frame_crosses_whole(pair):
    ours, theirs = pair
    wire.send_frame(theirs, b"hello")

    assert wire.receive_frame(ours, deadline=soon()) == b"hello"


def test_frame_is_length_then_content(pair):
    ours, theirs = pair
    wire.send_frame(theirs, b"abc")

    assert ours.recv(100) == b"\x00\x00\x00\x03abc"


def test_receive_frame_refuses_a_large_one_before_reading_it(pair):
    ours, theirs = pair
    theirs.send(struct.pack(">I", 2**32 - 1))

    with pytest.raises(WireError, match="4294967295 bytes; the limit is 1000"):
        wire.receive_frame(ours, deadline=soon(), max_bytes=1000)


def test_receive_frame_gives_up_on_half_a_frame(pair):
    ours, theirs = pair
    theirs.send(struct.pack(">I", 10) + b"half")

    with pytest.raises(TimeoutError, match="no complete message"):
        wire.receive_frame(ours, deadline=soon())


@pytest.mark.parametrize("sent", [b"", b"\x00\x00", struct.pack(">I", 10) + b"half"])
def test_receive_frame_of_a_closed_line_is_none(pair, sent):
    ours, theirs = pair
    theirs.send(sent)
    theirs.close()

    assert wire.receive_frame(ours, deadline=soon()) is None
