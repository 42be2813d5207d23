"""The features in C on this computer, under the sanitizers, against the integers of NumPy."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
from host_program import SANITIZED, TIMEOUT_S, compile_c, needs_compiler

from tinymledu.features import Settings, frames, q15
from tinymledu.features.board import c_source
from tinymledu.files import shipped

pytestmark = needs_compiler

PROGRAM = Path(__file__).with_name("features_program.c")
SETTINGS = [
    Settings(),
    Settings(rate_hz=16000, frame_samples=1024, hop_samples=1024, n_mels=40, high_hz=8000.0),
    Settings(frame_samples=16, hop_samples=8, n_mels=2, n_mfcc=2, low_hz=0),
]

# One wrong thing each: the random frames below must tell every one of them from the right C.
MUTANTS = {
    "product truncated": ("* b + ROUND) >> 15", "* b) >> 15"),
    "product wraps": ("saturate(((int32_t)a * b + ROUND) >> 15)",
                      "(int16_t)((a * b + ROUND) >> 15)"),
    "imaginary part kept": ("im[i] = 0;", ""),
    "no bit reversal": ("    reverse_bits(plan->n, re, im);\n", "    (void)reverse_bits;\n"),
    "sine turned round": ("(int32_t)re[b] * sine", "-(int32_t)re[b] * sine"),
    "half not rounded": ("(a_re + turned_re + 1) >> 1", "(a_re + turned_re) >> 1"),
    "butterfly wraps": ("saturate((a_re - turned_re + 1) >> 1)",
                        "(int16_t)((a_re - turned_re + 1) >> 1)"),
    "last bin left out": ("i < filter->n_bins", "i < filter->n_bins - 1"),
    "energy truncated": ("uint64_t sum = (uint64_t)ROUND", "uint64_t sum = 0"),
    "nine bits of log2": ("i < 10", "i < 9"),
}  # fmt: skip


def build(settings, folder, *, flags=SANITIZED, changed=None):
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {**c_source(settings).files, **(changed or {})}.items():
        (folder / name).write_text(text, encoding="utf-8")
    sources = [folder / "tk_features.c", PROGRAM]  # the program includes log_mel.c
    compile_c([*flags, *sources, "-o", folder / "program"], folder)
    return folder / "program"


def run(program, values, *, what="features"):
    done = subprocess.run(
        [program, what], input=np.asarray(values).astype("<i2").tobytes(), capture_output=True,
        timeout=TIMEOUT_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()[:2000]
    return np.frombuffer(done.stdout, "<i2")


def everything(program, settings):
    """What the C gives for hard frames, whole and stage by stage, beside what NumPy gives."""
    framed = hard_frames(settings.frame_samples)
    yield run(program, framed), q15.log_mel_of_frames(q15.windowed(framed), settings)
    pairs = np.concatenate([np.stack([framed, 0 * framed], 1), overflowing(framed.shape[1])])
    expected = np.stack(q15.fft(pairs[:, 0], pairs[:, 1], settings), axis=1)
    yield run(program, pairs, what="fft"), expected
    a, b = framed.ravel(), framed[::-1].ravel()
    yield run(program, np.stack([a, b], axis=1), what="multiply"), q15.multiply(a, b)


def hard_frames(n, n_random=200):
    rng = np.random.default_rng(11)
    i = np.arange(n)
    fixed = [np.full(n, -32768), np.full(n, 32767), np.where(i % 2, 32767, -32768), 0 * i]
    squares = [np.where(i // k % 2, 32767, -32768) for k in (2, 3, 4, 7)]
    loud = rng.integers(-32768, 32768, (n_random, n))
    quiet = rng.integers(-40, 41, (n_random, n))
    corners = rng.choice([-32768, 32767], (n_random, n))
    return np.concatenate([fixed, squares, loud, quiet, corners])


def overflowing(n):
    """Complex tones (n_tones, 2, n) that fill the square of 16 bits: their sums leave it."""
    turn = np.exp(2j * np.pi * np.outer(np.arange(0, n, n // 16), np.arange(n)) / n)
    starts = np.exp(2j * np.pi * np.arange(4) / 4)
    tones = 46340 * (starts[:, None, None] * turn).reshape(-1, n)
    return np.clip(np.rint(np.stack([tones.real, tones.imag], axis=1)), -32768, 32767).astype(int)


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: f"{s.frame_samples}")
@pytest.mark.parametrize("flags", [SANITIZED, ["-O2"]], ids=["sanitized", "O2"])
def test_c_equals_numpy_on_hard_frames(settings, flags, tmp_path):
    program = build(settings, tmp_path, flags=flags)

    for got, expected in everything(program, settings):
        np.testing.assert_array_equal(got, expected.ravel())


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_of_the_c_is_told_apart(name, tmp_path):
    right, wrong = MUTANTS[name]
    text = shipped("firmware", "features", "tk_features.c").read_text(encoding="utf-8")
    assert text.count(right) == 1
    changed = {"tk_features.c": text.replace(right, wrong)}

    program = build(SETTINGS[2], tmp_path, flags=["-O1", "-fwrapv", "-Wno-error"], changed=changed)

    pairs = everything(program, SETTINGS[2])
    assert any(not np.array_equal(got, expected.ravel()) for got, expected in pairs)


def test_frames_of_a_recording_are_those_of_the_host(tmp_path):
    settings = SETTINGS[0]
    samples = np.random.default_rng(12).integers(-9000, 9001, 3000)

    got = run(build(settings, tmp_path), frames(samples, settings))

    np.testing.assert_array_equal(got, q15.log_mel(samples, settings).ravel())
