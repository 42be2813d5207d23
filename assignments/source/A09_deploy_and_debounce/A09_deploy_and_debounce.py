# %% [markdown] nbgrader={"grade": false, "grade_id": "card", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # A09 Deploy and debounce
#
# *A river that brings mud and stones: how soon can a small board warn, without crying wolf?*
#
# | | |
# |---|---|
# | Lessons | 10 *To the board*, 11 *Energy, battery, latency* |
# | Points | 100: 90 by machine, 10 by a person |
# | Time | about 4 hours; the notebook runs in under 20 s on 2 cores |
# | Needs | `tinymledu`, lite. No TensorFlow, no network, no board |
# | Limits for grading | 30 s for the whole notebook, 10 s for one cell |
# | Board | Nano 33 BLE Sense, virtual; bars for warning time, false alarms and battery in exercise 5 |
#
# Ayşe and Wanjiru watch a mountain river. A *debris flow* is mud and stones that come down it, fast.
# A geophone, a sensor of ground vibration, lies on the bank. A model on a board listens. You bring
# the model onto the board, turn its scores into alarms, and choose how the device works.
#
# **The river is synthetic**: a program invents the signals. What you find is true of these signals,
# and of no river. Every 10 s there is one window: the loudness of 8 bands, from low to high
# frequency, as numbers of 0 to 255.
#
# - Rain is loud in the high bands, for 10 to 60 minutes.
# - A lorry is loud in the low and middle bands, for 10 to 30 s.
# - A debris flow sounds much like a lorry. It grows within 20 to 50 s, and lasts for minutes.
#
# **What is collected:** the five function cells and your text in exercise 5. Put imports and helper
# functions into the same cell as the function.

# %% [markdown] nbgrader={"grade": false, "grade_id": "honour", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Honour and help
#
# Talk with others about ideas; write the code yourself. Say in exercise 5 who or what helped you,
# programs included. Your functions are called with models, streams and times that are not in this
# notebook. So an answer that is written down instead of computed earns nothing. An answer that uses
# `tinymledu.energy`, `.streaming`, `.codegen` or `.boards.exports` stops with an error in grading.
#
# **A real board** is welcome and earns no extra points here. All that is graded on the board is
# executed again on the virtual one by the checks. The log of a real board cannot be executed again,
# so this course has no way to accept one for points yet. Write in exercise 5 what yours showed.

# %% tiny={"budget_s": 5, "output": "text", "role": "setup"} nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
from pathlib import Path

import numpy as np

import tinymledu as tml
from tinymledu.boards.own_c import build_own_c

STEP_S = 10  # a window of the recording is complete every 10 s
board = tml.board("nano33ble")
content = Path("river.tflite").read_bytes()
model = tml.load_model(content, name="river")
with np.load("river.npz") as made:
    windows, events_s, ends_s = made["windows"], made["events_s"], made["ends_s"]
print(model)
print(f"{len(windows)} windows of 8 bands, {len(events_s)} debris flows in one synthetic day")

# %% tiny={"budget_s": 2, "output": "none", "role": "check"} nbgrader={"grade": false, "grade_id": "load_checks", "locked": true, "schema_version": 3, "solution": false, "task": false}
from tinymledu.course.home import load_checks

check = load_checks("checks.py", globals())

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_1", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 1: c_array (20 points)
#
# A board has no files. Write `c_array(content, name)`. It returns C text that holds the bytes of a
# file as an array, and their number. Both must stay in flash, take no RAM, and the array must begin
# at a multiple of 16.
#
# The text holds declarations only, and no line with `#` but `#include <stdint.h>`, `<stddef.h>` or
# `<stdalign.h>`. Comments are welcome. The checks compile it, link it for the board beside an array
# of one byte, and read the bytes back from the linked program. There, a program computes the CRC-32
# of your array.
#
# **Worked value:** for the bytes 28, 0, 255 and the name `tiny`, these lines would do:
#
#     __attribute__((aligned(16))) const unsigned char tiny[] = {28, 0, 255};
#     const unsigned int tiny_len = 3;


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "c_array", "locked": false, "schema_version": 3, "solution": true, "task": false}
def c_array(content, name):
    """C text with the bytes of `content` as array `name`, and their number as `name`_len.

    TODO: return the text, with const and the alignment.
    APPROACH: bytes give integers when you loop over them; join them with commas, 16 a line.
    EXAMPLE: c_array(bytes([28, 0, 255]), "tiny") gives the two lines of the worked value
    """
    ### BEGIN SOLUTION
    rows = [", ".join(map(str, content[i : i + 16])) for i in range(0, len(content), 16)]
    body = ",\n    ".join(rows)
    return (
        f"__attribute__((aligned(16))) const unsigned char {name}[] = {{\n    {body}\n}};\n"
        f"const unsigned int {name}_len = {len(content)};\n"
    )
    ### END SOLUTION


# %% tiny={"budget_s": 5, "output": "text", "role": "run"} nbgrader={"grade": false, "grade_id": "see_array", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Your array on the virtual board: where the linker puts it. Both lines should say flash.
text = c_array(content, "river_model")
if text:
    keep = ["river_model", "river_model_len"]
    program = build_own_c({"array.c": text}, board, keep=keep)
    for name in keep:
        placed = program.where(name)
        print(f"{name:16} {placed.n_bytes:6,} B in {placed.memory} at {placed.address:#x}")

# %% tiny={"budget_s": 3, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "array_holds_the_bytes", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check("array_holds_the_bytes")

# %% tiny={"budget_s": 3, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "array_of_any_length_and_name", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: every value of a byte, other lengths, other names.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A09_deploy_and_debounce/checks.py", globals())
all_checks("array_of_any_length_and_name")
### END HIDDEN TESTS

# %% tiny={"budget_s": 3, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "array_is_const", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: array and length are in flash.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A09_deploy_and_debounce/checks.py", globals())
all_checks("array_is_const")
### END HIDDEN TESTS

# %% tiny={"budget_s": 3, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "board_has_the_model_in_flash", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
check("board_has_the_model_in_flash")

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_2", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 2: oplist (13 points)
#
# TensorFlow Lite Micro brings only the operators that a sketch names. One that is missing stops the
# board at its start; one too many costs flash. Write `oplist(content)` for the bytes of a `.tflite`
# file. It returns the names of the methods that register its operators, each once, sorted.
#
# `tml.load_model(content).graph.ops` are the operators, and each has a `.kind`. The method is `Add`
# and the words of the kind, each with a capital letter, without `_`.
#
# **Worked value:** a model with the kinds `CONV_2D`, `SOFTMAX`, `CONV_2D` gives
# `["AddConv2D", "AddSoftmax"]`.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "oplist", "locked": false, "schema_version": 3, "solution": true, "task": false}
def oplist(content):
    """Methods that register the operators of a model, each once, sorted.

    TODO: return the list of names.
    APPROACH: split each kind at "_"; what begins with a digit, such as 2D, stays as it is.
    EXAMPLE: for kinds MAX_POOL_2D and ADD -> ["AddAdd", "AddMaxPool2D"]
    """
    ### BEGIN SOLUTION
    kinds = {op.kind for op in tml.load_model(content).graph.ops}

    def method(kind):
        return "Add" + "".join(
            word if word[0].isdigit() else word.capitalize() for word in kind.split("_")
        )

    return sorted(method(kind) for kind in kinds)
    ### END SOLUTION


# %% tiny={"budget_s": 3, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "operators_of_the_river_model", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check("operators_of_the_river_model")

# %% tiny={"budget_s": 3, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "operators_of_another_model", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Hidden check: a model with many operators.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A09_deploy_and_debounce/checks.py", globals())
all_checks("operators_of_another_model")
### END HIDDEN TESTS

# %% tiny={"budget_s": 3, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "operators_only_once", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: an operator that a model uses often is named once.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A09_deploy_and_debounce/checks.py", globals())
all_checks("operators_only_once")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_3", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 3: smoother (14 points)
#
# One loud window is no debris flow: a lorry sounds like one for 10 to 30 s. Write
# `smoother(codes, n_history, threshold, n_refractory)`. `codes` are the int8 scores of "flow", one
# for each window, in order. It returns one bool for each code. There is an alarm after a code if
#
# - the last `n_history` codes, this one included, have come: before that there is none;
# - their average is at least `threshold`;
# - none of the `n_refractory` codes just before gave an alarm.
#
# The history goes on during the refractory time. int8 holds -128 to 127: mind your sums.
#
# **Worked value**, `n_history=3, threshold=80, n_refractory=3` (an alarm needs a sum of 240):
#
# | code | 90 | 100 | 80 | 20 | 120 | 120 | -40 | 60 | 100 | 90 |
# |---|---|---|---|---|---|---|---|---|---|---|
# | sum of 3 | | | 270 | 200 | 220 | 260 | 200 | 140 | 120 | 250 |
# | alarm | no | no | yes | no | no | no: refractory | no | no | no | yes |


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "smoother", "locked": false, "schema_version": 3, "solution": true, "task": false}
def smoother(codes, n_history, threshold, n_refractory):
    """From the codes of single windows to alarms: average, threshold, refractory time.

    TODO: return a bool array, one for each code.
    APPROACH: keep the latest codes in a ring or list; count the quiet codes down after an alarm.
    EXAMPLE: smoother([10, 30], 2, 20, 0) -> [False, True]
    """
    ### BEGIN SOLUTION
    history, n_quiet, alarms = [], 0, []
    for code in codes:
        history = [*history, int(code)][-n_history:]
        full = len(history) == n_history
        alarm = n_quiet == 0 and full and sum(history) >= threshold * n_history
        n_quiet = n_refractory if alarm else max(0, n_quiet - 1)
        alarms.append(alarm)
    return np.array(alarms, bool)
    ### END SOLUTION


# %% tiny={"budget_s": 3, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "smoother_gives_the_table", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check("smoother_gives_the_table")

# %% tiny={"budget_s": 3, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "smoother_equals_the_board", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Hidden check: random streams, against the smoother in C on the board.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A09_deploy_and_debounce/checks.py", globals())
all_checks("smoother_equals_the_board")
### END HIDDEN TESTS

# %% tiny={"budget_s": 3, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "smoother_at_its_edges", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Hidden check: averages equal to the threshold, first codes, streams that go on.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A09_deploy_and_debounce/checks.py", globals())
all_checks("smoother_at_its_edges")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_4", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 4: time_to_warning (11 points)
#
# When is a person warned? Write
# `time_to_warning(ends_s, alarms, event_s, until_s, feature_s, inference_s)`:
#
# - window k is complete at `ends_s[k]`, in seconds of the recording; `alarms[k]` is what the
#   smoother said about it;
# - the alarm sounds `feature_s + inference_s` after the window is complete, for the features and
#   the model need time;
# - a window that ends at `event_s` or before has seen nothing of the event: its alarm is false;
# - a window that ends after `until_s` belongs to another event.
#
# Return the seconds from `event_s` to the first alarm that counts, or `None` if there is none. This
# is the definition of lesson 11, with `until_s` added, since a stream holds many events.
#
# **Worked value:** windows end at 10, 20, 30 and 40 s, with alarms at 10, 30 and 40 s. The event is
# at 15 s, until 60 s; features take 0.2 s, the model 0.05 s. The first alarm that counts is that of
# 30 s: 30 + 0.2 + 0.05 - 15 = 15.25 s.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "time_to_warning", "locked": false, "schema_version": 3, "solution": true, "task": false}
def time_to_warning(ends_s, alarms, event_s, until_s, feature_s, inference_s):
    """Seconds from an event to its warning; None where no warning came.

    TODO: find the first alarm that counts, add what features and model need.
    APPROACH: loop over pairs of ends_s and alarms, or use np.flatnonzero.
    EXAMPLE: time_to_warning([5.0, 9.0], [False, True], 4.0, 60.0, 0.5, 0.0) -> 5.5
    """
    ### BEGIN SOLUTION
    for end_s, alarm in zip(ends_s, alarms, strict=True):
        if alarm and event_s < end_s <= until_s:
            return float(end_s) + feature_s + inference_s - event_s
    return None
    ### END SOLUTION


# %% tiny={"budget_s": 3, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "time_of_the_worked_value", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check("time_of_the_worked_value")

# %% tiny={"budget_s": 3, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "time_passes_over_what_saw_nothing", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: windows that saw nothing, and events that are missed.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A09_deploy_and_debounce/checks.py", globals())
all_checks("time_passes_over_what_saw_nothing")
### END HIDDEN TESTS

# %% tiny={"budget_s": 3, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "time_ends_at_until", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: alarms of another event, windows that come unevenly.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A09_deploy_and_debounce/checks.py", globals())
all_checks("time_ends_at_until")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_5", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 5: the board, and why (42 points)
#
# Now choose how the device works. `design()` returns a dict with four numbers:
#
# - `period_s`: 10, 20, 30 or 60, the seconds from one window to the next. The device sleeps in
#   between. A period of 20 s uses every second window of the recording;
# - `n_history`, `threshold`, `n_refractory`: what your smoother is called with.
#
# The checks take **two other days** with 40 debris flows. The model runs on the virtual board,
# window by window; your smoother decides. Its alarms must be those that exercise 3 defines for your
# settings: otherwise no bar is reached. Every bar below is for **at most 1 false alarm a day**:
#
# | bar | points |
# |---|---|
# | 9 of 10 debris flows are warned of before they end | 8 |
# | median time to warning at most 60 s | 8 |
# | 95 of 100 flows are warned of within 90 s | 8 |
# | the battery lasts 200 days or more, and 9 of 10 flows are warned of within 180 s | 8 |
#
# **Leave room.** A design that is just good enough on your day fails on some other days.
#
# A missed flow counts as an infinite time. False is an alarm in a window that ends neither during a
# flow nor in the 120 s after it. The share is over **all** flows, without interpolation: the median
# of 40 is the 20th. The features need 0.02 s, the model 0.001 s.

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_5_battery", "locked": true, "schema_version": 3, "solution": false, "task": false}
# **Battery:** 2,500 mAh. Awake, the device takes 13.6 mA, asleep 0.063 mA. Both are second-hand
# figures of lesson 11, not measured here. A window needs 0.5 s of listening, then features and
# model: 0.521 s of every period awake.
#
# The days are `2500 / (duty * 13.6 + (1 - duty) * 0.063) / 24`, with `duty = 0.521 / period_s`.
#
# **Worked value:** a period of 60 s gives a duty of 0.0087 and 577 days.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "design", "locked": false, "schema_version": 3, "solution": true, "task": false}
def design():
    """How the device works: period, and the settings of the smoother.

    TODO: choose; the cell below shows what your choice gives on the day that you have.
    APPROACH: change one number at a time. Prefer a choice that stays good when it is changed.
    EXAMPLE: {"period_s": 60, "n_history": 9, "threshold": 110, "n_refractory": 5}, far too slow
    """
    ### BEGIN SOLUTION
    return {"period_s": 20, "n_history": 3, "threshold": 40, "n_refractory": 9}
    ### END SOLUTION


# %% tiny={"budget_s": 5, "output": "text", "role": "run"} nbgrader={"grade": false, "grade_id": "see_design", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Your design on the day that you have, by your own functions. The checks use two other days.
chosen = design()
if chosen:
    every = chosen["period_s"] // STEP_S
    settings = {name: chosen[name] for name in ("n_history", "threshold", "n_refractory")}
    seen = windows[every - 1 :: every]
    window_ends_s = chosen["period_s"] * (np.arange(len(seen)) + 1.0)
    codes = tml.Interpreter(model).run(seen).reshape(len(seen), -1)[:, 1]
    alarms = smoother(codes, **settings)
    allowed = np.zeros(len(seen), bool)
    for begin, stop in zip(events_s, ends_s, strict=True):
        allowed |= (window_ends_s > begin) & (window_ends_s <= stop + 120)
        time_s = time_to_warning(window_ends_s, alarms, begin, stop, 0.02, 0.001)
        print(f"flow at {begin:8.1f} s: warned after {time_s} s")
    print("false alarms:", None if alarms is None else int(np.sum(alarms & ~allowed)))

# %% tiny={"budget_s": 5, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "board_gives_few_false_alarms", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
# Hidden check: on the board, false alarms and flows that are warned of.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A09_deploy_and_debounce/checks.py", globals())
all_checks("board_gives_few_false_alarms")
### END HIDDEN TESTS

# %% tiny={"budget_s": 5, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "board_warns_in_time", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
# Hidden check: on the board, the median time to warning.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A09_deploy_and_debounce/checks.py", globals())
all_checks("board_warns_in_time")
### END HIDDEN TESTS

# %% tiny={"budget_s": 5, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "board_warns_in_time_nearly_always", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
# Hidden check: on the board, the time within which 95 of 100 are warned.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A09_deploy_and_debounce/checks.py", globals())
all_checks("board_warns_in_time_nearly_always")
### END HIDDEN TESTS

# %% tiny={"budget_s": 5, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "board_lasts", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
# Hidden check: the life of the battery.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A09_deploy_and_debounce/checks.py", globals())
all_checks("board_lasts")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "reflection_task", "locked": true, "schema_version": 3, "solution": false, "task": false}
# **Reflect (10 points, read by a person).** In at most 150 words:
#
# - Which two bars pull against each other? Name your design, another one that you tried, and the
#   figures of both. (4)
# - A neighbour finds settings with median 20 s on the day you have. Why may that fail on other
#   days? (3)
# - Name two things about a real river, sensor or board that these figures do not show. Say who or
#   what helped you. (3)

# %% [markdown] nbgrader={"grade": true, "grade_id": "reflection", "locked": false, "points": 10, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# Period against warning time (and, at one period, history against false alarms). Full marks give own
# figures of two designs, and say that settings were chosen on 16 flows. They name two things of the
# world, such as wind, a moved sensor, a cold battery, or a siren that nobody hears.
# ### END SOLUTION
