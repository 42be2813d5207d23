"""The stream and the smoother in C, under the sanitizers, against rings written down by hand."""

import shutil
import subprocess
import tomllib
from pathlib import Path

import numpy as np
import pytest
from host_program import TIMEOUT_S, needs_compiler
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.random import default_rng
from stream_scripts import Shape, build, expected_lines, run

from tinymledu.files import shipped
from tinymledu.streaming import Smoother, Stream

pytestmark = needs_compiler
explored = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
with Path(__file__).with_name("stream_mutants.toml").open("rb") as file:
    MUTANTS = tomllib.load(file)
DTYPES = {1: np.uint8, 2: np.uint16, 4: np.uint32}


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    return build(tmp_path_factory.mktemp("stream"))


@st.composite
def shapes(draw):
    window = draw(st.integers(1, 12))
    capacity = window + draw(st.integers(0, 15))
    sizes = st.sampled_from([1, 2, 4])
    return Shape(draw(st.integers(1, 3)), draw(sizes), window, draw(st.integers(1, 30)), capacity)


# Pieces as from an interrupt, and now and then a multiple of the memory.
pushes = st.tuples(st.just("push"), st.one_of(st.integers(0, 9), st.integers(0, 150)))
scripts = st.lists(st.one_of(pushes, st.just(("take", 0))), max_size=60)


def random_scripts(n):
    """Shapes and scripts for the mutants; in some, samples arrive while a window is copied."""
    rng = default_rng(3)
    for _ in range(n):
        window = int(rng.integers(1, 9))
        shape = Shape(
            int(rng.integers(1, 4)), int(rng.choice([1, 2, 4])), window,
            int(rng.integers(1, 20)), window + int(rng.integers(0, 9)),
        )  # fmt: skip
        script = []
        for _ in range(40):
            script.append(("push", int(rng.choice([0, 1, 3, 8, 60]))))
            script += [("take", 0)] * int(rng.integers(0, 3))
        yield shape, script


def smoothed_by_hand(scores, n_history, threshold, n_refractory):
    events, last = [], -(10**9)
    for i in range(len(scores)):
        latest = scores[max(0, i + 1 - n_history) : i + 1]
        above = len(latest) == n_history and np.mean(latest) >= threshold
        event = bool(above and i - last > n_refractory)
        last = i if event else last
        events.append(event)
    return events


@explored
@given(shapes(), scripts)
def test_windows_and_losses_are_those_of_a_ring_that_forgets_nothing(program, shape, script):
    assert run(program, [shape.init, *script]) == expected_lines(shape, script)


@explored
@given(shapes(), scripts)
def test_python_twin_gives_the_same_windows_and_losses(shape, script):
    dtype = DTYPES[shape.sample_bytes]
    stream = Stream(
        window_frames=shape.window_frames,
        hop_frames=shape.hop_frames,
        capacity_frames=shape.capacity_frames,
        n_channels=shape.n_channels,
        dtype=dtype,
    )
    lines, total = ["1"], 0
    for command, n in script:
        if command == "push":
            stream.push(np.arange(total, total + n).astype(dtype))
            total += n
        else:
            window = stream.take()
            values = [] if window is None else window.samples.reshape(-1).tolist()
            cells = [int(window is not None), stream.dropped_windows, *values]
            lines.append(" ".join(map(str, cells)))

    assert lines == expected_lines(shape, script)


@pytest.mark.parametrize("arriving", [1, 2, 3, 6, 7, 8, 30])
@pytest.mark.parametrize("fence", [1, 2])  # before and after a window is copied
def test_window_overwritten_during_its_copy_is_not_given(fence, arriving, program):
    shape = Shape(1, 2, 4, 3, 7)
    # Five samples are there and two places are free, so up to two may arrive. When they do not
    # fit, nothing is given; the next take counts what was lost.
    script = [("push", 3), ("take", 0), ("push", 2), ("fence", fence, arriving)]
    script += [("take", 0)] * 4

    lines = run(program, [shape.init, *script])

    assert lines == expected_lines(shape, script)
    assert lines[2].startswith("1 0" if arriving <= 2 else "0 0")


def test_reader_on_another_core_sees_no_frame_that_is_being_overwritten(program):
    # At the first fence of the second push nothing is overwritten yet, but it may be at any time.
    script = [Shape(1, 2, 4, 4, 4).init, ("push", 4), ("fence", 1, 0), ("push", 2), ("push", 2)]

    lines = run(program, [*script, ("take", 0)])

    assert lines == ["1", "0 1", "1 1 4 5 6 7"]


def test_reader_on_another_core_sees_no_frame_that_is_not_written_yet(program):
    script = [Shape(1, 2, 4, 4, 9).init, ("push", 3), ("fence", 1, 0), ("push", 1), ("take", 0)]

    assert run(program, script) == ["1", "0 0", "1 0 0 1 2 3"]


@explored
@given(shapes(), scripts, st.integers(2**32 - 200, 2**32 - 1))
def test_counts_may_pass_two_to_the_32nd(program, shape, script, age):
    assert run(program, [shape.init, ("age", age), *script]) == expected_lines(shape, script)


def test_memory_that_is_no_multiple_of_a_frame_is_used_as_far_as_it_goes(program):
    # 29 bytes: 4 frames of 3 channels of 2 bytes, 5 bytes to spare.
    script = [("push", 15), ("take", 0), ("push", 3), ("take", 0)]

    lines = run(program, [("init", 3, 2, 3, 1, 29), *script])

    assert lines == expected_lines(Shape(3, 2, 3, 1, 4), script)


@pytest.mark.parametrize(
    "init",
    [
        (0, 2, 4, 2, 100), (1, 0, 4, 2, 100), (1, 3, 4, 2, 100), (1, 8, 4, 2, 100),
        (1, 2, 0, 2, 100), (1, 2, 4, 0, 100), (1, 2, 4, 2, 7), (1, 2, 4, 2, 0),
        (65536, 1, 65536, 1, 100), (2, 2, 0x80000000, 1, 100), (1, 1, 0x40000001, 1, 100),
        (2, 1, 4, 0x80000001, 100), (0xFFFFFFFF, 4, 0xFFFFFFFF, 0xFFFFFFFF, 100),
    ],
    ids=str,
)  # fmt: skip
def test_impossible_shape_is_refused_and_takes_in_nothing(init, program):
    assert run(program, [("init", *init), ("push", 50)]) == ["0"]


def test_window_larger_than_its_place_is_not_copied(program):
    lines = run(program, [Shape(1, 2, 4, 4, 8).init, ("push", 4), ("take", 1), ("take", 0)])

    assert lines == ["1", "0 0", "1 0 0 1 2 3"]


@explored
@given(
    st.lists(st.integers(-32768, 32767) | st.integers(-3, 3), max_size=40),
    st.integers(1, 6), st.integers(-32768, 32767) | st.integers(-3, 3), st.integers(0, 5),
)  # fmt: skip
def test_smoother_and_its_twin_see_the_events_of_plain_averages(
    program, scores, n_history, threshold, n_refractory
):
    twin = Smoother(n_history=n_history, threshold=threshold, n_refractory=n_refractory)
    script = [("smoother", n_history, threshold, n_refractory), *(("score", s) for s in scores)]

    in_c = [line == "1" for line in run(program, script)]
    in_python = [twin.push(score) for score in scores]

    expected = smoothed_by_hand(scores, n_history, threshold, n_refractory)
    assert in_c == expected
    assert in_python == expected


def test_smoother_is_right_at_its_longest_history(program):
    script = [("smoother", 65535, -32768, 0), *[("score", -32768)] * 65536, ("score", 32767)]

    lines = run(program, script)

    assert lines == ["0"] * 65534 + ["1"] * 3


def test_smoother_without_history_sees_no_event(program):
    assert run(program, [("smoother", 0, -128, 0), ("score", 127)]) == ["0"]


def test_windows_and_events_are_right_where_int_has_16_bits(tmp_path):
    for tool in ("avr-gcc", "simavr"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    stream = shipped("firmware", "stream")
    sources = [Path(__file__).with_name("stream_avr.c"), *stream.glob("*.c")]
    compiler = ["avr-gcc", "-mmcu=atmega2560", "-std=gnu99", "-O2", "-I", stream]
    subprocess.run([*compiler, *sources, "-o", "program.elf"], cwd=tmp_path, check=True)

    board = ["simavr", "-m", "atmega2560", "-f", "16000000", "program.elf"]
    result = subprocess.run(
        board, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=TIMEOUT_S
    )

    assert "wrong: 0" in result.stdout + result.stderr  # one by version of simavr


def battery():
    """Scripts that together reject the mutants, and the lines that they print."""
    script, lines = [], []
    for shape, commands in random_scripts(40):
        script += [shape.init, ("age", 2**32 - 100), *commands]
        lines += expected_lines(shape, commands)
    shape = Shape(1, 2, 4, 3, 7)
    for arriving in (2, 3):
        commands = [("push", 5), ("fence", 2, arriving), *[("take", 0)] * 3]
        script += [shape.init, *commands]
        lines += expected_lines(shape, commands)
    script += [Shape(1, 2, 4, 4, 4).init, ("push", 4), ("fence", 1, 0), ("push", 2)]
    lines += ["1", "0 1"]
    script += [Shape(1, 2, 4, 4, 9).init, ("push", 3), ("fence", 1, 0), ("push", 1)]
    lines += ["1", "0 0"]
    script += [Shape(1, 2, 4, 4, 8).init, ("push", 4), ("take", 1)]
    lines += ["1", "0 0"]
    script += [("init", 1, 1, 0x40000001, 1, 8), ("init", 1, 2, 4, 4, 7)]
    lines += ["0", "0"]
    for numbers in [(3, 2, 2), (1, 0, 0)]:
        scores = default_rng(5).integers(-6, 9, 60).tolist()
        script += [("smoother", *numbers), *(("score", score) for score in scores)]
        lines += [str(int(event)) for event in smoothed_by_hand(scores, *numbers)]
    return script, lines


@pytest.mark.parametrize("name", MUTANTS)
def test_mutant_is_rejected(name, tmp_path):
    mutant = MUTANTS[name]
    text = shipped("firmware", "stream", mutant["file"]).read_text(encoding="utf-8")
    assert text.count(mutant["right"]) == 1
    changed = {mutant["file"]: text.replace(mutant["right"], mutant["wrong"])}
    wrong = build(tmp_path, changed=changed, flags=["-O1", "-Wno-error"])
    script, lines = battery()

    try:
        answers = run(wrong, script)
    except AssertionError:  # it crashed
        return
    assert answers != lines


def test_right_files_are_accepted_by_what_rejects_the_mutants(program):
    script, lines = battery()

    assert run(program, script) == lines
