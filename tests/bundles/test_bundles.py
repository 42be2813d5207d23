"""A bundle comes back as it was sent; one that was changed is refused with the file's name."""

import errno
import hashlib
import io
import json
import stat
import zipfile
from dataclasses import replace

import numpy as np
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oracle_mark import needs_oracle

from tinymledu import files as own_files
from tinymledu.bundles import BoardResult, ModelCard, open_bundle, write_bundle
from tinymledu.bundles.card import card_from_text
from tinymledu.bundles.checksums import checksums_text
from tinymledu.bundles.contents import check_name, contents
from tinymledu.bundles.manifest import DataFile
from tinymledu.bundles.opening import bundle_of
from tinymledu.bundles.writing import bundle_files, zipped
from tinymledu.errors import BundleError
from tinymledu.graph.oracle import Oracle
from tinymledu.graph.tflite import load_model

MODEL = load_model(own_files.shipped("firmware", "self_test", "model.tflite"))
INPUTS = np.random.default_rng(3).integers(-128, 128, (4, *MODEL.graph.input.shape[1:]), np.int8)
CARD = ModelCard(
    title="Pump listener: «16 bands»",
    licence="CC BY 4.0",
    made_by="Amina, Cotonou",
    intended_use="tells a person to look at the pump",
    not_for="stopping a pump by itself",
    region="one village",
    season="dry",
    device="one sensor on one pump",
    consent="of the village council, 2026-03-01",
    known_biases="no rain, one pump: 100 %",
    worst_site="Pokhara, 53 %, n = 1440",
)
BOARD = BoardResult("nano33ble", 1000, 2000, 30_000, (1.0, 2.0), "virtual board, counted")
DATA = [
    DataFile("a/quiet 1.csv", "quiet", "train", "pump 1", b"1,2\n"),
    DataFile("b.csv", 'worn, "bad"', "test", "pump 2", b""),
]
PREPROCESSING = {"inputs": "levels of 16 bands", "step_db": 0.25, "mean": [1, 2.5]}


def made(**changes):
    options = {"known_inputs": INPUTS, "preprocessing": PREPROCESSING, "boards": [BOARD]}
    return bundle_files(MODEL, CARD, **{**options, **changes})


FILES = made(data=DATA)


def resealed(files):
    """The files with a list of checksums that agrees with them, as whoever changes both makes."""
    return {**files, "checksums.txt": checksums_text(files).encode()}


def digest_of(files):
    return hashlib.sha256(files["checksums.txt"]).hexdigest()


@pytest.mark.parametrize("name", ["pump.zip", "pump"])
def test_bundle_comes_back_as_it_was_sent(tmp_path, name):
    digest = write_bundle(
        tmp_path / name, MODEL, CARD, known_inputs=INPUTS, preprocessing=PREPROCESSING,
        boards=[BOARD], data=DATA,
    )  # fmt: skip

    bundle = open_bundle(tmp_path / name, digest=digest)

    assert bundle.card == CARD
    assert bundle.model.content == MODEL.content
    assert bundle.preprocessing == PREPROCESSING
    assert np.array_equal(bundle.known_inputs, INPUTS)
    assert bundle.board_results[0]["latency_ms"] == [1.0, 2.0]
    assert bundle.data == tuple(DATA)
    assert bundle.digest == digest
    assert repr(bundle).index("CC BY 4.0") < repr(bundle).index("Cotonou")


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=9)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    texts=st.lists(WORDS.map(lambda word: f"w {word}"), min_size=11, max_size=11),
    content=st.dictionaries(st.from_regex(r"[a-z]{1,8}\.(csv|wav)", fullmatch=True),
                            st.binary(max_size=40), max_size=4),
    label=WORDS,
    seed=st.integers(0, 2**31),
    numbers=st.dictionaries(WORDS, st.floats(-1e9, 1e9) | st.integers(-9, 9) | WORDS, max_size=3),
)  # fmt: skip
def test_any_bundle_makes_the_round_trip(texts, content, label, seed, numbers):
    card = ModelCard(*texts)
    inputs = np.random.default_rng(seed).integers(-128, 128, INPUTS.shape, np.int8)
    data = [DataFile(name, label, "test", "g", some) for name, some in sorted(content.items())]

    sent = bundle_files(MODEL, card, known_inputs=inputs, preprocessing=numbers, data=data)
    with zipfile.ZipFile(io.BytesIO(zipped(sent))) as archive:
        arrived = {name: archive.read(name) for name in archive.namelist()}
    bundle = bundle_of(arrived, digest=digest_of(sent))

    assert bundle.card == card
    assert bundle.data == tuple(data)
    assert bundle.preprocessing == numbers
    assert np.array_equal(bundle.known_inputs, inputs)


@settings(max_examples=60, deadline=None)
@given(name=st.sampled_from(sorted(FILES)), place=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_one_changed_bit_anywhere_is_refused_with_the_name_of_the_file(name, place, bit):
    content = bytearray(FILES[name] or b" ")
    content[place % len(content)] ^= 1 << bit

    with pytest.raises(BundleError) as refusal:
        bundle_of({**FILES, name: bytes(content)}, digest=digest_of(FILES))

    assert name in str(refusal.value)


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_missing_file_is_named(name):
    with pytest.raises(BundleError, match=name.replace(".", r"\.")):
        bundle_of({key: content for key, content in FILES.items() if key != name})


def test_a_file_more_is_named():
    with pytest.raises(BundleError, match=r"data/more\.csv is in the bundle, but not in"):
        bundle_of({**FILES, "data/more.csv": b""})


def test_who_changes_the_checksums_too_is_found_by_the_digest():
    card = replace(CARD, licence="do what you like")
    changed = resealed({**FILES, "README.md": card.to_text().encode()})

    assert bundle_of(changed).card.licence == "do what you like"
    with pytest.raises(BundleError, match="somebody changed them together"):
        bundle_of(changed, digest=digest_of(FILES))


def other_model():
    """The model with one weight of its first layer changed."""
    weights = MODEL.graph.tensors[MODEL.graph.ops[0].inputs[1]].data.tobytes()
    place = MODEL.content.index(weights)
    content = bytearray(MODEL.content)
    content[place] ^= 0x40
    return bytes(content)


def test_another_model_under_agreeing_checksums_fails_the_known_answers():
    changed = resealed({**FILES, "model/model.tflite": other_model()})

    with pytest.raises(BundleError, match=r"known_answers.*sender says -?\d+, computed here"):
        bundle_of(changed)


@needs_oracle
def test_known_answers_are_those_of_tensorflow_lite_micro():
    bundle = bundle_of(FILES)

    assert np.array_equal(bundle.known_outputs, Oracle(MODEL).run(INPUTS))


@pytest.mark.parametrize(
    "name",
    [
        "../x.txt", "a/../../x.txt", "/etc/x.txt", "C:/x.txt", "\\x.txt", "a\\..\\x.txt",
        "a//x.txt", "./x.txt", "a/.hidden.txt", "con.txt", "a/Lpt1.txt", "x.txt ", "a /x.txt",
        "x\n.txt", "x\u202e.txt", "x.exe", "x.py", "x.pkl", "x.npy", "x", "a/b/c/d/e/f/g.txt",
        "x" * 300 + ".txt",
    ],
)  # fmt: skip
def test_names_that_lead_elsewhere_or_are_no_data_are_refused(name):
    with pytest.raises(BundleError):
        check_name(name)


def test_pickle_is_refused_with_the_reason():
    with pytest.raises(BundleError, match="can run a program when they are read"):
        bundle_of(resealed({**FILES, "model/weights.pkl": b"x"}))


def test_names_that_differ_in_case_only_are_refused():
    with pytest.raises(BundleError, match="one file on some systems"):
        bundle_of(resealed({**FILES, "readme.MD": b"x"}))


def zip_with(path, *entries):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in entries:
            archive.writestr(info, content)
    return path


def test_zip_with_a_link_or_a_way_out_is_refused_unread(tmp_path):
    link = zipfile.ZipInfo("a.txt")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16

    with pytest.raises(BundleError, match="link"):
        contents(zip_with(tmp_path / "link.zip", (link, "/etc/passwd")))
    with pytest.raises(BundleError, match="leads out"):
        contents(zip_with(tmp_path / "out.zip", ("../x.txt", b"")))
    with pytest.raises(BundleError, match="leads out"):
        contents(zip_with(tmp_path / "folder.zip", ("../x/", b"")))


def test_zip_that_unpacks_to_too_much_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("tinymledu.bundles.contents.MAX_FILE_BYTES", 1000)
    monkeypatch.setattr("tinymledu.bundles.contents.MAX_TOTAL_BYTES", 1500)
    monkeypatch.setattr("tinymledu.bundles.contents.MAX_FILES", 3)

    with pytest.raises(BundleError, match="at most 1000 B a file"):
        contents(zip_with(tmp_path / "one.zip", ("a.txt", b"0" * 1001)))
    with pytest.raises(BundleError, match="unpacks to more than"):
        contents(zip_with(tmp_path / "all.zip", ("a.txt", b"0" * 900), ("b.txt", b"0" * 900)))
    with pytest.raises(BundleError, match="more than 3 files"):
        contents(zip_with(tmp_path / "many.zip", *((f"{i}.txt", b"") for i in range(4))))
    with pytest.raises(BundleError, match="more than 3 files"):
        contents(zip_with(tmp_path / "folders.zip", *((f"{i}/", b"") for i in range(4))))
    monkeypatch.setattr("tinymledu.files.MAX_ZIP_LIST_BYTES", 100)  # of two files; one takes 51
    with pytest.raises(BundleError, match="more than 3 files"):
        contents(zip_with(tmp_path / "list.zip", ("a.txt", b""), ("b.txt", b"")))


def test_a_file_larger_than_the_list_of_files_may_be_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("tinymledu.files.MAX_ZIP_LIST_BYTES", 300_000)
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.txt", b"0" * 400_000)

    assert contents(tmp_path / "x.zip") == {"a.txt": b"0" * 400_000}


def test_a_file_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    def refuse(path):  # chmod would not do where root runs the tests
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(io, "FileIO", refuse)

    with pytest.raises(BundleError, match=r"x\.zip cannot be read: Permission denied"):
        contents(zip_with(tmp_path / "x.zip", ("a.txt", b"")))


def test_zip_that_lies_about_its_length_or_is_damaged_is_refused(tmp_path):
    sound = zipped(FILES)
    path = tmp_path / "x.zip"
    for place in range(0, len(sound), 97):
        path.write_bytes(sound[:place] + bytes([sound[place] ^ 0xFF]) + sound[place + 1 :])
        try:
            found = contents(path)
        except BundleError:
            continue
        assert found == FILES  # the byte was one that says nothing, such as a date

    path.write_bytes(sound[: len(sound) // 2])
    with pytest.raises(BundleError, match="no zip that can be read"):
        contents(path)


def test_folder_with_a_link_is_refused(tmp_path):
    write_bundle(tmp_path / "b", MODEL, CARD, known_inputs=INPUTS, preprocessing={"a": 1})
    try:
        (tmp_path / "b" / "model" / "a.txt").symlink_to("/etc/passwd")
    except OSError:
        pytest.skip("this system lets nobody make links")

    with pytest.raises(BundleError, match=r"a\.txt' is a link"):
        open_bundle(tmp_path / "b")


def test_bundle_that_is_not_there_and_folder_that_is_full(tmp_path):
    with pytest.raises(BundleError, match="There is no bundle"):
        open_bundle(tmp_path / "none")
    (tmp_path / "x.txt").write_text("x")
    with pytest.raises(BundleError, match="not an empty folder"):
        write_bundle(tmp_path, MODEL, CARD, known_inputs=INPUTS, preprocessing={})
    (tmp_path / "folder.zip").mkdir()
    with pytest.raises(BundleError, match=r"folder\.zip is a folder"):
        write_bundle(tmp_path / "folder.zip", MODEL, CARD, known_inputs=INPUTS, preprocessing={})


def test_the_same_content_gives_the_same_zip():
    assert zipped(made(data=DATA)) == zipped(made(data=DATA[::-1]))


def test_card_is_yaml_that_others_can_read():
    front = CARD.to_text().split("---\n")[1]

    assert ModelCard(**yaml.safe_load(front)) == CARD
    assert card_from_text(CARD.to_text().replace('"CC BY 4.0"', "CC BY 4.0")) == CARD


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "TODO",
        "tbd.",
        "...",
        "n/a",
        "???",
        "None",
        "xxxx",
        "?!",
        "unknown",
        "(to do)",
        None,
    ],
)
def test_card_with_placeholders_is_refused_by_the_name_of_the_field(text):
    with pytest.raises(BundleError, match="says nothing about consent"):
        replace(CARD, consent=text)


@pytest.mark.parametrize("text", ["two\nlines", "two\u2028lines", "w" * 1001, "half a \ud800"])
def test_card_with_a_field_that_is_no_line_is_refused(text):
    with pytest.raises(BundleError, match="consent must be one line of at most 1,000 characters"):
        replace(CARD, consent=text)


def test_card_must_be_there_and_whole():
    text = CARD.to_text()
    for changed, said in (
        ("no card", "no card between"),
        (text.replace("season:", "weather:"), "no field of a card"),
        (text.replace('season: "dry"\n', ""), "has no season"),
        (text.replace('season: "dry"', 'season: "dry'), "no text in quotation marks"),
        (text.replace('season: "dry"', 'season: "dry"\nseason: "wet"'), "or the second"),
    ):
        with pytest.raises(BundleError, match=said):
            card_from_text(changed)


def test_group_in_two_splits_is_refused():
    both = [*DATA, DataFile("c.csv", "quiet", "test", "pump 1", b"")]

    with pytest.raises(BundleError, match="group 'pump 1' is in train and in test"):
        bundle_of(made(data=both))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (",pump 2,", ",,", "has no group"),
        (",test,", ",exam,", "is in split 'exam'"),
        ("path,label", "label,path", "its first line is not"),
        ("data/b.csv", "data/z.csv", "is no file under data/"),
    ],
)
def test_manifest_must_agree_with_the_files(old, new, said):
    text = FILES["manifest.csv"].decode().replace(old, new)

    with pytest.raises(BundleError, match=said):
        bundle_of(resealed({**FILES, "manifest.csv": text.encode()}))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("model/model.tflite", b"TFL3" * 99, "cannot be used"),
        ("model/known_answers.json", b"[]", "no JSON object"),
        ("model/known_answers.json", b'{"inputs": ["00"], "outputs": []}', "input 0 is not 192"),
        ("model/known_answers.json", b'{"inputs": 1}', "no list of hexadecimal"),
        ("model/known_answers.json", b'{"inputs": [], "outputs": []}', "0 inputs and 0 outputs"),
        ("model/labels.json", b'["cat"]', "1 names, and the model 10 outputs"),
        ("model/labels.json", b"[1]", "no list of names"),
        ("model/preprocessing.json", b"[" * 9999, "no JSON object"),
        ("model/preprocessing.json", b'{"scale": NaN}', "no JSON object"),
        ("model/board_results.json", b"{}", "no JSON list"),
        ("model/board_results.json", b'[{"flash_bytes": 1}]', "how it was obtained"),
        ("README.md", b"\xff", "no text in UTF-8"),
        ("README.md", b"-" * 20_001, "has 20,001 characters; at most 20,000 are read"),
        ("manifest.csv", b"\xff", "manifest.csv is no CSV in UTF-8"),
        ("manifest.csv", b"a" * 200_000, "manifest.csv is no CSV in UTF-8: field larger"),
        ("checksums.txt", b"abc", "no checksum with a name"),
    ],
)
def test_content_that_makes_no_sense_is_refused_by_name(name, content, said):
    files = {**FILES, name: content}

    with pytest.raises(BundleError, match=said):
        bundle_of(files if name == "checksums.txt" else resealed(files))


@pytest.mark.parametrize(
    ("limit", "said"),
    [("MAX_TENSOR_ELEMENTS", "tensor of [0-9,]+ values"), ("MAX_MACS", "[0-9,]+ multiplications")],
)
def test_model_that_asks_for_too_much_is_not_executed(monkeypatch, limit, said):
    monkeypatch.setattr(f"tinymledu.bundles.opening.{limit}", 10)
    monkeypatch.setattr("tinymledu.bundles.answers.Interpreter", None)

    with pytest.raises(BundleError, match=said):
        bundle_of(FILES)


def test_known_answers_that_are_all_equal_would_notice_nothing():
    with pytest.raises(BundleError, match="would not notice another model"):
        made(known_inputs=np.repeat(INPUTS[:1], 3, axis=0))


def test_preprocessing_that_is_no_json_is_refused():
    with pytest.raises(BundleError, match="cannot be written as JSON"):
        made(preprocessing={"scale": float("nan")})


@pytest.mark.parametrize(
    ("preprocessing", "said"),
    [
        ([1, 2], "preprocessing is a list; give a dictionary"),
        ({"mean": np.float32(1)}, "float32 is not JSON serializable"),
        ({"name": "\ud800"}, "surrogates not allowed"),
    ],
)
def test_preprocessing_of_another_kind_is_refused(preprocessing, said):
    with pytest.raises(BundleError, match=said):
        made(preprocessing=preprocessing)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"group": 3}, "group of 'b.csv' is 3; give text"),
        ({"label": "\ud800"}, r"label of 'b\.csv' is '\\ud800'; give text that UTF-8 can hold"),
        ({"content": "1,2"}, "'b.csv' has a str; give its bytes"),
    ],
)
def test_data_that_a_table_cannot_hold_are_refused(changes, said):
    with pytest.raises(BundleError, match=said):
        replace(DATA[1], **changes)


def test_checksums_are_those_of_sha256sum():
    # SHA-256 of nothing, FIPS 180-4 example: e3b0c442...b855.
    nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    assert checksums_text({"b.txt": b"", "a.txt": b"", "checksums.txt": b"?"}) == (
        f"{nothing}  a.txt\n{nothing}  b.txt\n"
    )
    assert json.loads(FILES["model/preprocessing.json"]) == PREPROCESSING
