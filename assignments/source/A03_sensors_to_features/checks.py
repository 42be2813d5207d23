"""Checks of A03. They run in a jail of their own; the student's notebook is at the end of a wire.

Public checks compare with values that were worked out by hand, except for the board's integers, which
the virtual board computes.

Tolerances: frames, rings and products are integers and compared exactly. Weights, powers and MFCC may
differ by 1e-9 of their size: sums of float64 in another order differ in their last bits only.
The board's integers are compared exactly: that is what the exercise is about.
"""

import math

import numpy as np

import tinymledu as tml
from tinymledu.course.checks import (
    StudentError,
    as_array,
    as_tuple,
    as_whole,
    check,
    expect,
    expect_each,
)
from tinymledu.datasets import signals
from tinymledu.features import q15

REREAD_FRAMES = "Reread lesson 05, section 2, and the worked value of exercise 1."
REREAD_RING = "Reread lesson 05, section 3, and the worked value of the ring."
REREAD_MEL = "Reread lesson 05, section 4, and the three points of exercise 2."
REREAD_POWER = "Reread the worked values of exercise 3; which bins stand for two frequencies?"
REREAD_PRODUCT = "Reread lesson 05, section 6, and the worked value of exercise 4."
REREAD_BOARD = (
    "Features of training are not features of the device until they are equal. Compare one frame "
    "before the FFT: rounding, saturation, and the order frame, then window."
)
NEAR = 1e-9  # relative
LEAST_BITS, MOST_BITS = 2, 32  # word lengths of q_mul
SETTINGS = tml.features.Settings(rate_hz=8000, frame_samples=256, hop_samples=128, n_mels=20)


# ---------------------------------------------------------------------- exercise 1: frame, ring


def expect_these_frames(student, samples, size, hop, expected):
    """The student's frames are the expected ones, of the same type as the samples."""
    expected = np.asarray(expected)
    what = f"frame() of {len(samples)} samples, size {size}, hop {hop}"
    got = as_array(student.call("frame", samples, size, hop), what)
    expect(got.shape == expected.shape, where=f"{what}, shape", expected=expected.shape,
           got=got.shape)  # fmt: skip
    expect_each(got, expected, lambda i: f"{what}, frame {i}", rows=True)
    expect(got.dtype == samples.dtype, where=f"{what}, type", expected=str(samples.dtype),
           got=str(got.dtype))  # fmt: skip


@check(
    exercise=1,
    points=6,
    title="frame loses no sample: the last frame is filled up with zeros",
    hint=REREAD_FRAMES,
)
def frame_loses_no_sample(student):
    samples = np.array([1, 2, 3, 4, 5, 6])  # the frames are written down from the task's text
    expect_these_frames(student, samples, 4, 3, [[1, 2, 3, 4], [4, 5, 6, 0]])
    expect_these_frames(student, samples, 3, 3, [[1, 2, 3], [4, 5, 6]])
    expect_these_frames(student, samples, 2, 1, [[1, 2], [2, 3], [3, 4], [4, 5], [5, 6]])
    expect_these_frames(student, samples, 5, 2, [[1, 2, 3, 4, 5], [3, 4, 5, 6, 0]])
    expect_these_frames(student, np.array([9, 7, 2]), 2, 2, [[9, 7], [2, 0]])


### BEGIN HIDDEN TESTS
def frames_by_hand(samples, size, hop):
    """Frame by frame, until one reaches the end."""
    rows, start = [], 0
    while len(samples):
        piece = list(samples[start : start + size])
        rows.append(piece + [0] * (size - len(piece)))
        if start + size >= len(samples):
            break
        start += hop
    return np.array(rows, dtype=samples.dtype).reshape(len(rows), size)


def expect_framed(student, samples, size, hop):
    expect_these_frames(student, samples, size, hop, frames_by_hand(samples, size, hop))


@check(
    exercise=1,
    points=7,
    title="frame works for any size and hop, keeps the type, and knows empty recordings",
    visible=False,
)
def frame_works_for_any_size_and_hop(student):
    rng = np.random.default_rng(301)
    for _ in range(12):
        size = int(rng.integers(1, 40))
        hop = int(rng.integers(1, size + 1))
        samples = rng.integers(-32768, 32768, int(rng.integers(1, 150))).astype(np.int16)
        expect_framed(student, samples, size, hop)
    expect_framed(student, rng.normal(0, 1, 33), 16, 8)
    expect_framed(student, np.array([7, 8], np.int16), 5, 2)  # shorter than a frame
    expect_framed(student, np.zeros(0, np.int16), 8, 4)


### END HIDDEN TESTS
def pushed(student, memory, written, samples):
    """The student's new memory and count, as plain values of the right shape."""
    answer = student.call("ring_push", memory, written, samples)
    new, count = as_tuple(answer, "ring_push(), which gives memory and written,", 2)
    new = as_array(new, "the memory", shape=(len(memory),), kinds="iuf")
    return new, as_whole(count, "written")


def expect_this_read(student, memory, written, start, n, expected):
    """ring_read gives the expected samples, or None where None is expected."""
    got = student.call("ring_read", memory, written, start, n)
    where = f"ring_read() of {n} from {start}, {written} written, capacity {len(memory)}"
    if expected is None:
        expect(got is None, where=where, expected=None, got=got)
        return
    expect(got is not None, where=where, expected=expected, got=None)
    read = as_array(got, where, shape=(n,), kinds="iuf")
    expect_each(read, expected, lambda i: f"{where}, sample {i} of them")


@check(
    exercise=1,
    points=5,
    title="The ring gives back its latest samples in order, and None for what it lost",
    hint=REREAD_RING,
)
def ring_gives_back_the_latest_samples(student):
    # Samples 0 to 10 are 50, 20, 90, 40, 70, 10, 80, 30, 60, 25, 15; a ring of 4 keeps the last four.
    # Written down from the task's text: what each push brings, then (start, n, what is read).
    story = (
        ([50, 20, 90], (
            (0, 3, [50, 20, 90]), (1, 1, [20]), (2, 2, None), (3, 1, None),
        )),
        ([40, 70, 10], (
            (2, 4, [90, 40, 70, 10]), (2, 1, [90]), (3, 2, [40, 70]), (5, 1, [10]),
            (1, 2, None), (1, 4, None), (3, 4, None), (5, 2, None), (6, 1, None),
        )),
        ([80], (
            (3, 4, [40, 70, 10, 80]), (3, 1, [40]), (4, 3, [70, 10, 80]), (2, 1, None), (6, 2, None),
        )),
        ([30, 60, 25, 15], (
            (7, 4, [30, 60, 25, 15]), (7, 1, [30]), (8, 2, [60, 25]), (10, 1, [15]),
            (6, 1, None), (6, 4, None), (9, 3, None), (11, 1, None),
        )),
    )  # fmt: skip
    memory, written = np.zeros(4, int), 0
    for (new, reads), expected in zip(story, (3, 6, 7, 11), strict=True):
        memory, written = pushed(student, memory, written, np.array(new))
        expect(written == expected, where="written", expected=expected, got=written)
        for start, n, samples in reads:
            expect_this_read(student, memory, written, start, n, samples)


### BEGIN HIDDEN TESTS
def expect_read(student, memory, written, start, n, everything):
    """ring_read gives what a list that forgets nothing gives, or None where a sample is lost."""
    there = written - len(memory) <= start and start + n <= written
    expected = everything[start : start + n] if there else None
    expect_this_read(student, memory, written, start, n, expected)


def stream(student, samples, pieces, size, hop, capacity):
    """The complete frames of a stream, each read as soon as it is there."""
    memory, written, start, rows = np.zeros(capacity, samples.dtype), 0, 0, []
    for piece in pieces:
        memory, written = pushed(student, memory, written, piece)
        while start + size <= written:
            row = student.call("ring_read", memory, written, start, size)
            expect(row is not None)
            rows.append(as_array(row, "ring_read()", shape=(size,), kinds="iuf"))
            start += hop
    expect(written == len(samples))
    return np.array(rows).reshape(len(rows), size)


@check(
    exercise=1,
    points=10,
    title="Streaming equals batch: pieces of any size give the frames of the recording",
    visible=False,
)
def streaming_equals_batch(student):
    rng = np.random.default_rng(302)
    for size, hop, spare in ((16, 8, 0), (12, 5, 7), (7, 7, 20), (20, 1, 3)):
        samples = rng.integers(-32768, 32768, 130).astype(np.int16)
        n = len(samples) - size
        complete = [samples[i : i + size] for i in range(0, n + 1, hop)]
        pieces, at = [], 0
        while at < len(samples):  # pieces that never lose a frame: at most what is spare, or a hop
            step = int(rng.integers(0, spare + 2))
            pieces.append(samples[at : at + step])
            at += step
        expect(np.array_equal(stream(student, samples, pieces, size, hop, size + spare), complete))
    everything = rng.integers(-1000, 1000, 300)
    for n_old, n_new in ((0, 11), (5, 40), (13, 100), (40, 8), (3, 0)):  # longer than the memory
        memory, written = pushed(student, np.zeros(8, int), 0, everything[:n_old])
        memory, written = pushed(student, memory, written, everything[n_old : n_old + n_new])
        expect(written == n_old + n_new)
        for start in range(max(0, written - 10), written + 1):
            expect_read(student, memory, written, start, 3, everything)


### END HIDDEN TESTS
# ------------------------------------------------------------------------ exercise 2: mel_weights


def expect_these_weights(student, arguments, expected):
    expected = np.asarray(expected)
    what = f"mel_weights{arguments}"
    got = as_array(student.call("mel_weights", *arguments), what, shape=expected.shape,
                   kinds="iuf")  # fmt: skip
    expect_each(got, expected, lambda m, k: f"{what}, band {m}, bin {k}", within=NEAR)


@check(
    exercise=2,
    points=5,
    title="mel_weights has its corners equally far apart in mel, and bands that sum to 1",
    hint=REREAD_MEL,
)
def mel_weights_of_two_bands(student):
    # By decimal arithmetic with 40 digits. 4000 Hz are 2146.06 mel. In thirds, the corners are at 0,
    # 620.58, 1791.33 and 4000 Hz, and bins are 500 Hz apart.
    two = [
        [0, 0.4655988673464, 0.3906006100297, 0.1438005226239, 0, 0, 0, 0, 0],
        [0, 0, 0.0970584880450, 0.2249621750581, 0.2711917347588, 0.2033938010691,
         0.1355958673794, 0.0677979336897, 0],
    ]  # fmt: skip
    # In quarters: 0, 426.80, 1113.84, 2219.77 and 4000 Hz; bins are 400 Hz apart.
    three = [
        [0, 0.6723106077562, 0.3276893922438, 0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0.2442004253151, 0.4145323556727, 0.2519331915616, 0.0893340274506, 0, 0, 0, 0, 0],
        [0, 0, 0, 0.0218502564439, 0.1232855848904, 0.2247209133369, 0.2520572981315,
         0.1890429735987, 0.1260286490658, 0.0630143245329, 0],
    ]  # fmt: skip
    expect_these_weights(student, (16, 8000, 2, 0, 4000), two)
    expect_these_weights(student, (20, 8000, 3, 0, 4000), three)


### BEGIN HIDDEN TESTS
def weights_by_hand(n_fft, rate_hz, n_mels, low_hz, high_hz):
    """Corner by corner and bin by bin."""
    mels = [2595 * math.log10(1 + hz / 700) for hz in (low_hz, high_hz)]
    step = (mels[1] - mels[0]) / (n_mels + 1)
    corners = [700 * (10 ** ((mels[0] + i * step) / 2595) - 1) for i in range(n_mels + 2)]
    rows = np.zeros((n_mels, n_fft // 2 + 1))
    for m in range(n_mels):
        left, middle, right = corners[m : m + 3]
        for k in range(n_fft // 2 + 1):
            hz = k * rate_hz / n_fft
            if left < hz <= middle:
                rows[m, k] = (hz - left) / (middle - left)
            elif middle < hz < right:
                rows[m, k] = (right - hz) / (right - middle)
    return rows / rows.sum(axis=1, keepdims=True)


def expect_weights(student, *arguments):
    expect_these_weights(student, arguments, weights_by_hand(*arguments))


@check(
    exercise=2,
    points=8,
    title="mel_weights follows rate, length, limits and number of bands",
    visible=False,
)
def mel_weights_follow_their_arguments(student):
    for arguments in (
        (256, 8000, 20, 60, 4000), (400, 16000, 26, 20, 8000), (512, 16000, 10, 300, 3400),
        (255, 11025, 8, 100, 5000), (128, 4000, 4, 0, 1500),
    ):  # fmt: skip
        expect_weights(student, *arguments)


### END HIDDEN TESTS
# ------------------------------------------------------------------------ exercise 3: power, mfcc


def asked_power(student, frames):
    n, size = np.shape(frames)
    answer = student.call("power", frames)
    return as_array(answer, "power()", shape=(n, size // 2 + 1), kinds="iuf").astype(float)


def asked_mfcc(student, bands, n_mfcc):
    answer = student.call("mfcc", bands, n_mfcc)
    return as_array(answer, "mfcc()", shape=(len(bands), n_mfcc), kinds="iuf").astype(float)


def expect_near(got, expected, place):
    """Each row as expected, to within rounding of the largest entry."""
    size = max(1.0, float(np.max(np.abs(expected), initial=0)))
    expect_each(got, expected, place, within=NEAR * size, rows=True)


@check(exercise=3, points=4, title="power and mfcc are right for small cases", hint=REREAD_POWER)
def power_and_mfcc_of_small_cases(student):
    frames = np.array([[1.0, 1, 1, 1], [1, -1, 1, -1], [1, 0, -1, 0], [2, 0, 0, 0]])
    # (2, 0, 0, 0): each of the four frequencies has (2 / 4)^2; the middle bin stands for two.
    expected = np.array([[1.0, 0, 0], [0, 0, 1], [0, 0.5, 0], [0.25, 0.5, 0.25]])
    expect_near(asked_power(student, frames), expected, lambda i: f"power of {frames[i]}")
    bands = np.array([[100.0, 100, 100, 100], [100, 1, 1, 100]])
    # 20, 0, 0, 20 dB: the mean of 10 times 2; nothing is odd; cos(pi/4) four times, sqrt(1/2).
    expected = np.array([[40.0, 0, 0], [20, 0, 20]])
    expect_near(asked_mfcc(student, bands, 3), expected, lambda i: f"mfcc of bands {bands[i]}")


### BEGIN HIDDEN TESTS
@check(
    exercise=3,
    points=6,
    title="Parseval: the bins of a frame sum to the mean of its squares, for even and odd sizes",
    visible=False,
)
def power_obeys_parseval(student):
    rng = np.random.default_rng(303)
    for size in (256, 64, 63, 17, 2, 5):
        frames = rng.normal(0, 1000, (3, size))
        got = asked_power(student, frames)
        expect_near(got.sum(axis=1), np.mean(frames**2, axis=1), lambda i: f"Parseval, frame {i}")
        # Not the sum alone: each bin is twice or once what a slow transform gives.
        k, i = np.arange(size // 2 + 1)[:, None], np.arange(size)
        slow = np.abs(frames @ np.exp(-2j * np.pi * k * i / size).T / size) ** 2
        times = np.where((k.ravel() == 0) | (2 * k.ravel() == size), 1, 2)
        expect_near(got, slow * times, lambda i: f"power of frame {i}")
        tripled = asked_power(student, 3 * frames)
        expect_near(tripled, 9 * got, lambda i: f"power of three times frame {i}")


@check(
    exercise=3,
    points=7,
    title="mfcc is linear in decibels, limits silence, and takes each frame by itself",
    visible=False,
)
def mfcc_is_linear_in_decibels(student):
    rng = np.random.default_rng(304)
    for n_bands, n_mfcc in ((20, 10), (13, 13), (7, 1)):
        a, b = 10 ** rng.uniform(-3, 9, (2, 5, n_bands))
        first, second = (asked_mfcc(student, x, n_mfcc) for x in (a, b))
        product, alone = asked_mfcc(student, a * b, n_mfcc), asked_mfcc(student, a[2:3], n_mfcc)
        expect_near(product, first + second, lambda i: f"mfcc of a product, frame {i}")
        expect_near(alone, first[2:3], lambda _: "mfcc of a frame alone")
        slow = [[sum(10 * math.log10(x) * math.cos(math.pi * j * (m + 0.5) / n_bands)
                     for m, x in enumerate(row)) * math.sqrt((1 if j == 0 else 2) / n_bands)
                 for j in range(n_mfcc)] for row in a]  # fmt: skip
        expect_near(first, slow, lambda i: f"mfcc of frame {i}")
    silent = asked_mfcc(student, np.array([[0.0] * 4, [1e-12] * 4, [1e-9] * 4]), 2)
    expect_near(silent, [[-200.0, 0], [-200, 0], [-180, 0]], lambda i: f"silence, frame {i}")


### END HIDDEN TESTS
# ------------------------------------------------------------------- exercise 4: q_mul, the board


def expect_these_products(student, a, b, n_bits, expected):
    answer = student.call("q_mul", a, b, n_bits)
    got = as_array(answer, "q_mul()", shape=(len(a),), kinds="iu")
    expect_each(got, expected, lambda i: f"{a[i]} times {b[i]} with {n_bits} bits")


@check(
    exercise=4,
    points=5,
    title="q_mul rounds to nearest and saturates, in Q15 and with 8 bits",
    hint=REREAD_PRODUCT,
)
def q_mul_of_worked_values(student):
    a = np.array([16384, -32768, -32768, 1, -1, -3, 0, 300], np.int16)
    b = np.array([16384, -32768, 32767, 16384, 16384, 16384, 5, -500], np.int16)
    # In units: 8192; 32768 is too large; -32767; 0.5, -0.5 and -1.5, upwards; 0; -4.58.
    expect_these_products(student, a, b, 16, [8192, 32767, -32767, 1, 0, -1, 0, -5])
    # 32; 128 is too large; 78.125; -10.5, upwards.
    a, b = np.array([64, -128, 100, 21]), np.array([64, -128, 100, -64])
    expect_these_products(student, a, b, 8, [32, 127, 78, -10])


### BEGIN HIDDEN TESTS
def product_by_hand(a, b, n_bits):
    """In Python's integers, which have no limit: floor(x + 1/2), then the limits."""
    one = 2 ** (n_bits - 1)
    return min(one - 1, max(-one, (2 * a * b + one) // (2 * one)))


def expect_products(student, a, b, n_bits):
    expected = [product_by_hand(int(x), int(y), n_bits) for x, y in zip(a, b, strict=True)]
    expect_these_products(student, a, b, n_bits, expected)


@check(
    exercise=4,
    points=12,
    title="q_mul is right for every word length from 2 to 32 bits",
    visible=False,
)
def q_mul_is_right_for_every_word_length(student):
    rng = np.random.default_rng(305)
    for n_bits in range(LEAST_BITS, MOST_BITS + 1):
        one = 2 ** (n_bits - 1)
        a, b = rng.integers(-one, one, (2, 60))
        # The last pair is a unit of the long product below a half: doubles cannot tell, 32 bits.
        ends = np.array([-one, -one, one - 1, -one, one // 2, -1, 1, 0, one - 1])
        others = np.array([-one, one - 1, one - 1, -1, 1, one // 2, one // 2, -one, one // 2 + 1])
        others = np.minimum(others, one - 1)
        expect_products(student, np.concatenate([ends, a]), np.concatenate([others, b]), n_bits)
    every = np.arange(-128, 128)  # all 65,536 products of 8 bits, as a table of all with all
    expected = np.array([[product_by_hand(int(x), int(y), 8) for y in every] for x in every])
    answer = student.call("q_mul", every[:, None].astype(np.int8), every.astype(np.int8), 8)
    expect((as_array(answer, "q_mul()", shape=(256, 256), kinds="iu") == expected).all())


### END HIDDEN TESTS
def expect_equal_to_board(student, samples, window, n_zeros):
    """device_features gives the board's integers, frame by frame; n_zeros fill the last frame."""
    filled = np.concatenate([samples, np.zeros(n_zeros, np.int16)])
    board = tml.features.on_board(filled, SETTINGS, window=window)
    # Not the student's doing: the check must end as a grader error.
    host = q15.windowed(tml.features.frames(filled, SETTINGS), window)
    host = q15.log_mel_of_frames(host, SETTINGS)
    assert np.array_equal(board, host), "the board and the host's integers differ"
    answer = student.call("device_features", samples, window)
    if answer is None:
        raise StudentError("device_features() gave nothing: frame or q_mul is not done yet.")
    got = as_array(answer, "device_features()", shape=board.shape, kinds="iu")
    what = f"{np.sum(got != board)} of {board.size} integers differ from the board's; the first in"
    expect_each(got, board, lambda i, band: f"{what} frame {i}, band {band}")


@check(
    exercise=4,
    points=5,
    title="Your features of a machine are those of the board, bit for bit",
    hint=REREAD_BOARD,
)
def features_equal_the_board_on_a_machine(student):
    window = q15.to_q15(tml.features.hann(256))
    machine = signals.vibration(seed=31, worn=True).samples
    # Frame 22 ends at 22 * 128 + 256 = 3072, frame 2 at 512.
    expect_equal_to_board(student, machine[:3000], window, 72)
    expect_equal_to_board(student, machine[4000:4500], window, 12)


### BEGIN HIDDEN TESTS
@check(
    exercise=4,
    points=10,
    title="Your features equal the board's on loud, quiet and extreme signals and other windows",
    visible=False,
)
def features_equal_the_board_at_the_limits(student):
    rng = np.random.default_rng(306)
    window = rng.integers(-32768, 32768, 256).astype(np.int16)
    window[:64] = -32768
    i = np.arange(700)
    for samples in (
        rng.integers(-32768, 32768, 700), np.full(700, -32768), np.full(700, 32767),
        np.where(i % 2, 32767, -32768), rng.integers(-30, 31, 700),
        signals.cough(seed=306).samples[:700], np.full(100, -32768),
    ):  # fmt: skip
        samples = np.asarray(samples, np.int16)
        n_zeros = (len(frames_by_hand(samples, 256, 128)) - 1) * 128 + 256 - len(samples)
        expect_equal_to_board(student, samples, window, n_zeros)


### END HIDDEN TESTS
