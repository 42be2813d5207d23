# %% [markdown] nbgrader={"grade": false, "grade_id": "card", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # A03 Sensors to features
#
# *Do your own lines hear what the board hears, to the last bit?*
#
# | | |
# |---|---|
# | Lessons | 05 *Sensors and DSP* |
# | Points | 100: 90 by machine, 10 by a person |
# | Time | about 3 hours; the notebook runs in a few seconds |
# | Needs | `tinymledu` and NumPy. No TensorFlow, no network, no board |
# | Limits for grading | 40 s for the whole notebook, 28 s for one cell |
#
# You build the way from samples to features: frames, a ring for streams, mel bands, MFCC, and a
# product in fixed point. In exercise 4, a virtual board computes the same in C, and your integers must
# be equal to its own.
#
# **What is collected:** the five answer cells and your text in exercise 5. Nothing else in this
# notebook is taken, so put imports and helper functions into the same cell as the function. A later
# function may call an earlier one.

# %% [markdown] nbgrader={"grade": false, "grade_id": "honour", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Honour and help
#
# Talk with others about ideas; write the code yourself, with NumPy. `np.fft` is allowed. Calling
# `tml.features` or `tml.streaming` is not an answer: it stops with an error in grading. Say in
# exercise 5 who or what helped you, programs included. Your functions are called with signals, sizes
# and windows that are not in this notebook. An answer that is written down and not computed earns
# nothing.
#
# All signals are **synthetic**: made from formulas.

# %% tiny={"budget_s": 5, "output": "text", "role": "setup"} nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
import numpy as np

import tinymledu as tml
from tinymledu.datasets import signals
from tinymledu.features import q15

SETTINGS = tml.features.Settings(rate_hz=8000, frame_samples=256, hop_samples=128, n_mels=20)
machine = signals.vibration(seed=3, worn=True)  # to try things on
print(machine)

# %% tiny={"budget_s": 2, "output": "none", "role": "check"} nbgrader={"grade": false, "grade_id": "load_checks", "locked": true, "schema_version": 3, "solution": false, "task": false}
from tinymledu.course.home import load_checks

check = load_checks("checks.py", globals())

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_1", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 1: frames, in one piece and as a stream (28 points)
#
# Write `frame(samples, size, hop)`. It cuts a recording `(n,)` into frames of `size` samples. A frame
# begins every `hop` samples, from sample 0 on; `hop` is 1 to `size`. The first frame that reaches the
# end of the recording is the last one, and what it lacks is filled with zeros. No sample is lost.
# Return `(n_frames, size)`, of the same type as the samples. A recording without samples has no frames.
#
# **Worked value:** `frame([1, 2, 3, 4, 5, 6], 4, 3)` is `[[1, 2, 3, 4], [4, 5, 6, 0]]`.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "frame", "locked": false, "schema_version": 3, "solution": true, "task": false}
def frame(samples, size, hop):
    """Cut a recording into overlapping frames.

    TODO: all frames, the last one filled up with zeros.
    APPROACH: lesson 05, section 2. How many hops does it take until size more samples reach n?
    EXAMPLE: frame([1, 2, 3, 4, 5, 6], 4, 3) -> array([[1, 2, 3, 4], [4, 5, 6, 0]])
    """
    ### BEGIN SOLUTION
    samples = np.asarray(samples)
    n_hops = max(0, -(-(len(samples) - size) // hop))
    n_frames = n_hops + 1 if len(samples) else 0
    filled = np.zeros(n_hops * hop + size, samples.dtype)
    filled[: len(samples)] = samples
    return np.array(
        [filled[i * hop : i * hop + size] for i in range(n_frames)], samples.dtype
    ).reshape(n_frames, size)
    ### END SOLUTION


# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "frame_loses_no_sample", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
check("frame_loses_no_sample")

# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "frame_works_for_any_size_and_hop", "locked": true, "points": 7, "schema_version": 3, "solution": false, "task": false}
# Hidden check: other sizes, hops and types; no samples at all.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A03_sensors_to_features/checks.py", globals())
all_checks("frame_works_for_any_size_and_hop")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_1_ring", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Now the stream. `memory` is an array of `capacity` samples, and `written` counts the samples that have
# arrived so far. Sample 0 came first; sample *s* lies at place *s* modulo `capacity`.
#
# - `ring_push(memory, written, samples)` returns the new memory and the new count. `samples` may be
#   empty, or longer than the memory: then the newest stay.
# - `ring_read(memory, written, start, n)` returns samples `start` to `start + n - 1` in order of time,
#   or `None` if one of them has not arrived yet, or was overwritten.
#
# **Worked value:** into a memory of four zeros, push 1, 2, 3: it is `[1, 2, 3, 0]`, with 3 written.
# Push 4, 5, 6: it is `[5, 6, 3, 4]`, with 6 written. Then `ring_read(memory, 6, 2, 4)` gives
# `[3, 4, 5, 6]`, and `ring_read(memory, 6, 1, 2)` gives `None`: sample 1, whose value was 2, is lost.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "ring", "locked": false, "schema_version": 3, "solution": true, "task": false}
def ring_push(memory, written, samples):
    """Take in samples; returns the new memory and the new count.

    TODO: put each sample in its place.
    APPROACH: lesson 05, section 3. The places of all new samples are an array, modulo capacity.
    EXAMPLE: ring_push(np.zeros(4, int), 0, [1, 2, 3]) -> (array([1, 2, 3, 0]), 3)
    """
    ### BEGIN SOLUTION
    memory = np.array(memory)
    numbers = np.arange(written, written + len(samples))[-len(memory) :]
    memory[numbers % len(memory)] = np.asarray(samples)[-len(memory) :]
    return memory, written + len(samples)
    ### END SOLUTION


def ring_read(memory, written, start, n):
    """Samples start to start + n - 1, or None."""
    ### BEGIN SOLUTION
    memory = np.asarray(memory)
    if start + n > written or start < written - len(memory):
        return None
    return memory[np.arange(start, start + n) % len(memory)]
    ### END SOLUTION


# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "ring_gives_back_the_latest_samples", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
check("ring_gives_back_the_latest_samples")

# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "streaming_equals_batch", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
# Hidden check: pieces of any size give the frames of the whole recording.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A03_sensors_to_features/checks.py", globals())
all_checks("streaming_equals_batch")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_2", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 2: mel bands (13 points)
#
# Write `mel_weights(n_fft, rate_hz, n_mels, low_hz, high_hz)`. It returns `(n_mels, n_fft // 2 + 1)`:
# the weight of each bin in each band. Bin *k* is at `k * rate_hz / n_fft` hertz.
#
# - A frequency *f* has `2595 * log10(1 + f / 700)` mel. The corners of all triangles are equally far
#   apart in mel, from `low_hz` to `high_hz`; there are `n_mels + 2` of them.
# - Band *m* is 0 up to corner *m*. It rises in a straight line over **hertz** to corner *m + 1*. Then it
#   falls to corner *m + 2*, and is 0 from there.
# - Then each band is divided by the sum of its weights, so that it is a *mean* of its bins.
#
# **Worked value:** `mel_weights(16, 8000, 2, 0, 4000)` has corners at 0, 620.6, 1791.3 and 4000 Hz. Bin
# 1 of band 0, at 500 Hz, has 500 / 620.6 = 0.806 before the division, and 0.466 after it.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "mel_weights", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mel_weights(n_fft, rate_hz, n_mels, low_hz, high_hz):
    """Weights of the bins in each mel band; each row sums to 1.

    TODO: corners, triangles, division.
    APPROACH: lesson 05, section 4. np.linspace in mel, then back to hertz; np.minimum of a rising
        and a falling line, np.maximum with 0.
    EXAMPLE: mel_weights(16, 8000, 2, 0, 4000)[0, 1] -> 0.4655...
    """
    ### BEGIN SOLUTION
    low, high = (2595 * np.log10(1 + hz / 700) for hz in (low_hz, high_hz))
    corners = 700 * (10 ** (np.linspace(low, high, n_mels + 2) / 2595) - 1)
    bins = np.arange(n_fft // 2 + 1) * rate_hz / n_fft
    left, middle, right = corners[:-2, None], corners[1:-1, None], corners[2:, None]
    rising, falling = (bins - left) / (middle - left), (right - bins) / (right - middle)
    triangles = np.maximum(0, np.minimum(rising, falling))
    return triangles / triangles.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "mel_weights_of_two_bands", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
check("mel_weights_of_two_bands")

# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "mel_weights_follow_their_arguments", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
# Hidden check: other rates, lengths, limits and numbers of bands.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A03_sensors_to_features/checks.py", globals())
all_checks("mel_weights_follow_their_arguments")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_3", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 3: power and MFCC (17 points)
#
# Write `power(frames)` for frames `(n, size)`, and `mfcc(bands, n_mfcc)` for powers of bands
# `(n, n_bands)`.
#
# - `power` returns `(n, size // 2 + 1)`: the squared magnitude of `np.fft.rfft(frames) / size`. A bin
#   that stands for two frequencies, *f* and its mirror image, counts **twice**. Then the bins of a frame
#   sum to the mean of its squared samples (Parseval). Which bins stand for one only? It depends on
#   whether `size` is even.
# - `mfcc` returns `(n, n_mfcc)`. First come decibels, `10 * log10` of each band; a power below `1e-10`
#   counts as `1e-10`. Then comes the cosine transform, for *j* = 0, 1, ...: the sum over bands *m* of
#   `decibels[m] * cos(pi * j * (m + 0.5) / n_bands)`, times `sqrt(2 / n_bands)`. For *j* = 0 the last
#   factor is `sqrt(1 / n_bands)` instead.
#
# **Worked value:** the frame `[1, 1, 1, 1]` has power `[1, 0, 0]`, and `[1, -1, 1, -1]` has `[0, 0, 1]`.
# Four bands of power 100 are 20 dB each, so `mfcc` gives 40 first and then zeros.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "mfcc", "locked": false, "schema_version": 3, "solution": true, "task": false}
def power(frames):
    """Power of each bin, (n, size // 2 + 1); a frame's bins sum to its mean square.

    TODO: squared magnitudes, some of them twice.
    APPROACH: lesson 05, section 4, Parseval.
    EXAMPLE: power([[1, 1, 1, 1]]) -> array([[1., 0., 0.]])
    """
    ### BEGIN SOLUTION
    frames = np.asarray(frames, float)
    size = frames.shape[1]
    squares = np.abs(np.fft.rfft(frames) / size) ** 2
    squares[:, 1 : (size + 1) // 2] *= 2
    return squares
    ### END SOLUTION


def mfcc(bands, n_mfcc):
    """Cosine transform of the bands' decibels, (n, n_mfcc)."""
    ### BEGIN SOLUTION
    decibels = 10 * np.log10(np.maximum(1e-10, bands))
    n = decibels.shape[1]
    angles = np.pi * np.outer(np.arange(n) + 0.5, np.arange(n_mfcc)) / n
    heights = np.sqrt(np.where(np.arange(n_mfcc) == 0, 1, 2) / n)
    return decibels @ (np.cos(angles) * heights)
    ### END SOLUTION


# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "power_and_mfcc_of_small_cases", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check("power_and_mfcc_of_small_cases")

# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "power_obeys_parseval", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
# Hidden check: the bins sum to the mean square, for even and odd sizes.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A03_sensors_to_features/checks.py", globals())
all_checks("power_obeys_parseval")
### END HIDDEN TESTS

# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "mfcc_is_linear_in_decibels", "locked": true, "points": 7, "schema_version": 3, "solution": false, "task": false}
# Hidden check: decibels add up, and each frame counts by itself.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A03_sensors_to_features/checks.py", globals())
all_checks("mfcc_is_linear_in_decibels")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_4", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 4: fixed point, and the board (32 points)
#
# Write `q_mul(a, b, n_bits)` for integers of `n_bits` bits, 2 to 32, from `-2**(n_bits - 1)` to
# `2**(n_bits - 1) - 1`. An integer stands for its value divided by `2**(n_bits - 1)`; with 16 bits that
# is Q15. `a` and `b` are arrays, of any integer type, that NumPy can multiply with each other; the result
# is an array of integers.
#
# Round to nearest, halves **upwards** (towards plus infinity). What is too large becomes the largest:
# it saturates.
#
# **Worked value:** with 16 bits, 16384 times 16384 is 8192; -32768 times -32768 is 32767; 1 times 16384
# is 1, and -1 times 16384 is 0. With 8 bits, 64 times 64 is 32.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "q_mul", "locked": false, "schema_version": 3, "solution": true, "task": false}
def q_mul(a, b, n_bits):
    """Fixed-point products, rounded and saturated.

    TODO: product, half a unit, shift, limit.
    APPROACH: lesson 05, section 6. int16 arrays multiply in 16 bits: convert them first.
    EXAMPLE: q_mul([16384, -32768], [16384, -32768], 16) -> array([8192, 32767])
    """
    ### BEGIN SOLUTION
    wide = np.asarray(a).astype(np.int64) * np.asarray(b).astype(np.int64)
    rounded = (wide + (1 << (n_bits - 2))) >> (n_bits - 1)
    return np.clip(rounded, -(2 ** (n_bits - 1)), 2 ** (n_bits - 1) - 1)
    ### END SOLUTION


# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "q_mul_of_worked_values", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
check("q_mul_of_worked_values")

# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "q_mul_is_right_for_every_word_length", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
# Hidden check: rounding and saturation, 2 to 32 bits.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A03_sensors_to_features/checks.py", globals())
all_checks("q_mul_is_right_for_every_word_length")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "board", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Nothing more to write. `device_features` is given: your frames, times a window by your product, then
# the FFT, mel bands and logarithm of `tml.features.q15`. The board has all of that in C. The checks ask
# for both, on one recording, and count the integers that differ.
#
# If the numbers differ: look at the first frame alone, before the FFT. Is it 256 integers, and is each
# one a rounded product?


# %% tiny={"budget_s": 10, "output": "text", "role": "run"} nbgrader={"grade": false, "grade_id": "device_features", "locked": true, "schema_version": 3, "solution": false, "task": false}
def device_features(samples, window):
    """Log-mel features in integers, (n_frames, 20), with your frame and your q_mul."""
    framed = frame(np.asarray(samples), 256, 128)
    if framed is None or q_mul(framed[:1], window, 16) is None:
        return None
    return q15.log_mel_of_frames(q_mul(framed, window, 16), SETTINGS)


hann = q15.to_q15(tml.features.hann(256))
mine = device_features(machine.samples[:2048], hann)
if mine is not None:
    board = tml.features.on_board(machine.samples[:2048], SETTINGS, window=hann)
    print(np.sum(mine != board), "of", board.size, "integers differ from the board")

# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "features_equal_the_board_on_a_machine", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
check("features_equal_the_board_on_a_machine")

# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "features_equal_the_board_at_the_limits", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
# Hidden check: loud, quiet and extreme signals, another window.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A03_sensors_to_features/checks.py", globals())
all_checks("features_equal_the_board_at_the_limits")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_5", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 5: reflect (10 points, read by a person)
#
# In at most 150 words:
#
# - Your model was trained at 8,000 Hz. Somebody builds the device with a microphone of 16,000 Hz and
#   leaves all else as it is. What do the features show, and how would you notice? (4)
# - Where does 16-bit fixed point lose most, and what could the device do about it? (3)
# - Name one thing about real machines that your features on synthetic signals cannot tell you. Say who
#   or what helped you. (3)

# %% [markdown] nbgrader={"grade": true, "grade_id": "reflection", "locked": false, "points": 10, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# Every frequency seems half of what it is. A frame covers half of the time, so a tone of 2,000 Hz lies
# in the bin of 1,000 Hz. Nothing crashes; a known recording, with its features kept, would tell.
# Quiet sounds lose most, because the unit stays the same: amplify, or scale each frame by a power of
# two. Full marks name an own example for each point, not a general remark.
# ### END SOLUTION
