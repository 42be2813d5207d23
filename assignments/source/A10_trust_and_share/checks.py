"""Checks of A10. They run in a jail of their own; the student's notebook is at the end of a wire.

Public checks compare with values worked out by hand. The hidden ones count theirs by comparing every
pair, every score and every byte. The board is the virtual one, which executes machine code.
Tolerances: shares and AUCs are quotients of counts, exact to 1e-9 in float64.
"""

import functools
import hashlib
import json
import re
from pathlib import Path

import numpy as np

import tinymledu as tml
from tinymledu.course.checks import (
    StudentError,
    as_array,
    as_bytes,
    as_number,
    as_text,
    as_tuple,
    as_whole,
    check,
    expect,
    expect_each,
    shown,
)
from tinymledu.datasets import cough_study

HERE = Path(__file__).parent
NEAR = 1e-9
KNOWN = "model/known_answers.json"
FOUR_FILES = {"README.md", "checksums.txt", KNOWN, "model/model.tflite"}
REREAD_THRESHOLD = "Reread the worked value: an alarm is above the threshold, not on it."
REREAD_AUDIT = "Reread lesson 12, section 5: pairs, and a tie counts half."
REREAD_REFUSAL = "Reread the four rules: the sentence must name the file."
REREAD_MATRIX = "Reread the worked value: two shares, of faulty and of quiet windows."
REREAD_CARD = "Reread the lines that a card must have, and the worked value."


# --------------------------------------------------------------------------- exercise 1: threshold


def expect_worked_threshold(student, scores, n_days, alarms_per_day, expected):
    given = np.asarray(scores, float)
    got = as_number(student.call("threshold", given, n_days, alarms_per_day), "threshold()")
    expect(
        got == expected,
        where=f"threshold of {len(given)} scores, {n_days} days, {alarms_per_day} alarms a day",
        expected=expected,
        got=got,
    )


@check(
    points=3,
    exercise=1,
    title="threshold allows two alarms in the worked value, and none",
    hint=REREAD_THRESHOLD,
)
def threshold_of_the_worked_value(student):
    # Two may be above: 9 and 7, so 5. None may: 9. Of 8, 6, 6 and 2 one may: both 6 would be two.
    expect_worked_threshold(student, [3, 9, 4, 7, 5, 1], 2, 1, 5)
    expect_worked_threshold(student, [3, 9, 4, 7, 5, 1], 2, 0, 9)
    expect_worked_threshold(student, [6, 8, 2, 6], 1, 1, 6)


### BEGIN HIDDEN TESTS
def threshold_of(scores, n_allowed):
    """The lowest score that at most so many others are above, by trying each."""
    return min(one for one in scores if sum(other > one for other in scores) <= n_allowed)


def expect_threshold(student, scores, n_days, alarms_per_day, n_allowed):
    expected = threshold_of(np.asarray(scores, float).tolist(), n_allowed)
    expect_worked_threshold(student, scores, n_days, alarms_per_day, expected)


@check(
    points=4,
    exercise=1,
    title="threshold gives all allowed alarms of all days together, and not one more",
    visible=False,
)
def threshold_is_the_lowest_that_holds(student):
    rng = np.random.default_rng(1001)
    for n, n_days, per_day in ((400, 4, 2), (333, 3, 7), (250, 10, 0.5), (500, 2.5, 4)):
        scores = rng.gamma(2.0, 3.0, n)
        expect_threshold(student, scores, n_days, per_day, int(n_days * per_day))
        expect_threshold(student, -scores, n_days, per_day, int(n_days * per_day))


@check(
    points=4,
    exercise=1,
    title="threshold holds with equal scores, and where all scores may alarm",
    visible=False,
)
def threshold_at_its_edges(student):
    rng = np.random.default_rng(1002)
    for n_allowed in range(6):
        expect_threshold(student, rng.integers(0, 4, 30), 1, n_allowed, n_allowed)
    expect_threshold(student, [2, 2, 2], 1, 1, 1)
    expect_threshold(student, [4, 3, 8], 1, 50, 50)
    expect_threshold(student, [4, 3, 8], 3, 1, 3)
    expect_threshold(student, np.arange(100), 100, 0.29, 29)
    expect_threshold(student, np.arange(40), 3, 0.9, 2)


### END HIDDEN TESTS
# ------------------------------------------------------------------------------- exercise 2: audit


def expect_worked_audit(student, scores, ill, place, naive, matched):
    answer = student.call("audit", scores, ill, place)
    both = as_tuple(answer, "audit(), which gives naive and matched,", 2)
    for name, got, expected in zip(("naive", "matched"), both, (naive, matched), strict=True):
        where = f"{name} of {len(ill)} people"
        if expected is None:
            expect(got is None, where=where, expected=None, got=got)
            continue
        expect(got is not None, where=where, expected=expected, got=got)
        number = as_number(got, f"{name} of audit()")
        expect(abs(number - expected) < NEAR, where=where, expected=expected, got=number)


@check(
    points=3,
    exercise=2,
    title="audit gives both numbers of the worked value, and None without a pair",
    hint=REREAD_AUDIT,
)
def audit_of_the_worked_value(student):
    scores, ill = np.array([9.0, 8.0, 2.0, 1.0]), np.array([1, 0, 0, 1])
    # Of four pairs, 9 > 8 and 9 > 2 are right; of the two within a place, 9 > 8.
    expect_worked_audit(student, scores, ill, ["a", "a", "b", "b"], 0.5, 0.5)
    expect_worked_audit(student, scores, ill, ["a", "b", "b", "a"], 0.5, None)
    # 5 > 3, 5 > 1, 3 > 1 and a tie: 3.5 of 4. Within a place 5 > 1 and the tie: 1.5 of 2.
    scores, ill = np.array([5.0, 3.0, 3.0, 1.0]), np.array([1, 1, 0, 0])
    expect_worked_audit(student, scores, ill, ["a", "b", "b", "a"], 0.875, 0.75)


### BEGIN HIDDEN TESTS
def share_won(scores, ill, place=None):
    """The share of pairs that are ranked rightly, by comparing each; None without a pair."""
    won = pairs = 0.0
    for i in np.flatnonzero(ill):
        for j in np.flatnonzero(~np.asarray(ill, bool)):
            if place is None or place[i] == place[j]:
                pairs += 1
                won += 1 if scores[i] > scores[j] else 0.5 if scores[i] == scores[j] else 0
    return won / pairs if pairs else None


def expect_audit(student, scores, ill, place):
    naive, matched = share_won(scores, ill), share_won(scores, ill, place)
    expect_worked_audit(student, scores, ill, place, naive, matched)


@check(
    points=6,
    exercise=2,
    title="audit compares every pair of a study, and pairs of the same place",
    visible=False,
)
def audit_of_other_studies(student):
    for seed, dial in ((1011, 0.0), (1012, 0.5), (1013, 1.0)):
        made = cough_study.study(90, confounding=dial, seed=seed)
        expect_audit(student, made.features.sum(axis=1), made.ill, made.place.tolist())
    rng = np.random.default_rng(1014)
    place = ["x"] * 5 + ["y"] * 30 + ["z"] * 12  # places of different size
    ill = rng.random(47) < 0.4
    ill[[0, 1]] = True, False
    expect_audit(student, rng.normal(0, 1, 47) + 0.5 * ill, ill, place)


@check(
    points=6,
    exercise=2,
    title="audit counts ties half, and leaves out places where all are ill or all healthy",
    visible=False,
)
def audit_at_its_edges(student):
    rng = np.random.default_rng(1015)
    scores, ill = rng.integers(0, 3, 40).astype(float), rng.random(40) < 0.5
    expect_audit(student, scores, ill, rng.integers(0, 4, 40))
    expect_audit(student, np.zeros(4), np.array([1, 0, 1, 0]), [7, 7, 8, 8])
    ill = np.array([True, True, True, False, False, True, False])
    expect_audit(student, np.arange(7.0), ill, ["w", "w", "v", "u", "u", "t", "t"])
    expect_audit(student, np.arange(3.0), np.array([0, 1, 1]), ["p", "q", "q"])


### END HIDDEN TESTS
# ------------------------------------------------------------------------------ exercise 3: bundle


@functools.cache
def model_bytes(name):
    return (HERE / name).read_bytes()


def codes_for(content, n, seed):
    shape = tml.load_model(content).graph.input.shape[1:]
    return np.random.default_rng(seed).integers(-128, 128, (n, *shape)).astype(np.int8)


def said_of(student, files, digest=None):
    options = {} if digest is None else {"digest": digest}
    return as_text(student.call("refusal", files, **options), "refusal()")


def expect_sound(student, files, what, digest=None):
    said = said_of(student, files, digest)
    expect(said == "", where=f"refusal of {what}", expected="", got=said)


def expect_refused(student, files, name, what, digest=None):
    said = said_of(student, files, digest)
    where = f"refusal of {what}"
    expect(name in said, where=where, expected=f"a sentence with {name}", got=said)
    # "differs from checksums.txt" is a good sentence about any file; a list of all files is none.
    rest = said.replace(name, "")
    blamed = [
        one for one in sorted({*files, *FOUR_FILES}) if one in rest and one != "checksums.txt"
    ]
    expect(not blamed, where=where, expected=f"{name} and no other file", got=said)


# A sound bundle with pump.tflite. The outputs are those of TensorFlow Lite Micro; the checksums
# are those of the command sha256sum. Another pump.tflite needs new ones.
WORKED_ANSWERS = (
    b'{"inputs": ["0102030405060708090a0b0c0d0e0f10", "00f8f0e8e0d8d0c8c0b8b0a8a0989088"], '
    b'"outputs": ["00ff000100ff0301ff00ff000003fd02", "d6c8c7c8d4d6c1cfc8dad4cdc0c5d8bb"]}'
)
WORKED_CHECKSUMS = b"""\
e4c318e403c3e8c34c9b0a45b1380b3df503e07491080992ad4a55f61d232a1b  README.md
fde284e508cca7d8a26c16b6c996082f377ec60ea1d38a035a8bfb5accd243f0  model/known_answers.json
1da38c4a7440429a3db764464eb171e03c08261a5edf58ecf2e746ac2d5839b6  model/model.tflite
"""


@check(
    points=4,
    exercise=3,
    title="refusal opens a sound bundle, also your own, and names a card that was changed",
    hint=REREAD_REFUSAL,
)
def refusal_of_the_worked_bundle(student):
    files = packaged(
        student, model_bytes("pump.tflite"), codes_for(model_bytes("pump.tflite"), 4, 10)
    )
    expect_sound(student, files, "your own package")
    changed = {**files, "README.md": files["README.md"].replace(b"BY", b"NO")}
    expect_refused(student, changed, "README.md", "a bundle whose card was changed")
    sound = {
        "README.md": b"licence: CC BY 4.0",
        "model/model.tflite": model_bytes("pump.tflite"),
        KNOWN: WORKED_ANSWERS,
        "checksums.txt": WORKED_CHECKSUMS,
    }
    expect_sound(student, sound, "a sound bundle")
    changed = {**sound, "README.md": b"licence: none"}
    expect_refused(student, changed, "README.md", "a bundle with another card")


def packaged(student, content, inputs, card="licence: CC BY 4.0"):
    """The student's four files; says what is missing."""
    answer = student.call("package", content, card, inputs)
    if not isinstance(answer, dict) or set(answer) != FOUR_FILES:
        got = sorted(map(shown, answer)) if isinstance(answer, dict) else shown(answer)
        raise StudentError(f"package() gave {got}; expected a dict with {sorted(FOUR_FILES)}.")
    return {name: as_bytes(value, f"package()[{name!r}]") for name, value in answer.items()}


### BEGIN HIDDEN TESTS
def sealed(files):
    """The files with a list of checksums that agrees with them."""
    rest = {name: content for name, content in files.items() if name != "checksums.txt"}
    lines = [f"{hashlib.sha256(rest[name]).hexdigest()}  {name}\n" for name in sorted(rest)]
    return {**rest, "checksums.txt": "".join(lines).encode()}


def known_of(content, inputs):
    """known_answers.json as bytes, from our own interpreter."""
    outputs = tml.Interpreter(tml.load_model(content)).run(inputs)
    texts = {
        "inputs": [one.tobytes().hex() for one in inputs],
        "outputs": [one.tobytes().hex() for one in outputs],
    }
    return json.dumps(texts).encode()


def sound_bundle(name="pump.tflite", seed=1020, n=3, card="licence: CC BY 4.0", **more):
    content = model_bytes(name)
    files = {"README.md": card.encode(), "model/model.tflite": content}
    files[KNOWN] = known_of(content, codes_for(content, n, seed))
    return sealed({**files, **{key.replace("__", "/"): value for key, value in more.items()}})


@check(
    points=4,
    exercise=3,
    title="refusal names files that were changed, are missing, or were added; sound bundles open",
    visible=False,
)
def refusal_of_changed_missing_and_added_files(student):
    rng = np.random.default_rng(1021)
    for seed in (1022, 1023):
        more = {"data__quiet 1.csv": rng.bytes(50), "data__b.csv": b"", "LICENCE.txt": rng.bytes(9)}
        files = sound_bundle("other.tflite" if seed % 2 else "pump.tflite", seed, 2, **more)
        expect_sound(student, files, "a sound bundle with more files")
        for name in ("README.md", "model/model.tflite", KNOWN, "data/quiet 1.csv", "LICENCE.txt"):
            content = bytearray(files[name])
            content[rng.integers(len(content))] ^= 1 << int(rng.integers(8))
            expect_refused(student, {**files, name: bytes(content)}, name, "one changed bit")
            gone = {key: value for key, value in files.items() if key != name}
            expect_refused(student, gone, name, "a file that is gone")
        expect_refused(student, {**files, "data/b.csv": b"1"}, "data/b.csv", "a file that grew")
        expect_refused(student, {**files, "run.txt": b""}, "run.txt", "a file that was added")
        gone = {key: value for key, value in files.items() if key != "checksums.txt"}
        # Every file is on one side only: which one is named is free.
        expect(said_of(student, gone) != "", where="refusal of a bundle without a list")


@check(
    points=3,
    exercise=3,
    title="refusal names files whose names lead out of the bundle, on any system",
    visible=False,
)
def refusal_of_names_that_lead_out(student):
    files = sound_bundle()
    for name in (
        "../x.txt", "data/../../x.txt", "/etc/x.txt", "C:/x.txt", "c:x.txt", "\\x.txt",
        "data\\..\\x.txt", "..\\x.txt",
    ):  # fmt: skip
        expect_refused(student, sealed({**files, name: b"x"}), name, "a name that leads out")
    for name in ("data/a..b.txt", "..x.txt", "data/x...txt", "data/c/d.txt"):
        expect_sound(student, sealed({**files, name: b"x"}), "a name with dots that stays inside")


@check(
    points=4,
    exercise=3,
    title="refusal finds by the digest who changed a file together with its checksum",
    visible=False,
)
def refusal_by_the_digest(student):
    for seed, name in ((1024, "pump.tflite"), (1025, "other.tflite")):
        files = sound_bundle(name, seed)
        digest = hashlib.sha256(files["checksums.txt"]).hexdigest()
        expect_sound(student, files, "a sound bundle with its digest", digest)
        changed = sealed({**files, "README.md": b"licence: all yours"})
        expect_sound(student, changed, "a bundle that agrees with itself, without a digest")
        expect_refused(student, changed, "checksums.txt", "a changed bundle", digest)
        more = sealed({**files, "data/more.csv": b"1"})
        expect_refused(student, more, "checksums.txt", "a bundle with more files", digest)


def with_another_weight(content):
    """The model with one weight of its first layer changed."""
    graph = tml.load_model(content).graph
    weights = graph.tensors[graph.ops[0].inputs[1]].data.tobytes()
    changed = bytearray(content)
    changed[changed.index(weights) + 5] ^= 0x40
    return bytes(changed)


@check(
    points=4,
    exercise=3,
    title="refusal computes the known answers, and finds another model under agreeing checksums",
    visible=False,
)
def refusal_by_the_known_answers(student):
    for seed, name in ((1026, "pump.tflite"), (1027, "other.tflite")):
        files = sound_bundle(name, seed, 5)
        expect_sound(student, files, "a sound bundle")
        other = sealed({**files, "model/model.tflite": with_another_weight(model_bytes(name))})
        expect_refused(student, other, KNOWN, "another model")
        said = json.loads(files[KNOWN])
        last = bytearray.fromhex(said["outputs"][-1])
        last[-1] ^= 1
        said["outputs"][-1] = bytes(last).hex()
        false = sealed({**files, KNOWN: json.dumps(said).encode()})
        expect_refused(student, false, KNOWN, "one false answer, the last")


def board_answers(content, inputs):
    """What the virtual board answers, as texts."""
    firmware = tml.deploy(tml.load_model(content, name="sent"), tml.board("nano33ble"))
    return [one.tobytes().hex() for one in firmware.run_many(inputs).codes]


def told_by(files):
    """The student's known answers, two lists of text."""
    try:
        said = json.loads(files[KNOWN].decode("utf-8"))
        lists = [said["inputs"], said["outputs"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise StudentError(f"{KNOWN} is no JSON object with inputs and outputs.") from None
    for one in lists:
        if not isinstance(one, list) or not all(isinstance(text, str) for text in one):
            raise StudentError(f"{KNOWN} holds something else than lists of text.")
    return [[text.lower() for text in one] for one in lists]


@check(
    points=8,
    exercise=3,
    title="On the board: it gives the known answers of your package, and the checksums agree",
    visible=False,
)
def board_reproduces_the_known_answers(student):
    content = model_bytes("other.tflite")
    inputs = codes_for(content, 5, 1028)
    files = packaged(student, content, inputs, card="licence: CC BY 4.0, größer")
    expect(files["model/model.tflite"] == content)
    expect(files["README.md"].decode("utf-8", "replace") == "licence: CC BY 4.0, größer")
    expect(files["checksums.txt"] == sealed(files)["checksums.txt"])
    asked, answered = told_by(files)
    expect(asked == [one.tobytes().hex() for one in inputs])
    expect(answered == board_answers(content, inputs))


@check(
    points=7,
    exercise=3,
    title="On the board: your known answers tell when one weight of the model is another one",
    visible=False,
)
def board_finds_another_model(student):
    content = model_bytes("other.tflite")
    inputs = codes_for(content, 6, 1029)
    zero_point = int(tml.load_model(content).graph.input.quantization.zero_points[0])
    inputs[:2] = zero_point  # real zeros: no weight of the first layer matters to them
    asked, answered = told_by(packaged(student, content, inputs))
    expect(len(asked) == len(answered) > 0)
    size = inputs[0].size
    try:
        codes = [np.frombuffer(bytes.fromhex(text), np.int8) for text in asked]
    except ValueError:
        raise StudentError(f"{KNOWN} has an input that is not hexadecimal.") from None
    expect(all(len(one) == size for one in codes))
    given = np.array(codes).reshape(-1, *inputs.shape[1:])
    expect(board_answers(content, given) == answered)
    expect(board_answers(with_another_weight(content), given) != answered)


### END HIDDEN TESTS
# ------------------------------------------------------------------------------ exercise 4: matrix


def expect_worked_matrix(student, scores, thresholds, faulty, expected):
    expected = np.asarray(expected)
    answer = student.call("matrix", scores, thresholds, faulty)
    got = as_array(answer, "matrix()", shape=expected.shape, kinds="f")
    expect_each(got, expected, lambda i, j: f"quality of model {i} at site {j}", within=NEAR)


def expect_safest(student, quality, expected):
    answer = student.call("safest", np.asarray(quality, float))
    got = tuple(as_whole(one, "an entry of safest()") for one in as_tuple(answer, "safest()", 2))
    expect(got == expected, where="safest()", expected=expected, got=got)


@check(
    points=3,
    exercise=4,
    title="matrix and safest are right for the worked values",
    hint=REREAD_MATRIX,
)
def matrix_of_the_worked_value(student):
    # Above 5 is 9, one of two faulty windows, and no quiet one: (0.5 + 1) / 2.
    expect_worked_matrix(student, [[[9.0, 4.0, 5.0, 1.0]]], [5], [[1, 1, 0, 0]], [[0.75]])
    # Site 0: three of four faulty windows, the quiet one not. Site 1: the faulty one not, one of two.
    scores, faulty = [[[6.0, 6.0, 7.0, 0.0, 2.0], [3.0, 8.0, 1.0]]], [[1, 1, 1, 1, 0], [1, 0, 0]]
    expect_worked_matrix(student, scores, [4], faulty, [[0.875, 0.25]])
    expect_safest(student, [[0.9, 0.5, 0.9], [0.7, 0.8, 0.6]], (1, 2))
    expect_safest(student, [[0.8, 0.7], [0.4, 0.9]], (0, 1))


### BEGIN HIDDEN TESTS
def quality_of(scores, thresholds, faulty):
    """Counted window by window."""
    made = np.zeros((len(scores), len(faulty)))
    for i, row in enumerate(scores):
        for j, due in enumerate(faulty):
            alarms = [one > thresholds[i] for one in row[j]]
            found = sum(a for a, d in zip(alarms, due, strict=True) if d) / sum(map(bool, due))
            still = sum(not a for a, d in zip(alarms, due, strict=True) if not d)
            made[i, j] = (found + still / sum(not d for d in due)) / 2
    return made


def expect_matrix(student, scores, thresholds, faulty):
    expected = quality_of(scores, thresholds, faulty)
    expect_worked_matrix(student, scores, thresholds, faulty, expected)


@check(
    points=3,
    exercise=4,
    title="matrix is the mean of both shares at each site, with the threshold of each model",
    visible=False,
)
def matrix_of_other_sites(student):
    rng = np.random.default_rng(1031)
    faulty = [(rng.random(n) < share).tolist() for n, share in ((30, 0.1), (17, 0.5), (44, 0.8))]
    for due in faulty:
        due[:2] = True, False
    scores = [
        [(rng.integers(0, 9, len(due)) + 3.0 * np.array(due)).tolist() for due in faulty]
        for _ in range(2)
    ]
    expect_matrix(student, scores, [4, 6], faulty)
    expect_matrix(student, scores, [6, 4], faulty)


@check(
    points=3,
    exercise=4,
    title="safest chooses by the worst site, not by the mean or by the best",
    visible=False,
)
def safest_looks_at_the_worst_site(student):
    rng = np.random.default_rng(1032)
    for shape in ((3, 4), (5, 2), (2, 6), (4, 3), (6, 5)):
        quality = rng.uniform(0.4, 1.0, shape)
        worst = [min(row) for row in quality.tolist()]
        model = worst.index(max(worst))
        expect_safest(student, quality, (model, quality[model].tolist().index(worst[model])))
    expect_safest(student, [[0.99, 0.99, 0.5], [0.6, 0.6, 0.61], [0.55, 1.0, 1.0]], (1, 0))


### END HIDDEN TESTS
# -------------------------------------------------------------------------------- exercise 5: card


def expect_lines(student, given, required, qualities):
    """The card of what is given has both lines, a purpose, and no quality before the worst one."""
    licence, line = required
    text = as_text(student.call("card", *given), "card()")
    lines = [one.strip() for one in text.splitlines()]
    for wanted in (licence, line):
        expect(wanted in lines, where="lines of the card", expected=wanted, got=text)
    purposes = [one.removeprefix("not for: ") for one in lines if one.startswith("not for: ")]
    said = re.findall(r"\w{2,}", purposes[0]) if purposes else []
    expect(
        len({word.lower() for word in said}) >= 5 and "todo" not in purposes[0].lower(),
        where="the line 'not for: '",
        expected="five or more different words of yours",
        got=purposes[:1],
    )
    before = text[: text.index(line)]
    early = [one for one in qualities if one in before]
    expect(not early, where="before the worst site", expected="no other quality", got=early)
    first = lines.index(licence) < lines.index(line)
    expect(first, where="order of licence and worst site", expected="licence first", got=text)


@check(
    points=2,
    exercise=5,
    title="card has licence, worst site and purpose for the worked value",
    hint=REREAD_CARD,
)
def card_of_the_worked_value(student):
    given = "pump", "CC BY 4.0", ["Oslo", "Lima"], [0.9, 0.61], [50, 40]
    required = ["licence: CC BY 4.0", "worst site: Lima, 0.61, n = 40"]
    expect_lines(student, given, required, ["0.90", "0.61"])
    given = "fan", "CC0", ["Accra", "Cusco", "Pune"], [0.7, 0.82, 0.95], [30, 20, 10]
    required = ["licence: CC0", "worst site: Accra, 0.70, n = 30"]
    expect_lines(student, given, required, ["0.70", "0.82", "0.95"])


### BEGIN HIDDEN TESTS
def expect_card(student, model, licence, sites, quality, n):
    worst = quality.index(min(quality))
    line = f"worst site: {sites[worst]}, {quality[worst]:.2f}, n = {n[worst]}"
    given = model, licence, sites, quality, n
    required = [f"licence: {licence}", line]
    expect_lines(student, given, required, [f"{one:.2f}" for one in quality])


@check(
    points=4,
    exercise=5,
    title="card leads with the worst site of any model, with its own n and licence",
    visible=False,
)
def card_leads_with_the_worst_site(student):
    expect_card(
        student, "cough", "CC0", ["Suva", "Quito", "Dakar"], [0.53, 0.98, 0.875], [1440, 12, 700]
    )
    expect_card(student, "leaf", "MIT", ["Hanoi", "Lomé"], [0.77, 0.7], [9, 10_000])
    expect_card(student, "one", "CC BY-SA 4.0", ["Apia"], [1.0], [3])


### END HIDDEN TESTS
