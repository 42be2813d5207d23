# %% [markdown] nbgrader={"grade": false, "grade_id": "card", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # A10 Trust it, share it
#
# *Would you run a model that arrived on a memory stick, and should others run yours?*
#
# | | |
# |---|---|
# | Lessons | 12 *Anomalies, drift, ethics, exchange* |
# | Points | 100: 75 by machine, 25 by a person |
# | Time | about 3 hours, and an exchange with a partner; the notebook runs in a few seconds |
# | Needs | `tinymledu`, lite. No TensorFlow, no network, no board |
# | Limits for grading | 30 s for the whole notebook, 10 s for one cell |
# | Board | Nano 33 BLE Sense, virtual: it executes the known answers of your bundle |
#
# You write the checks that stand between a stranger's model and a village pump. **All data are
# synthetic.**
#
# **What is collected:** the six answer cells, and your three texts in exercise 5. Put imports and
# helper functions into the same cell as the function.

# %% [markdown] nbgrader={"grade": false, "grade_id": "honour", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Honour and help
#
# Talk with others about ideas; write the code yourself, with NumPy, `hashlib` and `json`. An answer that
# uses `tinymledu.decisions`, `.statistics` or `.bundles` stops with an error in grading. Exercise 5 *needs* a partner: somebody of
# another group, or of another university. Say there who or what helped you, programs included. Your
# functions are called with scores, studies, bundles and models that are not in this notebook. So an
# answer that is written down instead of computed earns nothing.

# %% tiny={"budget_s": 5, "output": "text", "role": "setup"} nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
import hashlib
import json
from pathlib import Path

import numpy as np

import tinymledu as tml

pump = Path("pump.tflite").read_bytes()
rng = np.random.default_rng(10)
inputs = rng.integers(-128, 128, (4, 16)).astype(np.int8)  # codes to try things on
print(tml.load_model(pump, name="pump"))

# %% tiny={"budget_s": 2, "output": "none", "role": "check"} nbgrader={"grade": false, "grade_id": "load_checks", "locked": true, "schema_version": 3, "solution": false, "task": false}
from tinymledu.course.home import load_checks

check = load_checks("checks.py", globals())

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_1", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 1: threshold (11 points)
#
# Write `threshold(scores, n_days, alarms_per_day)`. `scores` are those of `n_days` quiet days; a score
# *above* the threshold is an alarm. In all days together, at most `n_days * alarms_per_day` alarms may
# come. Return the lowest of the scores that holds this.
#
# - Equal scores alarm together, or not at all.
# - If as many alarms are allowed as there are scores, return the lowest score.
# - `0.29 * 100` is 28.999999999999996 on a computer, and means 29.
#
# **Worked value:** `[3, 9, 4, 7, 5, 1]`, 2 days, 1 alarm a day: two may alarm, 9 and 7. So 5. With 0
# alarms a day, 9.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "threshold", "locked": false, "schema_version": 3, "solution": true, "task": false}
def threshold(scores, n_days, alarms_per_day):
    """The lowest of the scores above which at most n_days * alarms_per_day others lie.

    TODO: write it.
    APPROACH: lesson 12, section 2. Sort from high to low; who is the first that may not alarm?
    EXAMPLE: threshold([7, 7, 1, 2], 1, 1) -> 7, as both would alarm
    """
    ### BEGIN SOLUTION
    n_allowed = int(round(n_days * alarms_per_day, 9))
    return float(np.sort(scores)[::-1][min(n_allowed, len(scores) - 1)])
    ### END SOLUTION


# %% tiny={"budget_s": 3, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "threshold_of_the_worked_value", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check("threshold_of_the_worked_value")

# %% tiny={"budget_s": 3, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "threshold_is_the_lowest_that_holds", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: other days, other scores, other allowances.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A10_trust_and_share/checks.py", globals())
all_checks("threshold_is_the_lowest_that_holds")
### END HIDDEN TESTS

# %% tiny={"budget_s": 3, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "threshold_at_its_edges", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: equal scores, no alarms, more alarms than scores, 0.29 * 100.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A10_trust_and_share/checks.py", globals())
all_checks("threshold_at_its_edges")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_2", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 2: audit (15 points)
#
# Write `audit(scores, ill, place)`. It returns two numbers, `(naive, matched)`:
#
# - `naive`: of all pairs of one ill and one healthy person, the share in which the ill one has the
#   higher score. A tie counts half;
# - `matched`: the same for pairs **of the same place** only. Count pairs and rankings of all places,
#   and divide once. `None` if no place has both.
#
# `ill` holds 0 and 1 or False and True. `place` holds text or numbers; `np.unique(place)` gives each place
# once. At least one person is ill and one healthy.
#
# **Worked value:** scores `[9, 8, 2, 1]`, ill `[1, 0, 0, 1]`, places `["a", "a", "b", "b"]`. Of four
# pairs, 9 > 8 and 9 > 2 are ranked rightly: naive 0.5. Of the two pairs within a place, one: matched
# 0.5. With the places `["a", "b", "b", "a"]` there is no pair left: `None`.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "audit", "locked": false, "schema_version": 3, "solution": true, "task": false}
def audit(scores, ill, place):
    """(naive, matched): the AUC of all pairs, and of pairs of the same place.

    TODO: write it.
    APPROACH: lesson 12, section 5. One function can count for everybody, and for each place.
    EXAMPLE: audit([9, 8, 2, 1], [1, 0, 0, 1], ["a", "a", "b", "b"]) -> (0.5, 0.5)
    """
    ### BEGIN SOLUTION
    scores, ill, place = np.asarray(scores, float), np.asarray(ill, bool), np.asarray(place)

    def won_and_pairs(here):
        a, b = scores[here & ill][:, None], scores[here & ~ill]
        return np.sum(a > b) + 0.5 * np.sum(a == b), a.size * b.size

    won, pairs = won_and_pairs(np.ones(len(ill), bool))
    parts = [won_and_pairs(place == one) for one in np.unique(place)]
    n_pairs = sum(n for _, n in parts)
    matched = float(sum(w for w, _ in parts) / n_pairs) if n_pairs else None
    return float(won / pairs), matched
    ### END SOLUTION


# %% tiny={"budget_s": 3, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "audit_of_the_worked_value", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check("audit_of_the_worked_value")

# %% tiny={"budget_s": 3, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "audit_of_other_studies", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
# Hidden check: synthetic studies of coughs, other seeds and confounding.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A10_trust_and_share/checks.py", globals())
all_checks("audit_of_other_studies")
### END HIDDEN TESTS

# %% tiny={"budget_s": 3, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "audit_at_its_edges", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
# Hidden check: ties, places of one kind only, places as numbers, no pair at all.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A10_trust_and_share/checks.py", globals())
all_checks("audit_at_its_edges")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_3", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 3: bundle (34 points)
#
# Write two functions, each in its cell. A bundle is a `dict`: names of files with their content, bytes.
#
# `package(content, card, inputs)` makes one. `content` is an int8 model as bytes, `card` is text,
# `inputs` are int8 codes of shape (k, ...). The four files are
#
# | name | content |
# |---|---|
# | `README.md` | the card, UTF-8 |
# | `model/model.tflite` | the model |
# | `model/known_answers.json` | `{"inputs": [...], "outputs": [...]}`, one text for **each** of the k |
# | `checksums.txt` | for each other file a line: SHA-256 in hex, **two** spaces, name; names sorted |
#
# An input or output becomes text by `.tobytes().hex()`; `np.frombuffer(bytes.fromhex(text), np.int8)`
# reads it back. `tml.Interpreter(model).run(inputs)` gives all outputs, int8.

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_3_refusal", "locked": true, "schema_version": 3, "solution": false, "task": false}
# `refusal(files, digest=None)` looks at a bundle of somebody else. It returns `""` if nothing is wrong;
# otherwise a sentence that **names the file** and no other; only `checksums.txt` may always stand in it.
# Where more than one file is wrong, name one of them. Wrong is
#
# 1. a name that leads out of the bundle: it has the part `..`, or begins with `/`, a backslash, or a
#    letter and `:`;
# 2. a file that differs from its line in `checksums.txt`, or is on one side only;
# 3. with a `digest`: the SHA-256 of `checksums.txt` is another one. Name `checksums.txt`;
# 4. the model does not give its known answers. Name `model/known_answers.json`.
#
# A sound bundle may hold more files than the four. Never write anything to the disk.
#
# **Worked value:** for `files = package(pump, "licence: CC BY 4.0", inputs)`, `refusal(files)` is `""`. With
# one letter of `README.md` changed, the sentence contains `README.md`.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "package", "locked": false, "schema_version": 3, "solution": true, "task": false}
def package(content, card, inputs):
    """The four files of a bundle, by name.

    TODO: write it.
    EXAMPLE: sorted(package(pump, "licence: CC BY 4.0", inputs))[-1] -> "model/model.tflite"
    """
    ### BEGIN SOLUTION
    outputs = tml.Interpreter(tml.load_model(content)).run(inputs)
    known = {"inputs": inputs, "outputs": outputs}
    texts = {name: [one.tobytes().hex() for one in each] for name, each in known.items()}
    files = {
        "README.md": card.encode(),
        "model/model.tflite": content,
        "model/known_answers.json": json.dumps(texts).encode(),
    }
    lines = [f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)]
    return {**files, "checksums.txt": "".join(lines).encode()}
    ### END SOLUTION


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "refusal", "locked": false, "schema_version": 3, "solution": true, "task": false}
def refusal(files, digest=None):
    """Empty text for a sound bundle, or a sentence that names the file.

    TODO: write it. EXAMPLE: refusal({**files, "README.md": b""}) -> "README.md differs"
    """
    ### BEGIN SOLUTION
    for name in files:
        parts = name.replace("\\", "/").split("/")
        if ".." in parts or parts[0] == "" or parts[0][1:2] == ":":
            return f"{name} leads out of the bundle."
    said = {one[66:]: one[:64] for one in files.get("checksums.txt", b"").decode().splitlines()}
    here = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    seal = here.pop("checksums.txt", None)
    for name in sorted({*said, *here}):
        if said.get(name) != here.get(name):
            return f"{name} differs from checksums.txt, or is on one side only."
    if digest not in (None, seal):
        return "checksums.txt has another digest than the sender told."
    known = json.loads(files["model/known_answers.json"])
    model = tml.load_model(files["model/model.tflite"])
    codes = np.array([np.frombuffer(bytes.fromhex(one), np.int8) for one in known["inputs"]])
    outputs = tml.Interpreter(model).run(codes.reshape(-1, *model.graph.input.shape[1:]))
    equal = [one.tobytes().hex() for one in outputs] == known["outputs"]
    return "" if equal else "model/known_answers.json: the model gives other answers."
    ### END SOLUTION


# %% tiny={"budget_s": 5, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "refusal_of_the_worked_bundle", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check("refusal_of_the_worked_bundle")

# %% tiny={"budget_s": 5, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "refusal_of_changed_missing_and_added_files", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: other bundles, with one change each, and without.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A10_trust_and_share/checks.py", globals())
all_checks("refusal_of_changed_missing_and_added_files")
### END HIDDEN TESTS

# %% tiny={"budget_s": 5, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "refusal_of_names_that_lead_out", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Hidden check: names for Linux and for Windows.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A10_trust_and_share/checks.py", globals())
all_checks("refusal_of_names_that_lead_out")
### END HIDDEN TESTS

# %% tiny={"budget_s": 5, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "refusal_by_the_digest", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: somebody changed a file and its checksum together.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A10_trust_and_share/checks.py", globals())
all_checks("refusal_by_the_digest")
### END HIDDEN TESTS

# %% tiny={"budget_s": 5, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "refusal_by_the_known_answers", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: another model under checksums that agree.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A10_trust_and_share/checks.py", globals())
all_checks("refusal_by_the_known_answers")
### END HIDDEN TESTS

# %% tiny={"budget_s": 5, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "board_reproduces_the_known_answers", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
# Hidden check: your package of another model, on the virtual board.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A10_trust_and_share/checks.py", globals())
all_checks("board_reproduces_the_known_answers")
### END HIDDEN TESTS

# %% tiny={"budget_s": 5, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "board_finds_another_model", "locked": true, "points": 7, "schema_version": 3, "solution": false, "task": false}
# Hidden check: the board has one other weight: do your known answers tell?
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A10_trust_and_share/checks.py", globals())
all_checks("board_finds_another_model")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_4", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 4: matrix (9 points)
#
# Write two functions in one cell.
#
# - `matrix(scores, thresholds, faulty)` returns an array (models, sites). `scores[i][j]` are the scores
#   of model i on windows of site j. `thresholds[i]` comes with model i; `faulty[j]` tells which
#   windows of site j are faulty. Each entry is the mean of two shares: of faulty windows *above* the
#   threshold, and of quiet ones *not above* it. Sites have different numbers of windows.
# - `safest(quality)` returns `(model, site)`: the model whose worst site is best, and that worst site.
#   `np.argmin` and `np.argmax` give the place of the smallest and of the largest.
#
# **Worked value:** one model with threshold 5, one site: scores `[9, 4, 5, 1]`, faulty `[1, 1, 0, 0]`.
# One of two faulty windows alarms, no quiet one does: (0.5 + 1) / 2 = 0.75. And `safest([[0.9, 0.5, 0.9],
# [0.7, 0.8, 0.6]])` is `(1, 2)`.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "matrix", "locked": false, "schema_version": 3, "solution": true, "task": false}
def matrix(scores, thresholds, faulty):
    """Quality of each model at each site, (models, sites), 0 to 1.

    TODO: write it. EXAMPLE: matrix([[[9, 4, 5, 1]]], [5], [[1, 1, 0, 0]]) -> [[0.75]]
    """
    ### BEGIN SOLUTION
    quality = np.zeros((len(scores), len(faulty)))
    for i, row in enumerate(scores):
        for j, values in enumerate(row):
            alarm, due = np.asarray(values) > thresholds[i], np.asarray(faulty[j], bool)
            quality[i, j] = (np.mean(alarm[due]) + np.mean(~alarm[~due])) / 2
    return quality
    ### END SOLUTION


def safest(quality):
    """(model, site) of the best worst site.

    TODO: write it. EXAMPLE: safest([[0.3, 0.2]]) -> (0, 1)
    """
    ### BEGIN SOLUTION
    quality = np.asarray(quality, float)
    model = int(np.argmax(quality.min(axis=1)))
    return model, int(np.argmin(quality[model]))
    ### END SOLUTION


# %% tiny={"budget_s": 3, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "matrix_of_the_worked_value", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check("matrix_of_the_worked_value")

# %% tiny={"budget_s": 3, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "matrix_of_other_sites", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Hidden check: sites of different size, few faults, scores on the threshold.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A10_trust_and_share/checks.py", globals())
all_checks("matrix_of_other_sites")
### END HIDDEN TESTS

# %% tiny={"budget_s": 3, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "safest_looks_at_the_worst_site", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Hidden check: models that are better on average, or at their best site.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A10_trust_and_share/checks.py", globals())
all_checks("safest_looks_at_the_worst_site")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_5", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 5: card, plan, exchange (31 points)
#
# **Card (6 points by machine).** Write `card(model, licence, sites, quality, n)`. It returns the text of
# a card. `quality[j]` is that of the model at `sites[j]`, measured on `n[j]` windows. Each of these
# lines must be in it, with other lines as you like:
#
# - `licence: ` and the licence, before any number of quality;
# - `worst site: `, its name, its quality with two decimals, and its number of windows;
# - `not for: ` and what the model must not be used for, in your own words, five or more.
#
# No other quality may stand before the worst one.
#
# **Worked value:** sites `["Oslo", "Lima"]`, quality `[0.9, 0.61]`, n `[50, 40]`: the line is
# `worst site: Lima, 0.61, n = 40`.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "card_text", "locked": false, "schema_version": 3, "solution": true, "task": false}
def card(model, licence, sites, quality, n):
    """The text of a model card, worst site first.

    TODO: write it.
    EXAMPLE: "licence: CC BY 4.0" in card("pump", "CC BY 4.0", ["Lima"], [0.61], [40]) -> True
    """
    ### BEGIN SOLUTION
    worst = min(range(len(sites)), key=lambda j: quality[j])
    rows = [f"{site}: {value:.2f}" for site, value in zip(sites, quality, strict=True)]
    lines = [
        f"# {model}",
        f"licence: {licence}",
        f"worst site: {sites[worst]}, {quality[worst]:.2f}, n = {n[worst]}",
        "not for: stopping a pump without a person who looks at it",
        *rows,
    ]
    return "\n".join(lines)
    ### END SOLUTION


# %% tiny={"budget_s": 3, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "card_of_the_worked_value", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("card_of_the_worked_value")

# %% tiny={"budget_s": 3, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "card_leads_with_the_worst_site", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: other sites, other licences, other numbers.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A10_trust_and_share/checks.py", globals())
all_checks("card_leads_with_the_worst_site")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "exchange_task", "locked": true, "schema_version": 3, "solution": false, "task": false}
# **Exchange (10 points, read by a person).** Give a partner a bundle of yours and, by another way, its
# digest. Take one of theirs. In at most 150 words:
#
# - What did you check before you used it, in which order, and what did you find? Give the digest's
#   first eight digits, and say how it was told. (4)
# - Your row of the matrix: quality at home and at the partner's, with n. (3)
# - What in their card did you need and not find? (3)

# %% [markdown] nbgrader={"grade": true, "grade_id": "exchange", "locked": false, "points": 10, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# Full marks name digest before use and the way it came, known answers computed, licence read; two figures
# with n, the lower one first; and one missing fact, such as how the sensor is fixed.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "plan_task", "locked": true, "schema_version": 3, "solution": false, "task": false}
# **Sealed or updatable? (8 points, read by a person).** Forty pumps in villages half a day of travel
# away. In at most 120 words:
#
# - sealed or updatable, and who decides on an update? (3)
# - what must hold before the new model runs, and where is the old one meanwhile? (3)
# - which measured number sends a device back to the old model, and after how long? (2)

# %% [markdown] nbgrader={"grade": true, "grade_id": "plan", "locked": false, "points": 8, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# Either choice, with its price. Digest and known answers on the device; the old model kept until a trial
# period is over; a person of the village who can say no; a number such as 10 alarms a day for two days.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "limits_task", "locked": true, "schema_version": 3, "solution": false, "task": false}
# **Confounding (7 points, read by a person).** A clinic reports AUC 0.85 for hearing an illness in coughs.
# In at most 120 words:
#
# - Name two things other than the illness that may differ between its ill and healthy people. (2)
# - What must have been written down, so that your `audit` can tell? (2)
# - `matched` comes out at 0.55, with 40 pairs. What do you tell the clinic? Who or what helped you with
#   this assignment? (3)

# %% [markdown] nbgrader={"grade": true, "grade_id": "limits", "locked": false, "points": 7, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# Room, recorder, age, smoking, time of day, who asked. Place and recorder of each recording, by person.
# 40 pairs say little: the interval reaches far to both sides; no claim for, none against; match by design.
# ### END SOLUTION
