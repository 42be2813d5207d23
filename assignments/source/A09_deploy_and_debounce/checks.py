"""Checks of A09. They run in a jail of their own; the student's notebook is at the end of a wire."""

import functools
import math
import re
import zlib
from pathlib import Path

import numpy as np

import tinymledu as tml
from tinymledu import files
from tinymledu.boards.own_c import build_own_c
from tinymledu.codegen.emit import generate_c
from tinymledu.course.checks import (
    StudentError,
    as_array,
    as_number,
    as_text,
    as_tuple,
    as_whole,
    check,
    expect,
    expect_each,
    shown,
)
from tinymledu.errors import BoardError, DoesNotFitError, InputError

HERE = Path(__file__).parent
STEP_S = 10.0  # of the recording: one window each
PERIODS_S = (10, 20, 30, 60)
FEATURE_S, INFERENCE_S = 0.02, 0.001
GRACE_S = 120.0  # after the end of a flow, an alarm is no false one
SENSING_S, ACTIVE_MA, SLEEP_MA, CAPACITY_MAH = 0.5, 13.6, 0.063, 2500.0
MOST_FALSE_A_DAY, MOST_MEDIAN_S, MOST_P95_S, LEAST_DAYS = 1.0, 60.0, 90.0, 200.0
REREAD_ARRAY = "Reread lesson 10, section 2, and the worked value of exercise 1."
REREAD_OPERATORS = "Reread the worked value of exercise 2: each operator once, in order."
REREAD_SMOOTHER = "Reread lesson 10, section 7, and the worked value of exercise 3."
REREAD_WARNING = "Reread the worked value of exercise 4: which windows have seen the event?"


# ---------------------------------------------------------------------------- exercise 1: c_array

# C that only declares arrays and numbers. Nothing else is compiled: no code, no other file.
_INCLUDES = ("#include <stdint.h>", "#include <stddef.h>", "#include <stdalign.h>")
_PLAIN = re.compile(r"[A-Za-z0-9_\s\[\](){},;=-]*")
_FORBIDDEN = re.compile(r"\b(?:asm|__asm|__asm__|section|alias|incbin|include|embed|weak)\b")
_MOST_CHARS = 400_000
# An odd byte before the array, in flash and in RAM: what is not aligned is then at an odd address.
_NEIGHBOUR = "const char a_byte = 1;\nchar a_variable = 1;\n"


def plain_c(text):
    """The text, if it is nothing but declarations; comments are taken out."""
    if len(text) > _MOST_CHARS:
        raise StudentError(f"The C text has {len(text):,} characters; at most 400,000 are read.")
    code = re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.DOTALL)
    lines = [line for line in code.splitlines() if line.strip() not in _INCLUDES]
    code = "\n".join(lines)
    if not _PLAIN.fullmatch(code) or _FORBIDDEN.search(code):
        raise StudentError(
            "c_array() must give declarations only: letters, numbers, = , ; and brackets, and no "
            "line with # but #include <stdint.h>, <stddef.h> or <stdalign.h>."
        )
    return "\n".join(_INCLUDES) + "\n" + code


def linked(student, content, name, reader=None):
    """The student's array, compiled and linked for the board beside an odd neighbour."""
    text = as_text(student.call("c_array", content, name), "c_array()")
    texts = {"a_neighbour.c": _NEIGHBOUR, "b_array.c": plain_c(text)}
    sizes = {}
    if reader:
        texts["c_reader.c"] = reader
        sizes = {"input_bytes": 4, "output_bytes": 4}
    keep = ["a_byte", "a_variable", name, f"{name}_len"]
    try:
        return build_own_c(texts, tml.board("nano33ble"), keep=keep, **sizes)
    except DoesNotFitError as error:
        raise StudentError(f"The array does not fit the board: {error}") from None
    except BoardError as error:
        # Only what the student wrote is refused: the other files are ours, and compile.
        raise StudentError(f"The C of c_array() cannot be built: {error}") from None


def placed(program, name):
    try:
        return program.where(name)
    except InputError:
        raise StudentError(f"The C of c_array() has no array or number {name!r}.") from None


def expect_same_bytes(program, content, name):
    """The bytes in the ELF are those of the file, and NAME_len says how many."""
    array = placed(program, name)
    expect(
        array.n_bytes == len(content),
        where=f"bytes of {name} in the linked program",
        expected=len(content),
        got=array.n_bytes,
    )
    got, expected = (np.frombuffer(one, np.uint8) for one in (array.content, content))
    expect_each(got, expected, lambda i: f"byte {i} of {name}")
    expect_length(program, content, name)


def expect_length(program, content, name):
    """NAME_len is a number of four bytes and says how many bytes the file has."""
    length = placed(program, f"{name}_len")
    said = int.from_bytes(length.content, "little")
    expect(length.n_bytes == 4, where=f"bytes of {name}_len", expected=4, got=length.n_bytes)
    expect(said == len(content), where=f"{name}_len", expected=len(content), got=said)


def expect_in_flash(program, name):
    for one in (name, f"{name}_len"):
        memory = placed(program, one).memory
        expect(memory == "flash", where=f"where {one} lies", expected="flash", got=memory)


def expect_aligned(program, name):
    address = placed(program, name).address
    expect(
        address % 16 == 0,
        where=f"address {address:#x} of {name}, beside an array of one byte: remainder by 16",
        expected=0,
        got=address % 16,
    )


@check(
    points=4,
    exercise=1,
    title="The linked array holds the bytes that c_array was given",
    hint=REREAD_ARRAY,
)
def array_holds_the_bytes(student):
    content = np.random.default_rng(9).bytes(100)
    expect_same_bytes(linked(student, content, "model"), content, "model")


### BEGIN HIDDEN TESTS
# How the bars were chosen. Measured with river.tflite on 40 synthetic rivers (seeds 1000 to 1039). A
# window every 20 s, the average of 3 codes at least 40: at most 0.6 false alarms a day, median 48 to
# 56 s, p95 63 to 77 s; none of the 40 fails. With a threshold of 0, 4 of 40 have more than one false
# alarm a day; without debouncing (1 code of at least 100), 39 of 40. A window every 30 s gives a
# median of 56 to 67 s. So the bars are 60 s and 90 s at one false alarm a day. A window every 10 s
# lasts 136 days, every 20 s 251 days: the bar of 200 days lies between the two.


@check(
    points=4,
    exercise=1,
    title="c_array is right for every value of a byte, other lengths and other names",
    visible=False,
)
def array_of_any_length_and_name(student):
    for content, name in (
        (bytes(range(256)) + b"\n\0\xff", "every_value"),
        (b"\x80", "one"),
        (np.random.default_rng(10).bytes(4097), "longer_than_a_page"),
    ):
        expect_same_bytes(linked(student, content, name), content, name)


@check(
    points=4,
    exercise=1,
    title="Array and length are const: they lie in flash, and take no RAM",
    visible=False,
)
def array_is_const(student):
    content = np.random.default_rng(11).bytes(333)
    program = linked(student, content, "kept_in_flash")
    expect_same_bytes(program, content, "kept_in_flash")
    expect_in_flash(program, "kept_in_flash")


### END HIDDEN TESTS

READER = """
#include <stdint.h>
extern const unsigned char river_model[];
extern const unsigned int river_model_len;
void run(const uint8_t *input, uint8_t *output)
{
    uint32_t crc = 0xFFFFFFFFu;

    for (uint32_t i = 0; i < river_model_len; i++) {
        crc ^= river_model[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ ((crc & 1u) ? 0xEDB88320u : 0u);
        }
    }
    for (int i = 0; i < 4; i++) {
        output[i] = (uint8_t)((~crc) >> (8 * i)) ^ input[i];
    }
}
"""


@check(
    points=8,
    exercise=1,
    title="On the board the model lies in flash, at a multiple of 16, and its CRC-32 is right",
    hint=REREAD_ARRAY,
)
def board_has_the_model_in_flash(student):
    content = (HERE / "river.tflite").read_bytes()
    program = linked(student, content, "river_model", READER)
    expect_length(program, content, "river_model")  # or the board would read on and on
    expect_in_flash(program, "river_model")
    expect_aligned(program, "river_model")
    try:
        answer = int.from_bytes(program.run(bytes(4)), "little")
    except BoardError as error:
        raise StudentError(f"The board stopped while it read the array: {error}") from None
    # The only look at the bytes here: the board reads them where the linker has put them.
    expect(
        answer == zlib.crc32(content),
        where="CRC-32 that the board computes",
        expected=f"{zlib.crc32(content):08x}",
        got=f"{answer:08x}",
    )


# ----------------------------------------------------------------------------- exercise 2: oplist


def expect_operators(student, content, expected):
    answer = as_tuple(student.call("oplist", content), "oplist()")
    got = [as_text(name, "a name of oplist()") for name in answer]
    missing = [name for name in expected if name not in got]
    expect(not missing, where="names that are missing", expected=[], got=missing)
    extra = [name for name in got if name not in expected]
    expect(not extra, where="names that should not be there", expected=[], got=extra)
    expect(got == expected, where="each name once, sorted", expected=expected, got=got)


@check(
    points=4,
    exercise=2,
    title="oplist names the operators of river.tflite, each once",
    hint=REREAD_OPERATORS,
)
def operators_of_the_river_model(student):
    content = (HERE / "river.tflite").read_bytes()
    expect_operators(student, content, ["AddFullyConnected", "AddSoftmax"])
    # A convolution of lesson 07: nobody passes who writes the two names down.
    content = files.shipped("notebooks", "models", "07_first_layer.tflite").read_bytes()
    expect_operators(student, content, ["AddConv2D"])


### BEGIN HIDDEN TESTS
# TFLM's method for each kind of operator in the models below, from its micro_mutable_op_resolver.h.
METHODS = {
    "ADD": "AddAdd",
    "AVERAGE_POOL_2D": "AddAveragePool2D",
    "CONV_2D": "AddConv2D",
    "DEPTHWISE_CONV_2D": "AddDepthwiseConv2D",
    "FULLY_CONNECTED": "AddFullyConnected",
    "LOGISTIC": "AddLogistic",
    "MAX_POOL_2D": "AddMaxPool2D",
    "RESHAPE": "AddReshape",
}


def expect_methods_of(student, content):
    kinds = {op.kind for op in tml.load_model(content).graph.ops}
    expect_operators(student, content, sorted(METHODS[kind] for kind in kinds))


@check(points=5, exercise=2, title="oplist is right for a model with many operators", visible=False)
def operators_of_another_model(student):
    expect_methods_of(student, (HERE / "other.tflite").read_bytes())


@check(
    points=4,
    exercise=2,
    title="oplist names an operator once that a model uses often",
    visible=False,
)
def operators_only_once(student):
    expect_methods_of(student, files.shipped("firmware", "self_test", "model.tflite").read_bytes())


### END HIDDEN TESTS
# --------------------------------------------------------------------------- exercise 3: smoother


def smoothed(student, codes, n_history, threshold, n_refractory):
    """The student's alarms as a bool array, one for each code."""
    answer = student.call(
        "smoother",
        codes,
        n_history=n_history,
        threshold=threshold,
        n_refractory=n_refractory,
    )
    return as_array(answer, "smoother()", shape=(len(codes),), kinds="b")


def expect_alarms(student, codes, expected, **settings):
    got = smoothed(student, codes, **settings)

    def place(k):
        last = codes[: k + 1].tolist()[-8:]
        return f"alarm after code {k} of {last} (the last 8 are shown), {settings}"

    expect_each(got, expected, place)


@check(
    points=4,
    exercise=3,
    title="smoother gives the alarms of the table in exercise 3",
    hint=REREAD_SMOOTHER,
)
def smoother_gives_the_table(student):
    codes = np.array([90, 100, 80, 20, 120, 120, -40, 60, 100, 90], np.int8)
    #  sums of 3:      -    -  270 200  220  260  200 140 120 250; 3 * 80 = 240
    alarms = [False, False, True, False, False, False, False, False, False, True]
    expect_alarms(student, codes, alarms, n_history=3, threshold=80, n_refractory=3)
    codes = np.array([10, 30, 20, 60, 40], np.int8)
    #  sums of 2:      -   40  50  80  100; 2 * 25 = 50; the code after an alarm gives none
    alarms = [False, False, True, False, True]
    expect_alarms(student, codes, alarms, n_history=2, threshold=25, n_refractory=1)


### BEGIN HIDDEN TESTS
SMOOTHER_ON_THE_BOARD = """
#include "tk_smoother.h"
void run(const uint8_t *input, uint8_t *output)
{
    static int16_t history[64];
    const int8_t *codes = (const int8_t *)input + 8;
    const uint16_t n_history = input[0];
    const int16_t threshold = (int16_t)((int8_t)input[1]);
    const uint16_t n_refractory = input[2];
    tk_smoother smoother;

    tk_smoother_init(&smoother, history, n_history, threshold, n_refractory);
    for (int i = 0; i < 400; i++) {
        output[i] = tk_smoother_push(&smoother, codes[i]) ? 1 : 0;
    }
}
"""


@functools.cache
def smoother_of_the_board():
    """The course's smoother in C, as machine code on the virtual board."""
    texts = {
        name: files.shipped("firmware", "stream", name).read_text(encoding="utf-8")
        for name in ("tk_smoother.c", "tk_smoother.h")
    }
    texts["z_run.c"] = SMOOTHER_ON_THE_BOARD
    board = tml.board("nano33ble")
    return build_own_c(texts, board, input_bytes=408, output_bytes=400)


@check(
    points=5,
    exercise=3,
    title="smoother gives the same alarms as the smoother in C on the board, for random streams",
    visible=False,
)
def smoother_equals_the_board(student):
    rng = np.random.default_rng(12)
    for n_history, threshold, n_refractory in (
        (1, 0, 0), (2, 5, 1), (3, -20, 0), (2, -5, 0), (6, -40, 0), (3, -1, 0), (5, 30, 7), (8, 3, 2), (4, -128, 5), (16, 127, 3),
    ):  # fmt: skip
        walk = np.cumsum(rng.normal(0, 2, 400)) + rng.normal(0, 50, 400)
        codes = np.clip(walk, -128, 127).astype(np.int8)
        settings = bytes([n_history, threshold & 0xFF, n_refractory, 0, 0, 0, 0, 0])
        answer = smoother_of_the_board().run(settings + codes.tobytes())
        expected = np.frombuffer(answer, np.uint8) == 1
        expect_alarms(
            student, codes, expected,
            n_history=n_history, threshold=threshold, n_refractory=n_refractory,
        )  # fmt: skip


@check(
    points=5,
    exercise=3,
    title="smoother needs a full history, counts an average equal to the threshold, sees no future",
    visible=False,
)
def smoother_at_its_edges(student):
    # The average must be 50 exactly: 49 + 51 is, 49 + 50 is not.
    codes = np.array([49, 50, 49, 51, 127, -27], np.int8)
    expected = [False, False, False, True, True, True]
    expect_alarms(student, codes, expected, n_history=2, threshold=50, n_refractory=0)
    # -1 and 0 have the average -0.5, which is below 0.
    codes = np.array([-1, 0, 0], np.int8)
    expected = [False, False, True]
    expect_alarms(student, codes, expected, n_history=2, threshold=0, n_refractory=0)
    high = np.full(7, 127, np.int8)
    expected = [False, False, False, True, False, False, True]
    expect_alarms(student, high, expected, n_history=4, threshold=127, n_refractory=2)
    rng = np.random.default_rng(13)
    codes = rng.integers(-128, 128, 60).astype(np.int8)
    whole = smoothed(student, codes, 3, 10, 4)
    expect(whole.any(), where="alarms in 60 random codes", expected="some", got="none")
    for n in (1, 2, 17, 40):
        part = smoothed(student, codes[:n], 3, 10, 4)
        expect(np.array_equal(part, whole[:n]), where="alarms of a stream that is still going on")


### END HIDDEN TESTS
# -------------------------------------------------------------------- exercise 4: time_to_warning


def expect_time(student, ends_s, alarms, expected, **times):
    answer = student.call("time_to_warning", np.array(ends_s), np.array(alarms, bool), **times)
    if expected is None:
        expect(answer is None, where=f"no warning came, {times}", expected=None, got=answer)
        return
    expect(answer is not None, where=f"a warning came, {times}", expected=expected, got=answer)
    got = as_number(answer, "time_to_warning()")
    # Seconds of a day in float64 are exact to 1e-11.
    expect(abs(got - expected) < 1e-6, where=str(times), expected=expected, got=got)


@check(
    points=3,
    exercise=4,
    title="time_to_warning is right for the worked value",
    hint=REREAD_WARNING,
)
def time_of_the_worked_value(student):
    expect_time(
        student, [10.0, 20.0, 30.0, 40.0], [True, False, True, True], 15.25,
        event_s=15.0, until_s=60.0, feature_s=0.2, inference_s=0.05,
    )  # fmt: skip
    expect_time(  # 25 + 0.5 + 0.25 - 12
        student, [5.0, 15.0, 25.0], [True, False, True], 13.75,
        event_s=12.0, until_s=30.0, feature_s=0.5, inference_s=0.25,
    )  # fmt: skip


### BEGIN HIDDEN TESTS
@check(
    points=4,
    exercise=4,
    title="A window that ends at the event or before has seen nothing of it; a missed event is None",
    visible=False,
)
def time_passes_over_what_saw_nothing(student):
    ends = [10.0, 20.0, 30.0, 40.0]
    times = {"until_s": 100.0, "feature_s": 0.5, "inference_s": 0.25}
    expect_time(student, ends, [True, True, False, True], 20.75, event_s=20.0, **times)
    expect_time(student, ends, [True, True, False, False], None, event_s=20.0, **times)
    expect_time(student, ends, [False] * 4, None, event_s=5.0, **times)
    expect_time(student, ends, [True] * 4, 5.75, event_s=5.0, **times)


@check(
    points=4,
    exercise=4,
    title="Alarms after until_s belong to another event; windows need not come evenly",
    visible=False,
)
def time_ends_at_until(student):
    ends = [0.75, 2.0, 2.5, 7.0, 7.5, 90.0]
    times = {"feature_s": 0.125, "inference_s": 0.0}
    alarms = [False, False, False, False, True, True]
    expect_time(student, ends, alarms, None, event_s=1.0, until_s=7.25, **times)
    expect_time(student, ends, alarms, 6.625, event_s=1.0, until_s=7.5, **times)
    expect_time(student, ends, alarms, 80.125, event_s=10.0, until_s=90.0, **times)


### END HIDDEN TESTS
# ------------------------------------------------------------------------- exercise 5: the board


def handed_in_design(student):
    """What design() chose, as plain numbers of their ranges."""
    answer = student.call("design")
    names = ("period_s", "n_history", "threshold", "n_refractory")
    if not isinstance(answer, dict) or set(answer) != set(names):
        raise StudentError(f"design() gave {shown(answer)}; expected a dict with {names}.")
    chosen = {name: as_whole(answer[name], f"design()[{name!r}]") for name in names}
    if chosen["period_s"] not in PERIODS_S:
        raise StudentError(f"period_s is {chosen['period_s']}; expected one of {PERIODS_S}.")
    for name, low, high in (
        ("n_history", 1, 100), ("threshold", -128, 127), ("n_refractory", 0, 1000),
    ):  # fmt: skip
        expect(low <= chosen[name] <= high, where=name, expected=f"{low} to {high}",
               got=chosen[name])  # fmt: skip
    return chosen


### BEGIN HIDDEN TESTS
N_AT_ONCE = 1440

STREAM_ON_THE_BOARD = """
#include "river.h"
static uint8_t arena[RIVER_ARENA_BYTES] __attribute__((aligned(16)));
void run(const uint8_t *windows, uint8_t *codes)
{
    for (int k = 0; k < 1440; k++) {
        for (int i = 0; i < RIVER_INPUT_BYTES; i++) {
            arena[RIVER_INPUT_OFFSET + i] = windows[k * RIVER_INPUT_BYTES + i] ^ 0x80u;
        }
        river_run(arena);
        codes[k] = arena[RIVER_OUTPUT_OFFSET + 1];
    }
}
"""


@functools.cache
def hidden():
    with np.load(HERE / "hidden.npz", allow_pickle=False) as made:
        return {name: made[name] for name in made.files}


@functools.cache
def board_codes(period_s):
    """ends_s, codes: what the model answers on the board to the hidden river, window by window.

    The model runs as machine code on the virtual board; the output must equal the interpreter's.
    """
    every = int(period_s / STEP_S)
    windows = hidden()["windows"][every - 1 :: every]
    model = tml.load_model((HERE / "river.tflite").read_bytes(), name="river")
    texts = {**generate_c(model, c_name="river").files, "z_stream.c": STREAM_ON_THE_BOARD}
    n_bytes = N_AT_ONCE * windows.shape[1]
    board = tml.board("nano33ble")
    program = build_own_c(texts, board, input_bytes=n_bytes, output_bytes=N_AT_ONCE)
    parts = [windows[i : i + N_AT_ONCE].tobytes() for i in range(0, len(windows), N_AT_ONCE)]
    answers = [program.run(part.ljust(n_bytes, b"\0")) for part in parts]
    codes = np.frombuffer(b"".join(answers), np.int8)[: len(windows)]
    reference = tml.Interpreter(model).run(windows).reshape(len(windows), -1)[:, 1]
    # Not the student's doing: the check must end as a grader error.
    assert np.array_equal(codes, reference), "the board and the interpreter differ"
    return period_s * (np.arange(len(codes)) + 1.0), codes


def first_warning(ends_s, alarms, event_s, until_s):
    """As exercise 4 defines it; inf where none came."""
    seen = ends_s[alarms & (ends_s > event_s) & (ends_s <= until_s)]
    return seen[0] + FEATURE_S + INFERENCE_S - event_s if len(seen) else math.inf


def nearest_rank(times, share):
    """The shortest time within which at least this share of all events had their warning."""
    return sorted(times)[math.ceil(round(share * len(times), 9)) - 1]


def defined_alarms(codes, n_history, threshold, n_refractory):
    """The alarms of exercise 3, (n,) bool."""
    codes, alarms, n_quiet = [int(code) for code in codes], [], 0
    for k in range(1, len(codes) + 1):
        latest = codes[max(0, k - n_history) : k]
        loud = len(latest) == n_history and sum(latest) >= n_history * threshold
        alarms.append(loud and n_quiet == 0)
        n_quiet = n_refractory if alarms[-1] else max(0, n_quiet - 1)
    return np.array(alarms, bool)


def on_the_board(student):
    """design, times to warning of all flows, and false alarms a day, with at most one a day."""
    chosen = handed_in_design(student)
    ends_s, codes = board_codes(chosen["period_s"])
    settings = {name: chosen[name] for name in ("n_history", "threshold", "n_refractory")}
    alarms = smoothed(student, codes, **settings)
    # The whole stream is handed over at once. Who looks ahead in it, as no device can, differs here.
    expect(np.array_equal(alarms, defined_alarms(codes, **settings)), where="as exercise 3 defines")
    expect(alarms.any() and not alarms.all(), where="some alarms, and not always")
    begins, stops = hidden()["events_s"], hidden()["ends_s"]
    flows = list(zip(begins, stops, strict=True))
    times = [first_warning(ends_s, alarms, begin, stop) for begin, stop in flows]
    allowed = np.zeros(len(ends_s), bool)
    for begin, stop in flows:
        allowed |= (ends_s > begin) & (ends_s <= stop + GRACE_S)
    days = np.sum(~allowed) * chosen["period_s"] / 86_400
    expect(np.sum(alarms & ~allowed) / days <= MOST_FALSE_A_DAY, where="false alarms a day")
    return chosen, times


@check(
    points=8,
    exercise=5,
    title="Board, with the alarms of exercise 3: at most one false alarm a day, and 9 of 10 debris "
    "flows are warned of",
    visible=False,
)
def board_gives_few_false_alarms(student):
    _, times = on_the_board(student)
    expect(np.mean(np.isfinite(times)) >= 0.9)


@check(
    points=8,
    exercise=5,
    title="Board, with the alarms of exercise 3: median time to warning at most 60 s, at one false "
    "alarm a day or less",
    visible=False,
)
def board_warns_in_time(student):
    _, times = on_the_board(student)
    expect(nearest_rank(times, 0.5) <= MOST_MEDIAN_S)


@check(
    points=8,
    exercise=5,
    title="Board, with the alarms of exercise 3: 95 of 100 flows are warned of within 90 s, at one "
    "false alarm a day or less",
    visible=False,
)
def board_warns_in_time_nearly_always(student):
    _, times = on_the_board(student)
    expect(nearest_rank(times, 0.95) <= MOST_P95_S)


def days_of_battery(period_s):
    """capacity / average current, as lesson 11 has it."""
    duty = (SENSING_S + FEATURE_S + INFERENCE_S) / period_s
    return CAPACITY_MAH / (duty * ACTIVE_MA + (1 - duty) * SLEEP_MA) / 24


@check(
    points=8,
    exercise=5,
    title="Board, with the alarms of exercise 3: the battery lasts 200 days or more, and 9 of 10 "
    "flows are still warned of in 180 s",
    visible=False,
)
def board_lasts(student):
    chosen, times = on_the_board(student)
    expect(days_of_battery(chosen["period_s"]) >= LEAST_DAYS)
    expect(nearest_rank(times, 0.9) <= 180)


### END HIDDEN TESTS
