"""A transcript is true when executing again gives the same, and a changed one is found."""

import json
from dataclasses import replace

import numpy as np
import pytest
import recorded

import tinymledu as tml
from tinymledu.boards.sealed import evaluate_sealed, seal_artefact
from tinymledu.boards.transcript import (
    Transcript,
    inputs_sha256,
    record_transcript,
    verify_transcript,
)
from tinymledu.errors import BoardError, InputError
from tinymledu.files import sha256_of


def deployed(name):
    return tml.deploy(tml.load_model(recorded.model_bytes(name)), tml.board("nano33ble"))


@pytest.fixture(scope="module")
def deployment():
    return deployed("tiny_cnn_int8")


@pytest.fixture(scope="module")
def inputs(deployment):
    shape = (3, *deployment.model.graph.input.shape[1:])
    return np.random.default_rng(4).integers(-128, 128, shape, np.int8)


@pytest.fixture(scope="module")
def transcript(deployment, inputs):
    return record_transcript(deployment, inputs, nonce="exam 7")


def test_transcript_names_what_went_in_and_what_came_out(deployment, inputs, transcript):
    record = json.loads(transcript.to_json())

    assert record["board"] == "nano33ble"
    assert record["model_sha256"] == sha256_of(recorded.model_bytes("tiny_cnn_int8"))
    assert record["elf_sha256"] == sha256_of(deployment.elf)
    assert record["inputs_sha256"] == sha256_of(inputs.tobytes())
    assert record["nonce"] == "exam 7"
    assert record["outputs"] == [
        codes.tobytes().hex() for codes in deployment.run_many(inputs).codes
    ]
    assert record["instructions"] == deployment.profile.instructions
    assert "sensors, radio, USB and every other peripheral" in record["not_modelled"]
    assert set(record["versions"]) == {"tinymledu", "unicorn", "compiler", "numpy"}


def test_printed_transcript_ends_with_what_is_not_modelled(deployment, transcript):
    printed = str(transcript)
    head, absent = printed.split("\nNot modelled:\n")

    assert head.startswith("Transcript of a virtual board, nano33ble, nonce 'exam 7'\n")
    for text in (transcript.model_sha256, transcript.elf_sha256, "3 outputs", "seal      none"):
        assert text in head
    assert f"{transcript.instructions:,} instructions (counted)" in head
    assert absent.splitlines() == [f"  - {what}" for what in deployment.profile.not_modelled]


def test_a_board_at_a_port_is_neither_sealed_nor_recorded(deployment, inputs):
    real = replace(deployment, board=replace(deployment.board, port="/dev/ttyACM0"))
    seal = seal_artefact(deployment, data_sha256=inputs_sha256(deployment, inputs))
    shown = []

    with pytest.raises(InputError, match=r"asks the board at /dev/ttyACM0. Deploy without a port"):
        record_transcript(real, inputs, nonce="n")
    with pytest.raises(InputError, match="of the virtual board"):
        evaluate_sealed(seal, real, lambda: shown.append(True), nonce="n")
    assert shown == []


def test_a_true_transcript_is_found_true_after_a_journey(deployment, inputs, transcript):
    arrived = Transcript.from_json(transcript.to_json())

    assert arrived == transcript
    assert verify_transcript(arrived, deployment, inputs, nonce="exam 7") == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"instructions": 7}, "instructions is 7; executed here it is"),
        ({"nonce": "exam 6"}, "nonce is 'exam 6'; executed here it is 'exam 7'"),
        ({"elf_sha256": "0" * 64}, "elf_sha256 is '0000"),
        ({"model_sha256": "0" * 64}, "model_sha256 is"),
        ({"inputs_sha256": "0" * 64}, "inputs_sha256 is"),
        ({"board": "pico"}, "board is 'pico'"),
        ({"stack_bytes": 1}, "stack_bytes is 1"),
        ({"cycles_high": 1.0}, "cycles_high is 1.0"),
        ({"not_modelled": ()}, "not_modelled is"),
        ({"seal": "0" * 64}, "executed here it is None"),
        ({"outputs": ()}, "It has 0 outputs for 3 inputs"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_forged_field_is_found(deployment, inputs, transcript, change, words):
    (finding,) = verify_transcript(
        replace(transcript, **change), deployment, inputs, nonce="exam 7"
    )

    assert words in finding


def test_a_forged_answer_is_found_and_shown(deployment, inputs, transcript):
    real = transcript.outputs[1]
    forged = f"{int(real[:2], 16) ^ 1:02x}{real[2:]}"
    outputs = (transcript.outputs[0], forged, transcript.outputs[2])

    (finding,) = verify_transcript(
        replace(transcript, outputs=outputs), deployment, inputs, nonce="exam 7"
    )

    assert finding.startswith("1 of 3 outputs are not what the firmware answers")
    assert f"output 1: {forged!r}, executed here {real!r}" in finding


def test_other_inputs_are_found(deployment, inputs, transcript):
    findings = verify_transcript(transcript, deployment, inputs[::-1], nonce="exam 7")

    assert any("inputs_sha256" in finding for finding in findings)


def test_other_versions_explain_another_firmware(deployment, inputs, transcript):
    other = replace(transcript, elf_sha256="1" * 64, versions={"compiler": "zig 0.1"})

    findings = verify_transcript(other, deployment, inputs, nonce="exam 7")

    assert "other versions" in findings[-1]
    assert "zig 0.1" in findings[-1]


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "[" * 100_000, '{"format": 1}'],
    ids=["empty", "list", "object", "deep", "one_field"],
)
def test_what_is_no_transcript_is_refused_in_a_sentence(text):
    with pytest.raises(InputError, match="transcript"):
        Transcript.from_json(text)


@pytest.mark.parametrize(
    ("name", "value"),
    [("outputs", [1]), ("instructions", "many"), ("format", True), ("versions", {"numpy": 2}),
     ("format", 99)],
)  # fmt: skip
def test_a_field_of_another_kind_is_refused_by_name(transcript, name, value):
    record = {**json.loads(transcript.to_json()), name: value}

    with pytest.raises(InputError, match=f"{name} is a|{name} holds|format 99"):
        Transcript.from_json(json.dumps(record))


def test_sealed_data_are_revealed_only_for_the_sealed_firmware(deployment, inputs):
    seal = seal_artefact(deployment, data_sha256=inputs_sha256(deployment, inputs))
    shown = []

    def reveal():
        shown.append(True)
        return inputs

    with pytest.raises(BoardError, match="not what was sealed: model_sha256, elf_sha256 changed"):
        evaluate_sealed(seal, deployed("tiny_open_batch_int8"), reveal, nonce="n")
    assert shown == []

    transcript = evaluate_sealed(seal, deployment, reveal, nonce="n")

    assert shown == [True]
    assert transcript.seal == seal.digest
    assert verify_transcript(transcript, deployment, inputs, nonce="n", seal=seal.digest) == ()


def test_sealed_data_cannot_be_exchanged_by_the_examiner(deployment, inputs):
    seal = seal_artefact(deployment, data_sha256=inputs_sha256(deployment, inputs))

    with pytest.raises(BoardError, match="data are not those of the seal"):
        evaluate_sealed(seal, deployment, lambda: inputs[::-1], nonce="n")


def test_digest_changes_with_everything_that_is_sealed(deployment):
    seal = seal_artefact(deployment, data_sha256="0" * 64)
    others = [
        replace(seal, **{name: "x"})
        for name in ("board", "model_sha256", "elf_sha256", "data_sha256")
    ]

    assert len({seal.digest, *(other.digest for other in others)}) == 5
