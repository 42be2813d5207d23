# %% [markdown]
# # 00 · Passport: the machine you have, the board you may not have
#
# *What can your computer and a small board do, and where do you begin?*

# %% [markdown]
# | | |
# |---|---|
# | For whom | everybody; you know Python variables and functions, nothing else |
# | Time | 60 minutes in class; the cells run in less than a minute on 2 cores |
# | Profile | *lite*: no TensorFlow |
# | Needs | no Internet, no board, no account |
# | Serves | S05, S08, S29, S30, S33, S36, S45, S46 |
#
# **After this lesson you can**
# 1. *identify* what your computer, and a board, can do and cannot do (understand);
# 2. *compare* a board with a computer of 1996, by memory, clock and energy (analyse);
# 3. *run* a known-answer test, and say what a pass shows (apply);
# 4. *classify* everyday machine learning as cloud, device or both, with a reason (analyse);
# 5. *choose* how you will go through this course (evaluate).
#
# Marks in the headings say what you do: **P** predict, **R** run, **I** investigate, **Mo**
# modify, **Ma** make.

# %% [markdown]
# ## Why
#
# A student in Benin wants to recognise diseases of cotton "on a device that they have in their
# hand and not on a server". The device is a *microcontroller*: processor and memory in one chip,
# for some dollars, on a board as small as a finger.
#
# The first course of this kind had 20 universities, and each got boards. Yours may have none yet.
# So this course brings a **virtual board**: a program that executes the same machine code, inside
# the same memory. Whoever has a real board plugs it in. The tasks and the credit are the same.
#
# Before you travel, you need a passport.

# %% tiny={"role": "setup", "budget_s": 5, "output": "none"}
# Imports, and the board of this lesson.
import json
import platform
from pathlib import Path

import numpy as np

import tinymledu as tml
from tinymledu import doctor, energy, exploration, passport
from tinymledu.boards import catalog, selftest
from tinymledu.units import size

BOARD = "nano33ble"  # change it in section 4

# %% [markdown]
# ## Predict (P)
#
# Five guesses, **before** you run anything else. They are not marked.
#
# - A PC of 1996 has 8 MB of memory (RAM). How many boards of 256 KB fit into it?
# - Does the board have an operating system, such as Windows or Linux?
# - The board gets six inputs whose answers are known. How many answers will be right, to the last
#   bit?
# - How many milliseconds will it take for one of them?
# - With one joule of energy, how many times more clock cycles does the board's processor make than
#   the PC's?

# %% tiny={"role": "predict", "budget_s": 1, "output": "text"}
# Replace each None by your guess, then run the cell.
predictions = {
    "boards_in_a_pc_of_1996": None,  # a number
    "operating_system": None,  # "yes" or "no"
    "right_of_6": None,  # 0 to 6
    "milliseconds": None,  # a number
    "times_more_cycles": None,  # a number
}
written = sum(guess is not None for guess in predictions.values())
print(f"{written} of {len(predictions)} predictions written.")

# %% [markdown]
# ## 1 · Your passport (Mo, R)
#
# **See.** Classes work together across countries. It helps to know from where, on what, and in
# which language. What you write goes into one file beside this notebook. Nothing is sent: this
# course has no account, no server and no counter.
#
# **Change (Mo).** Fill in your passport.

# %% tiny={"role": "modify", "budget_s": 1, "output": "text"}
# Replace each None. The operating system was looked up on your computer.
mine = {
    "site": None,  # such as "Porto-Novo", "Itajubá", "Kuala Lumpur", "Suva", "Trieste"
    "language": None,  # in which you think about new things
    "internet": None,  # "all day", "some hours" or "no"
    "board": None,  # a board that you have, or "virtual"
    "os": platform.system(),
}
for field, value in mine.items():
    print(f"{field:10}{'not filled in yet' if value is None else value}")

# %% [markdown]
# **Run.** What does this computer have for the course? The same list, and more, comes from
# `tinymledu doctor` in a terminal.

# %% tiny={"role": "run", "budget_s": 10, "output": "text"}
# What is here, what is missing, and the command that brings it.
needed = ("Python", "disk space", "jupyterlab", "ziglang", "unicorn", "tensorflow")
found_here = {finding.name: finding for finding in doctor.examine()}
for name in needed:
    finding = found_here[name]
    print(f"{finding.name:12}{finding.state:10}{finding.detail:38}{finding.purpose}")
    if finding.fix:
        print(f"{'':12}to get it: {finding.fix}")

# %% [markdown]
# **Explain.** Two of these are the virtual board: `ziglang` is a *compiler*, which turns the
# language C into machine code, and `unicorn` executes that code. Training needs `tensorflow`,
# with all that it brings about 2 GB on the disk. Lessons marked *lite*, as this one, do without it.

# %% [markdown]
# ## 2 · The board you may not have (R, I)
#
# **See.** A *board card* says what a board has. Each figure has its source, and what has no source
# is not there.

# %% tiny={"role": "run", "budget_s": 2, "output": "text"}
# All boards that this course knows.
for name in catalog.board_names():
    card = tml.board(name)
    ram, flash = size(card.ram_bytes), size(card.flash_bytes)
    print(f"{name:15}{card.clock_hz / 1e6:4.0f} MHz   RAM {ram:>9}   flash {flash:>10}")

# %% tiny={"role": "run", "budget_s": 2, "output": "html"}
# The card of one of them. Open the sources below it.
board = tml.board(BOARD)
board

# %% [markdown]
# **Explain.** *Flash* keeps its content without power: the program and the model lie there. *RAM*
# holds what changes while the program runs. There is **no operating system**: no files, no disk, no
# second program, no swapping to a disk when memory is full. One program starts when power comes,
# and runs until it goes.
#
# **Investigate (I).** Find on the card: how much RAM is left when the board's own software has
# taken its part? Which figure has no source?

# %% tiny={"role": "investigate", "budget_s": 2, "output": "text"}
# What would fit into the RAM that is left, each alone?
lesson_01 = tml.load_model(tml.lessons.shipped("01_cats_vs_dogs.tflite"))
things = {
    "a picture of 640 x 480 pixels in colour": 640 * 480 * 3,
    "a picture of 96 x 96 pixels, grey": 96 * 96,
    "one second of sound, 16,000 samples of 16 bits": 16_000 * 2,
    "RAM for the network of lesson 01": tml.deploy(lesson_01, board).memory.ram_bytes,
    "what Windows 95 wanted": energy.constant("pc_1996_ram_bytes").number,
}
print(f"free on {board.title}: {size(board.usable_ram_bytes)}")
for thing, n_bytes in things.items():
    verdict = "fits" if n_bytes <= board.usable_ram_bytes else "DOES NOT FIT"
    print(f"{thing:50}{size(int(n_bytes)):>10}   {verdict}")

# %% [markdown]
# ## 3 · A computer of 1996 (P, R, I)
#
# **See.** The article behind this course says that such devices are "equivalent to computers from
# 25 to 30 years ago". That can be checked.
#
# **Predict.** Draw a square for the PC's 8 MB. Draw a second one for the board's 256 KB beside it,
# so that twice the area means twice the memory.
#
# <details><summary>You should see</summary>
#
# The board's square has 1/<!--see:n_boards_in_pc-->32<!--/see--> of the area, so its side is less
# than a fifth of the other.
# </details>

# %% tiny={"role": "run", "budget_s": 5, "output": "figure"}
# RAM as area; the table below has the numbers.
pc_ram = energy.constant("pc_1996_ram_bytes")
pc_factor = pc_ram.number / board.ram_bytes
exploration.memory_figure(
    {"PC of 1996": int(pc_ram.number), board.title: board.ram_bytes},
    title="RAM as area: a PC of 1996 and a board",
)

# %% [markdown]
# **Run.** Now clock and energy. A *clock cycle* is the smallest step of a processor. A *joule* is
# the energy of one watt for one second.
#
# <details><summary>You should see</summary>
#
# Clocks that are close, and <!--see:n_times_cycles-->485 to 1567<!--/see--> times more cycles
# for each joule on the board.
# </details>

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# Cycles per joule = clock / power. The board's power is that of its processor only.
pc_hz = energy.constant("pc_1996_clock_hz")
pc_per_joule = energy.constant("pc_1996_cycles_per_joule")
nano = tml.board("nano33ble")  # the board whose current has a source
nano_w = nano.supply_voltage_v * nano.active_current_ma / 1000
per_joule = nano.clock_hz / nano_w
times_cycles = [per_joule / pc_per_joule.known.high, per_joule / pc_per_joule.known.low]
print(f"board: {nano.clock_hz / 1e6:.0f} MHz, {1000 * nano_w:.1f} mW")
for known in (pc_ram, pc_hz, pc_per_joule):
    print(known)
print(f"cycles per joule, board: {per_joule:.2g}, {times_cycles[0]:.0f} to "
      f"{times_cycles[1]:.0f} times more")  # fmt: skip

# %% [markdown]
# **Explain.** The sentence is half true. By *memory*, the board has 1/32 of the PC. By *clock*,
# both are alike. By *cycles for each joule*, the board is hundreds of times ahead, so a battery is
# enough. (A Pentium begins up to two instructions in a cycle. That halves the factor.)
#
# **Investigate (I).** Which one counts cars for a month, which one writes a letter? Which figure
# decides?

# %% [markdown]
# ## 4 · Does it compute what it should? A known-answer test (P, R, I, Mo)
#
# **See.** Does a board, real or virtual, work? Give it inputs whose answers are *known from
# elsewhere*, and compare every bit. Here they come from the program TensorFlow Lite Micro. The
# *model*, a function with numbers in it, is tiny.
#
# <details><summary>You should see</summary>
#
# Right answers: <!--see:n_passed-->6<!--/see--> of 6. Numbers in the
# model: <!--see:n_constants-->616<!--/see-->. Instructions:
# about <!--see:n_instructions-->63896<!--/see-->. That
# takes <!--see:latency_ms-->1.30 to 2.84 ms<!--/see-->.
# </details>

# %% tiny={"role": "run", "budget_s": 15, "output": "text"}
# The model becomes C, machine code, and a program on the virtual board.
model = selftest.self_test_model()
firmware = tml.deploy(model, board)
n_constants = sum(t.data.size for t in model.graph.tensors if t.data is not None)
profile = firmware.profile
print(f"numbers in the model  {n_constants} (counted), file {model.file_bytes:,} B")
print(f"instructions          {profile.instructions:,} ({profile.instructions_method})")
low, high = profile.latency_ms.low, profile.latency_ms.high
print(f"time                  {low:.2f} to {high:.2f} ms ({profile.cycles_method})")


# %% tiny={"role": "run", "budget_s": 5, "output": "text"}
# Six inputs, six known answers of ten numbers each.
def ask(codes, on=firmware):
    pixels = np.frombuffer(codes, np.int8).reshape(on.model.graph.input.shape[1:])
    return on.run(pixels).codes.astype(np.int8).tobytes()


outcomes = selftest.self_test(ask)
for outcome in outcomes:
    verdict = "right" if outcome.passed else "WRONG"
    print(f"{outcome.answer.name:10}{verdict:7}{np.frombuffer(outcome.output, np.int8).tolist()}")
n_passed = sum(outcome.passed for outcome in outcomes)
print(f"{n_passed} of {len(outcomes)} right")

# %% [markdown]
# **Explain.** A pass says: compiler, program and board compute what TensorFlow Lite Micro computes,
# for these six inputs. It says nothing of sensors, and nothing of whether the model is any good. On
# a real board the same six are asked over the cable:
# `tinymledu boards --self-test nano33ble --port PORT`.
#
# **Investigate (I).** One bit of one number in the model is wrong now, as after a bad copy: the
# lowest, so the number is off by one. How many of the six answers will change? Predict and run.
# Then try `WHERE = 0`, and `BIT = 6`.

# %% tiny={"role": "investigate", "budget_s": 15, "output": "text"}
# Flip one bit: WHERE from 0 to 319, BIT from 0 (worth 1) to 6 (worth 64).
WHERE, BIT = 308, 0
weights = max((t.data for t in model.graph.tensors if t.data is not None), key=np.size).tobytes()
damaged = bytearray(model.content)
damaged[model.content.index(weights) + WHERE] ^= 1 << BIT
Path("my_00_damaged.tflite").write_bytes(damaged)
broken = tml.deploy(tml.load_model("my_00_damaged.tflite"), board)
broken_outcomes = selftest.self_test(lambda codes: ask(codes, on=broken))
print(f"{sum(outcome.passed for outcome in broken_outcomes)} of 6 right")

# %% [markdown]
# **Explain.** At many places, all six answers stay the same: a known-answer test finds what it
# touches. So the course also compares the *fingerprint* of a model, a number made from all its
# bytes: any flipped bit changes it.
#
# **Change (Mo).** Set `BOARD = "pico"` at the top and run all again. Which figures change, and
# which may not?
#
# ### Exercise 4.1 (Ma)
#
# "Wrong" is not enough for a repair. Write `differences`: it takes the expected and the answered
# numbers and returns the *positions* at which they differ, counted from 0. Where one list is
# longer, its extra positions count too.


# %% tiny={"role": "make", "budget_s": 1, "output": "none"}
def differences(expected, answered):
    """Positions at which two lists differ.

    TODO: replace the line below.
    APPROACH: compare position by position; then add what only the longer list has.
    EXAMPLE: differences([1, 2, 3], [1, 5, 3]) is [1], and differences([1], [1, 7]) is [1].
    """
    print(f"Not done yet: exercise 4.1, differences({expected}, {answered})")


# %% tiny={"role": "test", "budget_s": 1, "output": "text"}
# Tested: equal lists, one and several differences, negative numbers, a longer list on either side.
cases = [
    (([1, 2, 3], [1, 5, 3]), [1]), (([1, 2], [1, 2]), []), (([-1, 0], [1, 2]), [0, 1]),
    (([1], [1, 7]), [1]), (([4, 0, 6], [4]), [1, 2]), (([], []), []),
]  # fmt: skip
if tml.lessons.passes(differences, cases, reread="exercise 4.1"):
    print("On the damaged model:")
    for one in broken_outcomes:
        lists = [np.frombuffer(part, np.int8).tolist() for part in (one.answer.output, one.output)]
        print(f"{one.answer.name:10}{differences(*lists)}")

# %% [markdown]
# ## 5 · Cloud, device, or both? (I)
#
# **See.** Machine learning is around you: *spam filters*, tips for *music*, proposals in a *shop*,
# *voice recognition*, *cars that drive themselves*. The computing may be done in the *cloud* (a
# computer far away), on the *device*, or *both*.
#
# Four reasons decide: **energy**, **delay**, **privacy**, **connection**. A fifth is often
# forgotten: whose **data** does it need?
#
# **Investigate (I).** Sort the five. Write for each one reason, in at most ten words. There can be
# more than one good answer; there is none without a reason.

# %% tiny={"role": "investigate", "budget_s": 1, "output": "text"}
# For each: "cloud", "device" or "both", and your reason. Each choice gets an answer.
sorted_by_me = {
    "spam filter": (None, ""),
    "music taste": (None, ""),
    "shopping": (None, ""),
    "voice recognition": (None, ""),
    "self-driving car": (None, ""),
}
said = passport.sorting_feedback({item: place for item, (place, _) in sorted_by_me.items()})
for item, (place, reason) in sorted_by_me.items():
    missing = "" if place is None or reason.strip() else "  Your reason is missing."
    print(f"{item}: {said[item]}{missing}")

# %% [markdown]
# **Explain.** What learns from many people sits in the cloud. What must answer at once, offline, or
# in private, sits on the device. *Connection* often decides: in low-income countries, about one
# person in four was online in 2024. Lesson 11 adds numbers.

# %% [markdown]
# ## 6 · Where do you begin? (R)
#
# **See.** TinyML needs two fields, and few come with both. Ten questions show where you stand.
# `None` means: I do not know.
#
# 1. A model names 99 % of its training pictures rightly. And new ones?
#    - **a** 99 % as well
#    - **b** unknown: it must be tested
#    - **c** 50 %
# 2. What is overfitting?
#    - **a** training that takes too long
#    - **b** too many new pictures
#    - **c** good on known examples, worse on new ones
# 3. What does training change?
#    - **a** the weights, so that the loss falls
#    - **b** the labels
#    - **c** the pictures
# 4. 90 of 100 leaves are healthy. A model is right 90 times. Is it good?
#    - **a** yes
#    - **b** not shown: "always healthy" is right as often
#    - **c** no, 90 is low
# 5. You choose the best of 20 models by their test results. The winner's result is
#    - **a** exact
#    - **b** too low
#    - **c** too good

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# Machine learning: your letters, such as {1: "a"}.
learning = {1: None, 2: None, 3: None, 4: None, 5: None}
print(f"{sum(letter is not None for letter in learning.values())} of 5 answered.")

# %% [markdown]
# 6. `int8_t x = 127; x = x + 1;` What is `x` on our boards?
#    - **a** −128
#    - **b** 128
#    - **c** the compiler refuses it
# 7. Why write `const` before a table of weights?
#    - **a** it runs faster
#    - **b** for beauty
#    - **c** it may then stay in flash, and takes no RAM
# 8. Which memory keeps its content without power?
#    - **a** RAM
#    - **b** flash
#    - **c** registers
# 9. `int *p = &x; *p = 7;` What happened?
#    - **a** `x` is 7
#    - **b** `p` is 7
#    - **c** nothing
# 10. What is an interrupt?
#     - **a** a crash
#     - **b** a slow loop
#     - **c** a short function that runs at once, then the program goes on

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# C and boards: your letters. Then your route.
boards = {6: None, 7: None, 8: None, 9: None, 10: None}
route = passport.route(learning | boards)
print(route)

# %% tiny={"role": "investigate", "budget_s": 1, "output": "text"}
# The answers, with their reasons. Look after you have answered: set SHOW = True.
SHOW = False
if SHOW:
    quiz = json.loads(tml.lessons.shipped("00_quiz.json").read_text(encoding="utf-8"))
    for number, question in quiz["questions"].items():
        print(f"{number}{question['right']}: {question['why']}")
else:
    print("Hidden. SHOW = True shows the answers to the quiz.")

# %% [markdown]
# ## Check yourself
#
# 1. The RAM of a board is full, and the program asks for more. What happens?
#    - **a** it uses the disk, slowly
#    - **b** it fails: there is nothing else
#    - **c** the operating system closes another program
# 2. Your university has no boards. What can you not do in this course?
#    - **a** get full points
#    - **b** run machine code
#    - **c** measure a sensor, a current or a time on hardware
# 3. All six known answers are right. What is shown?
#    - **a** that this board computes as TensorFlow Lite Micro, for these inputs
#    - **b** that the model is good
#    - **c** that the sensors work
# 4. "As a PC of 1996": for which figure is the board far ahead?
#    - **a** RAM
#    - **b** clock
#    - **c** cycles for each joule

# %% tiny={"role": "check", "budget_s": 1, "output": "text"}
# Your letters, such as {1: "a", 2: "c"}. Each one that you fill in gets an answer.
letters = {1: None, 2: None, 3: None, 4: None}
tml.lessons.check_yourself("00", letters)

# %% [markdown]
# ## Your predictions again
#
# Compare. Where you were wrong, say in one sentence why, and keep the sentence.

# %% tiny={"role": "check", "budget_s": 1, "output": "text"}
# Predicted against found.
came_true = {
    "boards_in_a_pc_of_1996": round(pc_factor),
    "operating_system": "no",
    "right_of_6": n_passed,
    "milliseconds": f"{low:.1f} to {high:.1f} (modelled)",
    "times_more_cycles": f"{times_cycles[0]:.0f} to {times_cycles[1]:.0f} (cited figures)",
}
tml.lessons.compare(predictions, came_true)

# %% [markdown]
# ## What you can now do, and what this does not show
#
# You know your computer and a board, and what does not fit. You have run machine code of a board
# and held its answers against known ones. You can say where a computation should live, and why.
#
# **This does not show**
# - that sensors, cable or battery of a real board work: nothing here measured one;
# - how fast a real board is: its time is modelled, a band from low to high;
# - that six inputs are enough to find every error: you saw that one flipped bit can hide;
# - what you can learn: the quiz shows where to begin, and it is not a mark.

# %% [markdown]
# ## Ledger
#
# Every lesson writes down what it cost. This one trained nothing.

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# One line for the ledger of the course; null where the board's card has no sourced current.
once = profile.energy_mj
ledger = {
    "lesson": "00",
    "training_s": 0,
    "training_j": [0, 0],
    "inference_mj": once and [round(once.low, 3), round(once.high, 3)],
    "board": board.name,
}
print(json.dumps(ledger))

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# What you found, in numbers; the ranges under "You should see" come from such files.
found = {
    "n_boards_in_pc": pc_factor,
    "n_times_cycles": times_cycles,
    "n_constants": n_constants,
    "n_instructions": profile.instructions,
    "latency_ms": [low, high],
    "n_passed": n_passed,
}
tml.lessons.keep(
    "00", passport=mine, predictions=predictions, sorting=sorted_by_me, route=route.ramp,
    letters=letters, ledger=ledger, found=found,
)  # fmt: skip

# %% [markdown]
# ## Next
#
# Lesson 01 plays the whole game once: from pictures of cats and dogs to the board.
#
# | box that stayed closed | where it is opened |
# |---|---|
# | what a model is, and how it learns | 01, 02 |
# | why answers can be equal to the last bit | 06, 07 |
# | where the bytes of RAM go | 09 |
# | how to put a program on a real board | 10 |
# | joules, batteries, sending or deciding | 11 |
#
# ### Words
#
# Translations are **drafts**: no speaker has reviewed them yet.
#
# | English | français | português | español | العربية | Kiswahili |
# |---|---|---|---|---|---|
# | microcontroller | microcontrôleur |microcontrolador|microcontrolador| متحكم دقيق | kidhibiti |
# | board | carte | placa | placa | لوحة | bodi |
# | memory (RAM) | mémoire vive | memória RAM | memoria RAM | ذاكرة | kumbukumbu |
# | clock | horloge | relógio | reloj | ساعة | saa ya kichakataji |
# | compiler | compilateur | compilador | compilador | مترجم | kikusanyaji |
# | energy | énergie | energia | energía | طاقة | nishati |
# | known | connu | conhecido | conocido | معروف | inayojulikana |
# | cloud | nuage | nuvem | nube | سحابة | wingu |
# | privacy | vie privée | privacidade | privacidad | خصوصية | faragha |
#
# ### Sources
#
# - "Tiny Machine Learning", news of the Abdus Salam International Centre for Theoretical Physics,
#   November 2021: devices in the hand, computers of 25 to 30 years ago, 20 universities.
# - Figures of the boards: sources in their cards, section 2.
# - PC of 1996: datasets/energy_constants.toml, with the source of each figure; second-hand, so
#   take them as sizes, not as measurements.
# - Known answers: TensorFlow Lite Micro, recorded by tests/vectors/make_self_test.py.
# - International Telecommunication Union, "Facts and Figures 2024": 27 % of people in low-income
#   countries online.
