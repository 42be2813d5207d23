# %% [markdown]
# # 05 · Sensors and DSP
#
# *What does a device hear, and is it the same that its model was trained on?*

# %% [markdown]
# | | |
# |---|---|
# | For whom | you know NumPy arrays and the sine; no signal processing, no C |
# | Time | 120 minutes in class; the cells run in less than a minute on 2 cores |
# | Profile | *lite*: no TensorFlow |
# | Needs | no Internet, no board, no account |
# | Serves | S21, S25, S26, S29, S42 |
#
# **After this lesson you can**
# 1. *explain* aliasing, frames and windows (understand);
# 2. *compute* a power spectrum, mel bands and MFCC, each step a line (apply);
# 3. *convert* a stage to 16-bit fixed point, and *bound* its error (analyse);
# 4. *verify* that host and device compute the same features, bit for bit (evaluate).
#
# Marks in the headings say what you do: **P** predict, **R** run, **I** investigate, **Mo**
# modify, **Ma** make.

# %% [markdown]
# ## Why
#
# Linh looks after the machines of a rice mill in Cần Thơ. A bearing that wears out can be heard
# before it breaks. On her laptop, a model tells worn bearings from good ones without a mistake. She
# puts the model on a board, and there it only guesses. No program has stopped, no message appeared.
#
# The model is the same. What goes *into* it is not. Between sensor and model lie some steps, called
# *digital signal processing* (DSP). You will build them, let the failure of Linh happen, and see
# how to make sure that it does not.
#
# All signals here are **synthetic**: made from formulas. What you find says nothing about real
# machines, coughs or hearts.

# %% tiny={"role": "setup", "budget_s": 5, "output": "none"}
# Imports, and how features are made in this lesson.
import json

import numpy as np

import tinymledu as tml
from tinymledu import exploration, features
from tinymledu.boards.profile import profile
from tinymledu.datasets import signals
from tinymledu.features import q15
from tinymledu.statistics import wilson_interval

SEED = 7  # another seed, other signals
SETTINGS = features.Settings(rate_hz=8000, frame_samples=256, hop_samples=128, n_mels=20)

# %% tiny={"role": "run", "budget_s": 3, "output": "figure"}
# What sensors could give, here synthetic: four kinds of signal, as numbers from -1 to 1.
heard = {"cough": signals.cough(seed=SEED), "vibration": signals.vibration(seed=SEED),
         "heart beats (ECG)": signals.ecg(seed=SEED),
         "keyword": signals.keyword("maji", seed=SEED)}  # fmt: skip
rows = [("synthetic", "length (s)", "rate (Hz)", "samples")]
with exploration.figure.canvas(width=9, height=2.6, columns=4) as (fig, places):
    for axes, (kind, one) in zip(places, heard.items(), strict=True):
        axes.plot(np.arange(len(one.samples)) / one.rate_hz, one.samples / 32768, lw=0.6)
        axes.set(title=kind, xlabel="time (s)", ylabel="amplitude (no unit)", ylim=(-1, 1))
        rows.append((kind, one.seconds, one.rate_hz, len(one.samples)))
    fig.suptitle("Four signals, all synthetic", x=0.01, ha="left")
alt = "A cough bursts and fades; vibration never stops; a heart beats evenly; a word has letters."
tml.show(fig, alt=alt, table=rows)

# %% [markdown]
# ## Predict (P)
#
# Write your guesses **before** you run anything else. They are not marked.
#
# - A tone of 5,000 Hz is measured 8,000 times a second. Which frequency will you see?
# - Numbers get one bit more. By how many decibels does the rounding error fall? (Half of an
#   amplitude is 6 dB less, a tenth 20 dB less.)
# - A model is trained with one kind of logarithm, its device computes another. Of 100 answers, how
#   many are right? Guessing gives 50.

# %% tiny={"role": "predict", "budget_s": 1, "output": "text"}
# Replace each None by your guess, then run the cell.
predictions = {
    "frequency_seen_hz": None,  # a number of hertz
    "decibels_for_a_bit": None,  # a number above 0
    "right_of_100_with_another_logarithm": None,  # a number from 0 to 100
}
written = sum(guess is not None for guess in predictions.values())
print(f"{written} of {len(predictions)} predictions written.")

# %% [markdown]
# ## 1 · Sampling, and ghosts (P, R, I, Mo, Ma)
#
# **See.** A sensor is *sampled*: read at equal times. The *rate* is the number of samples in a
# second, in hertz (Hz). A *tone* is a sine of one frequency.
#
# **Predict.** How do the samples of a tone of 5,000 Hz differ from those of 3,000 Hz, both at a
# rate of 8,000 Hz?

# %% tiny={"role": "run", "budget_s": 2, "output": "text"}
# Two tones, the same rate. Every sample is an integer from -32768 to 32767 (16 bits).
high, low = signals.tone(5000), signals.tone(3000)
print("5,000 Hz:", high.samples[:8])
print("3,000 Hz:", low.samples[:8])
print("largest difference, one turned upside down:", np.abs(high.samples + low.samples).max())

# %% [markdown]
# **Explain.** They are the same numbers, one turned upside down. A whole turn more or less between
# two samples leaves no trace, so 5,000 Hz and 5,000 - 8,000 = -3,000 Hz cannot be told apart. What
# lies above half of the rate *folds* down. The copy is called an *alias*; we say ghost.
#
# **Run.** Here is a *spectrogram*: time to the right, frequency upwards, power as brightness.

# %% tiny={"role": "run", "budget_s": 3, "output": "figure"}
# A sweep, which is a tone that rises. Left: the world. Right: what the samples tell.
exploration.alias_figure(to_hz=7000, rate_hz=8000)

# %% [markdown]
# **Explain.** No program can take the ghost away afterwards: its samples are those of a true tone.
# A filter *before* sampling can. Many microphones have one inside; a bare analogue input has none.
#
# **Change (Mo).** Move the controls under the code: no filter, a sweep to 3,500 and to 16,000 Hz,
# another rate.

# %% tiny={"role": "modify", "budget_s": 5, "output": "figure"}
# The same sweep, with a filter before sampling.
exploration.widgets.aliases(filtered=True)

# %% [markdown]
# **Investigate (I).** "Twice the frequency is enough" is often said. In theory, a little more than
# twice is, for a signal that lasts for ever. A device looks at short pieces. How much of the tone
# does it see in 5 ms, and with how many samples for each turn?

# %% tiny={"role": "investigate", "budget_s": 2, "output": "text"}
# The largest sample in each piece of 5 ms, as a part of the tone's true amplitude.
print("tone (Hz)   samples a turn   largest sample in 5 ms, worst to best piece")
for hz in (500, 1000, 3000, 3900, 3990, 4000):
    pieces = np.abs(signals.tone(hz).samples / 16383).reshape(-1, 40)  # 40 samples: 5 ms
    peaks = pieces.max(axis=1)
    print(f"{hz:9}   {8000 / hz:14.2f}   {peaks.min():13.0%} to {peaks.max():.0%}")

# %% [markdown]
# **Explain.** At exactly twice the frequency, every sample may hit a zero: the tone is gone. Near
# it, the tone seems to come and go. Leave room: 2.5 times or more, and a filter.
#
# ### Exercise 1.1
#
# Write `fold`: the frequency at which a tone appears after sampling.


# %% tiny={"role": "make", "budget_s": 1, "output": "none"}
def fold(hz, rate_hz):
    """Frequency that is seen, from 0 to half of the rate.

    TODO: replace the line below.
    APPROACH: how far is hz from the nearest whole multiple of rate_hz? round() finds that.
    EXAMPLE: fold(5000, 8000) is 3000, and fold(9500, 8000) is 1500.
    """
    print(f"Not done yet: exercise 1.1, fold({hz}, {rate_hz})")


# %% tiny={"role": "test", "budget_s": 1, "output": "text"}
# Tested: below half of the rate nothing changes; above it, and far above, tones fold.
cases = [(3000, 8000, 3000), (5000, 8000, 3000), (9500, 8000, 1500), (130, 40, 10)]
if fold(5000, 8000) is not None:
    wrong = [case for case in cases if fold(*case[:2]) != case[2]]
    for hz, rate, expected in wrong:
        print(f"fold({hz}, {rate}): expected {expected}, got {fold(hz, rate)}")
    print("Reread section 1." if wrong else "The public test passed.")

# %% [markdown]
# ## 2 · Frames and windows (P, R, I, Ma)
#
# **See.** A sound changes, so we look at short pieces. A *frame* is 256 samples in a row, here 32
# ms. The next frame begins 128 samples later: the *hop*. Frames overlap, so that nothing lies only
# at an edge.
#
# **Run.** Choose a word in your language, written with the letters a to z. The program makes vowels
# from *formants*, the frequencies that a mouth strengthens.

# %% tiny={"role": "run", "budget_s": 3, "output": "figure"}
# A synthetic word. "maji" is Kiswahili for water; write your own. Which frame shows most?
WORD = signals.keyword("maji", seed=SEED)
frames = features.frames(WORD.samples, SETTINGS)
print(f"{len(WORD.samples)} samples make {len(frames)} frames of {frames.shape[1]}")
exploration.widgets.spectrogram(WORD.samples, WORD.rate_hz, title=WORD.title)

# %% [markdown]
# **Explain.** Short frames show when, long frames show which frequency; none shows both. And each
# frame cuts the sound off at both ends. The *Fourier transform* writes a frame as a sum of waves
# (section 4). It acts as if the frame were repeated for ever. Where its end meets its beginning,
# there is a jump. A *window* makes both ends small: multiply the frame by a bell of the same length
# (*Hann* window).
#
# **Predict.** A tone of 1,016 Hz lies between two frequencies of the transform. How far does its
# power spread, with and without a window?

# %% tiny={"role": "run", "budget_s": 3, "output": "figure"}
# The spectrum of one frame of a tone, cut off sharply and through a window.
frame = signals.tone(1016).samples[:256].astype(float)
sharp, soft = (
    10 * np.log10(power / power.max() + 1e-12)
    for power in map(features.power_spectrum, (frame, frame * features.hann(256)))
)
with exploration.figure.canvas(height=3.2) as (fig, axes):
    axes.plot(SETTINGS.bin_hz, sharp, "--", color=exploration.figure.ORANGE, label="cut off")
    axes.plot(SETTINGS.bin_hz, soft, color=exploration.figure.BLUE, label="Hann window")
    axes.set(xlabel="frequency (Hz)", ylabel="power (dB)", title="A tone of 1,016 Hz (synthetic)")
    axes.legend()
rows = [("Hz", "cut off (dB)", "Hann (dB)"), *np.round([SETTINGS.bin_hz, sharp, soft], 1).T[::8]]
alt = "Two lines of power by frequency peak at 1,016 Hz; windowed is some 60 dB lower at 3,000 Hz."
tml.show(fig, alt=alt, table=rows)

# %% [markdown]
# **Explain.** Cut off sharply, the tone leaks into all frequencies and hides weak neighbours. The
# window keeps it together, and makes the peak a little wider.
#
# ### Exercise 2.1
#
# Write `frame_starts`: where the complete frames of a recording begin.


# %% tiny={"role": "make", "budget_s": 1, "output": "none"}
def frame_starts(n_samples, size, hop):
    """List of the first sample of each complete frame.

    TODO: replace the line below.
    APPROACH: the last frame must end at n_samples at the latest; range(start, stop, step).
    EXAMPLE: frame_starts(10, 4, 3) is [0, 3, 6]; frame_starts(3, 4, 3) is [].
    """
    print(f"Not done yet: exercise 2.1, frame_starts({n_samples}, {size}, {hop})")


# %% tiny={"role": "test", "budget_s": 1, "output": "text"}
# Tested: a frame that just fits counts, one that is a sample too long does not.
cases = [((10, 4, 3), [0, 3, 6]), ((9, 4, 3), [0, 3]), ((3, 4, 3), []), ((8, 4, 9), [0])]
if frame_starts(10, 4, 3) is not None:
    wrong = [(case, best) for case, best in cases if list(frame_starts(*case)) != best]
    for case, best in wrong:
        print(f"frame_starts{case}: expected {best}, got {list(frame_starts(*case))}")
    print("Reread section 2." if wrong else "The public test passed.")

# %% [markdown]
# ## 3 · A stream has no end (R, I, Ma)
#
# **See.** A microphone gives samples in small pieces, for ever, and RAM is small. A *ring buffer*
# keeps the latest samples. Sample number *s* lies at place *s* modulo *capacity*, over an older
# one. `tml.streaming` has one, in Python and in C. It calls a frame a *window* of samples.
#
# **Run.** If a ring is right, then the frames of the stream are the frames of the recording,
# whatever the sizes of the pieces: *streaming = batch*. This one test catches most mistakes.

# %% tiny={"role": "run", "budget_s": 2, "output": "text"}
# The word arrives in pieces of random sizes.
rng = np.random.default_rng(SEED)
cuts = np.sort(rng.integers(0, len(WORD.samples), 50))
pieces = np.split(WORD.samples, cuts)
streamed = tml.streaming.windows(pieces, window_frames=256, hop_frames=128)
same = np.array_equal([window.samples[:, 0] for window in streamed], frames)
print(f"{len(pieces)} pieces of {min(map(len, pieces))} to {max(map(len, pieces))} samples")
print("streaming = batch:", same)

# %% [markdown]
# ### Exercise 3.1
#
# Write `ring_place` and `ring_has` for a ring in which `written` samples have arrived so far.
# Sample 0 was the first one.


# %% tiny={"role": "make", "budget_s": 1, "output": "none"}
def ring_place(sample, capacity):
    """Place of a sample in the memory. EXAMPLE: ring_place(11, 8) is 3."""
    print(f"Not done yet: exercise 3.1, ring_place({sample}, {capacity})")  # TODO


def ring_has(sample, written, capacity):
    """Whether the sample has arrived, and no newer one lies on top of it.

    EXAMPLE: with 10 written and capacity 8, samples 2 to 9 are there: ring_has(1, 10, 8) is False.
    """


# %% tiny={"role": "test", "budget_s": 1, "output": "text"}
# Tested against a list that forgets nothing.
if ring_place(11, 8) is not None:
    wrong = []
    for n in range(20):
        there = list(range(n))[-6:]  # the newest 6
        for s in range(20):
            if bool(ring_has(s, n, 6)) != (s in there):
                wrong.append(f"ring_has({s}, {n}, 6): expected {s in there}")
        if ring_place(n, 6) != n % 6:
            wrong.append(f"ring_place({n}, 6): expected {n % 6}")
    print(f"{wrong[0]}. Reread section 3." if wrong else "The public test passed.")

# %% [markdown]
# ## 4 · From a frame to ten numbers (R, I, Mo, Ma)
#
# **See.** Five steps, each a line of code:
#
# 1. *power spectrum*: the Fourier transform (FFT) writes a frame as a sum of waves; we keep the
#    power of each. A *bin* is one frequency;
# 2. *mel bands*: ears hear low frequencies more finely than high ones. So sum the bins in bands
#    that are equally wide on the *mel* scale, 2595 · log10(1 + f / 700);
# 3. *logarithm*: twice as loud becomes a step, not a factor;
# 4. *cosine transform*: what all bands share goes to the first number, fine detail to the last;
# 5. keep the first ten: *mel-frequency cepstral coefficients*, **MFCC**.

# %% tiny={"role": "run", "budget_s": 2, "output": "text"}
# The five steps. @ is the matrix product: each row of filters is one mel band.
power = np.abs(np.fft.rfft(frames * features.hann(256)) / 256) ** 2
bands = power @ features.mel_filters(SETTINGS).T
log_mel = np.log2(np.maximum(1, bands))  # silence: 1, not minus infinity
mfcc = log_mel @ features.dct_matrix(10, 20).T
for name, values in (("frames", frames), ("bins", power), ("log-mel", log_mel), ("MFCC", mfcc)):
    print(f"{name:8} {values.shape}  {values.size:6} numbers")
by_library = features.mfcc(features.log_mel(WORD.samples, SETTINGS), SETTINGS)
print("as the library:", np.allclose(mfcc, by_library))

# %% [markdown]
# **Explain.** The word shrank to a thirteenth of its samples. What is left describes its sound, not
# its exact wave.
#
# **Investigate (I).** How do we know that a spectrum is right? *Parseval's theorem*: power is the
# same, summed over samples or over bins. Bins 1 to 127 count twice, because each stands for a wave
# and its mirror image.

# %% tiny={"role": "investigate", "budget_s": 1, "output": "text"}
# Mean of the squared samples against the sum over the bins, for one frame.
one = frames[len(frames) // 2].astype(float)
bins = features.power_spectrum(one)
over_bins = bins[0] + 2 * bins[1:-1].sum() + bins[-1]
print(f"over samples {np.mean(one**2):.3f}")
print(f"over bins    {over_bins:.3f}")

# %% [markdown]
# ### Exercise 4.1
#
# Write `to_mel`. **Change (Mo)**: how many hertz wide is a band of 100 mel that begins at 300 Hz,
# and one that begins at 3,000? Solve the formula for f first.


# %% tiny={"role": "make", "budget_s": 1, "output": "none"}
def to_mel(hz):
    """Frequency on the mel scale. EXAMPLE: to_mel(700) is 781.17 (2595 times log10 of 2)."""
    print(f"Not done yet: exercise 4.1, to_mel({hz})")  # TODO


# %% tiny={"role": "test", "budget_s": 1, "output": "text"}
# Tested: the scale is made so that 1,000 Hz are very nearly 1,000 mel.
cases = [(0, 0.0), (300, 401.97), (1000, 999.99), (4000, 2146.06)]
if to_mel(700) is not None:
    wrong = [case for case in cases if not abs(to_mel(case[0]) - case[1]) < 0.01]
    for hz, mel in wrong:
        print(f"to_mel({hz}): expected {mel}, got {to_mel(hz):.2f}. Is it log10?")
    print("Reread section 4." if wrong else "The public test passed.")

# %% [markdown]
# ## 5 · Does a model need features at all? (P, R, I)
#
# **See.** Linh's question: is the bearing worn? A worn one clicks 3.6 times a turn, and each click
# rings at 2,200 Hz for some milliseconds. We have 40 labelled seconds to learn from, 200 to test.
#
# The model is the simplest of lesson 01: one mean for each class, and the nearer one wins.
#
# **Predict.** How often is it right on raw samples? And on log-mel features?
#
# <details><summary>You should see</summary>
#
# On raw samples, <!--see:raw_ratio-->46 to 53 %<!--/see--> are right.
# With features, <!--see:log_mel_ratio-->100 %<!--/see-->.
# </details>


# %% tiny={"role": "run", "budget_s": 5, "output": "text"}
# Labelled vibrations (synthetic): even ones are sound machines, odd ones have a worn bearing.
def machines(n, first):
    made = [signals.vibration(seed=first + i, worn=i % 2 == 1) for i in range(n)]
    return np.array([signal.samples for signal in made]), np.arange(n) % 2


def mean_log_mel(recordings, settings=SETTINGS):
    return np.array([features.log_mel(one, settings).mean(axis=0) for one in recordings])


train, train_labels = machines(40, first=1000 * SEED)
test, test_labels = machines(200, first=1000 * SEED + 500)


# %% tiny={"role": "run", "budget_s": 5, "output": "text"}
# The nearer mean wins. How many of 200 are right, with a 95 % interval?
def ratio_right(known, asked, said):
    means = np.array([known[train_labels == label].mean(axis=0) for label in (0, 1)])
    distances = ((asked[:, None] - means) ** 2).sum(axis=2)
    n_right = int((distances.argmin(axis=1) == test_labels).sum())
    low, high = wilson_interval(n_right, len(asked))
    print(f"{said:32} {n_right:3} of {len(asked)}, {low:.0%} to {high:.0%}")
    return n_right / len(asked)


raw_ratio = ratio_right(train / 1.0, test / 1.0, "raw samples, 8,000 numbers:")
known, asked = mean_log_mel(train), mean_log_mel(test)
log_mel_ratio = ratio_right(known, asked, "mean log-mel, 20 numbers:")

# %% [markdown]
# **Explain.** Two recordings of one machine never begin at the same moment, so their samples differ
# everywhere. Their power in bands does not.
#
# "A network makes features unnecessary" is true of some large networks. They learn filters of their
# own, from more data, and pay with multiplications on the board.
#
# **Investigate (I).** `mean_log_mel` throws time away. Name two words that it cannot tell apart.
#
# <details><summary>Compare</summary>
#
# Those with the same parts in another order, such as "maji" and "jima".
# </details>

# %% [markdown]
# ## 6 · Fixed point (P, R, I, Ma)
#
# **See.** Small processors may have no hardware for decimal numbers. In *Q15*, an int16 stands for
# its value / 32768: from -1 to 1, without 1 itself. A *unit* is 1/32768. For a product, add half a
# unit and shift right by 15: that rounds to nearest.
#
# **Predict.** What is -1 times -1 in Q15?

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# The product that no int16 can hold, and two ways of going on.
minus_one = -32768
product = (minus_one * minus_one + (1 << 14)) >> 15
wrapped = np.array(product).astype(np.int16)  # drops the bits that do not fit
print("product:", product, "  largest int16:", 32767)
print("wraps to", wrapped, "=", wrapped / 32768, "in Q15: -1 * -1 = -1?")
print("saturates to", q15.multiply(minus_one, minus_one), "=", 32767 / 32768)

# %% [markdown]
# ### Exercise 6.1
#
# Write `q15_mul` for two Python integers. *Saturate*: what is too large becomes the largest.


# %% tiny={"role": "make", "budget_s": 1, "output": "none"}
def q15_mul(a, b):
    """Q15 product of two integers from -32768 to 32767, rounded to nearest, halves upwards.

    TODO: replace the line below.
    APPROACH: product, plus half a unit (1 << 14), shifted by >> 15, then min(32767, ...).
    EXAMPLE: q15_mul(16384, 16384) is 8192; q15_mul(-32768, -32768) is 32767.
    """
    print(f"Not done yet: exercise 6.1, q15_mul({a}, {b})")


# %% tiny={"role": "test", "budget_s": 1, "output": "text"}
# Tested: signs, rounding of halves, and the one product that saturates.
cases = [(16384, 16384), (-32768, -32768), (-32768, 32767), (1, 16384), (-1, 16384), (-3, 16384)]
expected = [8192, 32767, -32767, 1, 0, -1]  # worked out by hand
if q15_mul(16384, 16384) is not None:
    wrong = [(c, e) for c, e in zip(cases, expected, strict=True) if q15_mul(*c) != e]
    for case, best in wrong:
        print(f"q15_mul{case}: expected {best}, got {q15_mul(*case)}")
    print("Reread section 6." if wrong else "The public test passed.")

# %% [markdown]
# **Bound the error.** A rounded product is off by half a unit at most. If all errors up to that are
# equally likely, their mean square is unit² / 12. One bit more halves the unit, so the power of the
# error falls to a quarter: 10 · log10(1/4) = -6.02 dB.
#
# **Run.** The window stage with words of 6 to 16 bits.
#
# <details><summary>You should see</summary>
#
# A line that falls by <!--see:decibels_for_a_bit_db-->6.07 to 6.08 dB<!--/see--> for each bit.
# </details>

# %% tiny={"role": "run", "budget_s": 5, "output": "figure"}
# Samples, window and product have n bits each; the samples are noise.
loud = np.random.default_rng(SEED).uniform(-0.9, 0.9, 20_000)
errors_db = {n: features.window_error_db(loud, n, SETTINGS) for n in range(6, 17)}
decibels_for_a_bit = (errors_db[6] - errors_db[16]) / 10
exploration.word_length_figure(errors_db, title="Window stage: error by word length")

# %% [markdown]
# **See.** `features.q15` has the whole way in integers. Its FFT halves all values in each of its 8
# stages, so that nothing leaves 16 bits. Each stage adds a little error, and has a bound for it.
# The derivation is in the source, at `FFT_ERROR_PER_STAGE`.
#
# **Predict.** How near to the bound does the word come?

# %% tiny={"role": "run", "budget_s": 2, "output": "text"}
# Bounded first, then measured: all frames of the word, through the FFT.
re, im = q15.fft(frames, np.zeros_like(frames), SETTINGS)
fft_error = np.abs(re + 1j * im - np.fft.fft(frames) / 256)
print(f"bound, 8 stages: {8 * q15.FFT_ERROR_PER_STAGE:5.2f} units")
print(f"largest, here:   {fft_error.max():5.2f} units")

# %% [markdown]
# **Explain.** A bound holds for every input, so it is rarely reached. What was measured holds for
# these frames.
#
# **Predict.** After the logarithm: is Q15 worse for a loud or for a quiet sound?

# %% tiny={"role": "investigate", "budget_s": 2, "output": "text"}
# Log-mel in Q15 against real numbers: units of log2, where 1 means twice the power.
for share in (1, 10, 100, 1000):
    samples = WORD.samples // share
    exact, short = features.log_mel(samples, SETTINGS), q15.log_mel(samples, SETTINGS) / 1024
    print(f"1/{share:<5} of the volume: largest difference {np.abs(short - exact).max():5.2f}")

# %% [markdown]
# **Explain.** For a quiet one. The unit stays, the signal shrinks. In bands that are nearly silent,
# the integers hold the power of their own rounding, and the logarithm makes it large.

# %% [markdown]
# ## 7 · The same on the board, bit for bit (P, R, I, Mo)
#
# **See.** `firmware/features/tk_features.c` holds the same steps in C: no decimal numbers, no
# library. Here it is compiled and executed, instruction by instruction, on the *virtual board*.
#
# **Predict.** 20 numbers for each frame of the word: how many differ between Python and the board?
#
# <details><summary>You should see</summary>
#
# Different: <!--see:n_different-->0<!--/see-->. A frame takes
# about <!--see:n_instructions-->57442<!--/see--> instructions,
# and the whole program <!--see:ram_bytes-->1.2 KiB<!--/see--> of RAM.
# </details>

# %% tiny={"role": "run", "budget_s": 10, "output": "text"}
# Integers of the host, integers of the board, and real numbers rounded at the end.
host, board = q15.log_mel(WORD.samples, SETTINGS), features.on_board(WORD.samples, SETTINGS)
rounded = np.rint(1024 * features.log_mel(WORD.samples, SETTINGS))
n_different = int(np.sum(host != board))
print(f"integers of the host:  {n_different} of {board.size} differ from the board")
print(f"real numbers, rounded: {np.sum(rounded != board)} of {board.size} differ from the board")

# %% tiny={"role": "run", "budget_s": 5, "output": "text"}
# What a frame costs. Instructions are counted, memory is read, time is modelled.
built = features.firmware(SETTINGS)
cost = profile(built)
for stage in cost.layers:
    print(f"{stage.op:8} {stage.instructions:7,} instructions")
low, high = cost.latency_ms.low, cost.latency_ms.high
print(f"flash {built.memory.flash_bytes:,} B, RAM {built.memory.ram_bytes:,} B")
print(f"{low:.1f} to {high:.1f} ms on {built.board.title} (modelled); a hop lasts 16 ms")

# %% [markdown]
# **Explain.** Integers have one right answer, so *equal* is a test that can fail. With real numbers
# one could only ask for "close", and every compiler may be close in its own way. Train on the
# integers of `q15`, and the model meets on the board what it knows.
#
# **Predict.** Now Linh's failure. Her laptop trains on log-mel. Her board computes them a little
# differently: another logarithm, samples from -1 to 1, or no window. Which of these hurt?
#
# <details><summary>You should see</summary>
#
# Natural logarithm: <!--see:other_log_ratio-->50 %<!--/see--> right.
# </details>

# %% tiny={"role": "run", "budget_s": 10, "output": "text"}
# Trained on the host's features, asked with those of four devices.
device = np.array([q15.log_mel(one, SETTINGS).mean(axis=0) / 1024 for one in test])
bands = [features.power_spectrum(features.frames(one, SETTINGS) * 1.0) for one in test]
no_window = np.array([np.log2(np.maximum(1, p @ features.mel_filters(SETTINGS).T)).mean(0)
                      for p in bands])  # fmt: skip
q15_ratio = ratio_right(known, device, "Q15 integers:")
no_window_ratio = ratio_right(known, no_window, "no window:")
other_log_ratio = ratio_right(known, asked * np.log(2), "natural logarithm:")
# Samples divided by 32768 = 2^15 have 2^-30 of the power: less than 1, which counts as silence.
small_ratio = ratio_right(known, np.maximum(0, asked - 30), "samples from -1 to 1:")

# %% [markdown]
# **Explain.** Two of them make the model guess, and nothing crashes: numbers of the right shape
# went in, answers came out. The missing window did no harm *here*. Do not rely on it.
#
# **Change (Mo).** Let the device be half as loud (`test // 2`), or believe in another rate:
# `mean_log_mel(test, features.Settings(rate_hz=16000, high_hz=8000))`. Predict first.

# %% tiny={"role": "modify", "budget_s": 5, "output": "text"}
# A device of your own: change what it computes.
mine = mean_log_mel(test // 2)
mine_ratio = ratio_right(known, mine, "half as loud:")

# %% [markdown]
# ## Check yourself
#
# 1. A fan hums at 5,900 Hz. You sample at 8,000 Hz without a filter. What do you see?
#    - **a** nothing, it is too high
#    - **b** a tone of 5,900 Hz
#    - **c** a tone of 2,100 Hz
# 2. You want to measure tones up to 4,000 Hz. Which rate?
#    - **a** 8,000 Hz, twice the frequency
#    - **b** 10,000 Hz or more, and a filter
#    - **c** 4,000 Hz
# 3. A stage needs an error 24 dB lower. How many bits more?
#    - **a** 4
#    - **b** 24
#    - **c** 2
# 4. A model is right on the laptop and guesses on the board. Where do you look first?
#    - **a** at the weights
#    - **b** at the features of one recording, on both
#    - **c** at the processor's speed
# 5. Your network takes raw samples. Are features unnecessary?
#    - **a** yes, it learns them for nothing
#    - **b** no, a network cannot learn filters
#    - **c** it depends: it needs more data and more multiplications

# %% tiny={"role": "check", "budget_s": 1, "output": "text"}
# Your letters, such as {1: "a", 2: "c"}. Each one that you fill in gets an answer.
letters = {1: None, 2: None, 3: None, 4: None, 5: None}
tml.lessons.check_yourself("05", letters)

# %% [markdown]
# ## Your predictions again
#
# Compare. Where you were wrong, say in one sentence why, and keep the sentence.

# %% tiny={"role": "check", "budget_s": 1, "output": "text"}
# Predicted against found.
came_true = {
    "frequency_seen_hz": int(signals.folded_hz(5000, 8000)),
    "decibels_for_a_bit": round(decibels_for_a_bit, 2),
    "right_of_100_with_another_logarithm": round(100 * other_log_ratio),
}
tml.lessons.compare(predictions, came_true)

# %% [markdown]
# ## What you can now do, and what this does not show
#
# You can say what sampling loses, and turn a sound into ten numbers for each frame. You can compute
# them in integers with a known bound, and prove that a board computes the same.
#
# **This does not show**
# - anything about real machines, voices, coughs or hearts: every signal came from a formula;
# - that features of loud signals serve quiet ones: in Q15, quiet sounds lose most;
# - microphones: their filters, noise and loudness differ, and are not modelled;
# - that bit for bit is always needed. It is the cheapest way to *know* that nothing differs.

# %% [markdown]
# ## Ledger
#
# Nothing was trained here but means. What does the way from sound to features cost the board, for
# each second of sound?

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# One line for the ledger of the course. A band is given low to high.
frames_a_second = SETTINGS.rate_hz / SETTINGS.hop_samples
energy = cost.energy_mj
ledger = {
    "lesson": "05",
    "instructions_a_second": round(cost.instructions * frames_a_second),
    "busy_ms_a_second": [round(t * frames_a_second, 1) for t in (low, high)],
    "energy_mj_a_second": [round(e * frames_a_second, 3) for e in (energy.low, energy.high)],
    "board": built.board.name,
}
print(json.dumps(ledger))

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# One file with what you wrote and found, beside this notebook, for you and your lecturer.
found = {
    "raw_ratio": raw_ratio,
    "log_mel_ratio": log_mel_ratio,
    "q15_ratio": q15_ratio,
    "other_log_ratio": other_log_ratio,
    "decibels_for_a_bit_db": decibels_for_a_bit,
    "n_different": n_different,
    "n_instructions": cost.instructions,
    "ram_bytes": built.memory.ram_bytes,
}
tml.lessons.keep("05", predictions=predictions, letters=letters, ledger=ledger, found=found)

# %% [markdown]
# ## Next
#
# | box | where it is opened |
# |---|---|
# | scales and zero points, for numbers that are not from -1 to 1 | 06 |
# | integer arithmetic that equals another runtime bit for bit | 07 |
# | where the bytes of RAM lie | 09 |
# | the ring buffer in C, on a board that is never idle | 10 |
# | joules and batteries | 11 |
#
# Assignment A03 *Sensors to features* asks you to write frames, ring, mel bands, MFCC and the
# fixed-point product yourself.
#
# ### Words
#
# Translations are **drafts**: no speaker has reviewed them yet.
#
# | English | français | português | español | العربية | Kiswahili |
# |---|---|---|---|---|---|
# | sample | échantillon | amostra | muestra | عينة | sampuli |
# | rate | cadence | taxa | tasa | معدل | kasi |
# | alias | repliement | aliasing | solapamiento | تعرج | mzimu wa mawimbi |
# | frame | trame | quadro | trama | إطار | fremu |
# | window | fenêtre | janela | ventana | نافذة | dirisha |
# | spectrum | spectre | espectro | espectro | طيف | spektra |
# | filter | filtre | filtro | filtro | مرشح | kichujio |
# | feature | caractéristique | característica | característica | سمة | sifa |
# | fixed point | virgule fixe | ponto fixo | punto fijo | فاصلة ثابتة | nukta isiyohama |
# | saturation | saturation | saturação | saturación | تشبع | kujaa |
# | ring | tampon circulaire | buffer circular | búfer circular | مخزن دائري | bafa ya mzunguko |
#
# ### Sources
#
# - C. E. Shannon, "Communication in the presence of noise", Proceedings of the IRE 37, 1949:
#   sampling.
# - F. J. Harris, "On the use of windows for harmonic analysis with the discrete Fourier transform",
#   Proceedings of the IEEE 66, 1978: windows.
# - D. O'Shaughnessy, "Speech Communication", 1987: the mel formula.
# - S. B. Davis, P. Mermelstein, "Comparison of parametric representations for monosyllabic word
#   recognition", IEEE Transactions on Acoustics, Speech, and Signal Processing 28, 1980: MFCC.
# - W. R. Bennett, "Spectra of quantized signals", Bell System Technical Journal 27, 1948: the mean
#   square of the rounding error.
# - P. D. Welch, "A fixed-point fast Fourier transform error analysis", IEEE Transactions on Audio
#   and Electroacoustics 17, 1969: halving at each stage.
# - G. E. Peterson, H. L. Barney, "Control methods used in a study of the vowels", Journal of the
#   Acoustical Society of America 24, 1952: formants.
# - The signals: tinymledu/datasets/signals.py, card in datasets/signals/signals.toml.
