"""The C program answers every request in bounded memory, whatever the bytes are."""

import json
import random

import numpy as np
import pytest
from impulses import (
    COLOUR,
    COLOUR_SHAPE,
    FLOATS,
    GREY,
    N_OUTPUTS,
    N_PIXELS,
    SOUND,
    expected_scores,
    feed,
    feeder,
    model,
    pictures,
    pixel_features,
    scores_of,
)

HELLO = b'{"hello": 1, "id": 5}'
BLACK = b'{"classify": [' + b"0, " * (N_PIXELS - 1) + b'0], "id": 9}'
N_FUZZED = 20_000
SEED = 20261125


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    return feeder(COLOUR, tmp_path_factory.mktemp("eim"))


def answers(program, *requests, **options):
    (replies,) = feed(program, [b"".join(requests)], **options)
    return replies


def test_hello_tells_features_labels_and_memory(program):
    (reply,) = answers(program, HELLO)

    assert reply["id"] == 5
    assert reply["success"] is True
    parameters = reply["model_parameters"]
    assert parameters["input_features_count"] == N_PIXELS
    assert (parameters["image_input_width"], parameters["image_channel_count"]) == (5, 3)
    assert parameters["labels"] == [f"output {i}" for i in range(N_OUTPUTS)]
    assert reply["features_shm"] == {
        "name": "/feed", "size_bytes": 4 * N_PIXELS, "type": "float32", "elements": N_PIXELS,
    }  # fmt: skip


@pytest.mark.parametrize("chunk_bytes", [1, 7, 4096])
def test_requests_are_told_apart_however_they_arrive(program, chunk_bytes):
    replies = answers(program, HELLO, b"\n", BLACK, HELLO, b"\0\r\n ", chunk_bytes=chunk_bytes)

    assert [reply["id"] for reply in replies] == [5, 9, 5]
    assert all(reply["success"] for reply in replies)


def test_braces_and_quotes_in_strings_end_no_request(program):
    tricky = b'{"note": "}{ \\" } \\\\", "more": {"deep": [{}, [], "]"]}, "hello": 1, "id": 3}'

    (reply,) = answers(program, tricky)

    assert reply["success"] is True
    assert reply["id"] == 3


@pytest.mark.parametrize(
    ("request_text", "words"),
    [
        ('{"id": 1}', "none of hello"),
        ('{"id": 1, "goodbye": 1}', "none of hello"),
        ('{"id": 1, "classify": [1, 2, 3]}', "3 features were sent; the model takes 35"),
        ('{"id": 1, "classify": []}', "0 features were sent"),
        ('{"id": 1, "classify": 5}', "not JSON with the values"),
        ('{"id": 1, "classify": [1, "2"]}', "not JSON with the values"),
        ('{"id": 1, "classify": [1,]}', "not JSON with the values"),
        ('{"id": 1, "classify": [NaN]}', "not JSON with the values"),
        ('{"id": 1, "classify": [Infinity]}', "not JSON with the values"),
        ('{"id": 1, "classify": [1e999]}', "not JSON with the values"),
        ('{"id": 1, "classify": [0x10]}', "not JSON with the values"),
        ('{"id": 1, "classify": [' + "0," * 34 + "-1]}", "Feature 34 is not a pixel"),
        ('{"id": 1, "classify": [16777216' + ",0" * 34 + "]}", "Feature 0 is not a pixel"),
        ('{"id": 1, "classify_shm": {"elements": 3}}', "3 features were sent"),
        ('{"id": 1, "classify_shm": {"elements": -1}}', "not JSON with the values"),
        ('{"id": 1, "classify_shm": {"elements": 1e99}}', "not JSON with the values"),
        ('{"id": 1, "classify_shm": {}}', "0 features were sent"),
        ('{"id": 1, "classify_continuous": [0]}', "whole windows"),
        ('{"id": 1, "set_parameter": {"a": 1}}', "no parameter"),
        ('{"id": 1, "set_threshold": {"id": 2, "min_score": 0.5}}', "no threshold with id 2"),
        ('{"id": 1, "set_threshold": {"id": 1, "min_score": 1.5}}', "from 0 to 1"),
        ('{"id": 1, "set_threshold": {"id": 1}}', "from 0 to 1"),
        ('{"id": 1, "set_threshold": [1]}', "not JSON with the values"),
        ('{"id": 1, "hello": 1} trailing"}', ""),
        ('{"id": 1 "hello": 1}', "not JSON with the values"),
    ],
)
def test_what_cannot_be_done_is_said(program, request_text, words):
    reply, after = answers(program, request_text.encode(), b"\n", HELLO)[:2]

    assert reply["id"] == 1
    assert reply["success"] is (words == "")
    assert words in reply.get("error", "")
    assert after["success"] is True


def test_id_that_is_no_whole_number_is_refused(program):
    for number in ("1.5", '"1"', "1e30", "null"):
        (reply,) = answers(program, f'{{"hello": 1, "id": {number}}}'.encode())

        assert reply == {"id": 0, "success": False, "error": reply["error"]}


def test_deep_nesting_takes_no_stack(program):
    deep = b'{"note": ' + b"[" * 2000 + b"]" * 2000 + b', "hello": 1, "id": 4}'

    (reply,) = answers(program, deep)

    assert reply["success"] is True


def test_request_that_is_too_long_is_refused_and_the_next_is_heard(program):
    long_one = b'{"classify": [' + b"0, " * 100_000 + b'0], "id": 7}'

    refused, after = answers(program, long_one, HELLO)

    assert "takes at most" in refused["error"]
    assert after["success"] is True


@pytest.mark.parametrize("n_more", [1, 2, 40])
def test_more_features_than_the_model_takes_are_counted_and_not_stored(program, n_more):
    n = N_PIXELS + n_more
    too_many = json.dumps({"classify": [0] * n, "id": 6}).encode()

    refused, after = answers(program, too_many, BLACK)

    assert f"{n} features were sent" in refused["error"]
    assert after["success"] is True


@pytest.mark.parametrize("n_less", [-1, 0, 1, 2])
def test_request_may_fill_the_memory_that_is_there(program, n_less):
    """One byte is kept for the 0 that ends the text."""
    most = 32 * N_PIXELS + 4096 - 1
    start = b'{"hello": 1, "id": 5, "note": "'
    exact = start + b"x" * (most - n_less - len(start) - 2) + b'"}'

    (reply,) = answers(program, exact)

    assert reply["success"] is (n_less >= 0)


def test_unfinished_request_is_dropped_with_its_client(program):
    first, second = feed(program, [b'{"classify": [1, 2', HELLO])

    assert first == []
    assert second[0]["success"] is True


def test_scores_below_the_threshold_become_zero(program):
    picture = json.dumps(
        {"classify": pixel_features(pictures(3, *COLOUR_SHAPE)[2]), "id": 9}
    ).encode()
    (before,) = answers(program, picture)
    scores = scores_of(before)
    assert scores.min() < 0.5 < scores.max()

    threshold = b'{"set_threshold": {"id": 1, "min_score": 0.5}, "id": 2}'
    done, after, hello = answers(program, threshold, picture, HELLO)

    assert done == {"id": 2, "success": True}
    np.testing.assert_array_equal(scores_of(after), np.where(scores < 0.5, 0, scores))
    assert hello["model_parameters"]["thresholds"][0]["min_score"] == 0.5


@pytest.mark.parametrize("name", [COLOUR, GREY])
def test_scores_are_those_of_the_interpreter(name, tmp_path):
    subject = model(name)
    _, height, width, n_channels = subject.graph.input.shape
    shown = pictures(6, height, width, grey=n_channels == 1)
    requests = [json.dumps({"classify": pixel_features(p), "id": 1}).encode() for p in shown]

    replies = answers(feeder(name, tmp_path), *requests)

    expected = expected_scores(subject, shown[..., :n_channels])
    np.testing.assert_array_equal(np.stack([scores_of(reply) for reply in replies]), expected)


def test_every_pixel_value_becomes_the_interpreters_code(tmp_path):
    """All 256 greys, sixteen at a time, through a model whose outputs differ for each."""
    subject = model(GREY)
    shown = np.arange(256, dtype=np.uint8).reshape(16, 4, 4, 1)
    requests = [
        json.dumps({"classify": pixel_features(np.repeat(p, 3, axis=2)), "id": 1}).encode()
        for p in shown
    ]

    replies = answers(feeder(GREY, tmp_path), *requests)

    expected = expected_scores(subject, shown)
    np.testing.assert_array_equal(np.stack([scores_of(reply) for reply in replies]), expected)


def test_real_values_of_a_float_model_are_those_of_the_interpreter(tmp_path):
    subject = model(FLOATS)
    values = np.random.default_rng(6).normal(0, 4, (8, 60)).astype(np.float32)
    requests = [json.dumps({"classify": each.tolist(), "id": 1}).encode() for each in values]

    replies = answers(feeder(FLOATS, tmp_path), *requests)

    expected = expected_scores(subject, values)
    np.testing.assert_array_equal(np.stack([scores_of(reply) for reply in replies]), expected)


def test_samples_of_a_microphone_are_parts_of_32768(tmp_path):
    subject = model(SOUND)
    samples = np.random.default_rng(3).integers(-32768, 32768, (4, 48))
    requests = [json.dumps({"classify": each.tolist(), "id": 1}).encode() for each in samples]

    replies = answers(feeder(SOUND, tmp_path, sensor="microphone", frequency_hz=16000), *requests)

    expected = expected_scores(subject, (samples / 32768).astype(np.float32))
    np.testing.assert_array_equal(np.stack([scores_of(reply) for reply in replies]), expected)


def mutated(rng, request):
    """A request with a few bytes changed, cut out, doubled or put in."""
    text = bytearray(request)
    for _ in range(rng.choice([1, 1, 2, 8])):
        place = rng.randrange(len(text) + 1)
        other = place + rng.choice([1, 2, 20])
        match rng.randrange(4):
            case 0:
                text[place:other] = bytes(rng.randrange(256) for _ in range(other - place))
            case 1:
                del text[place:other]
            case 2:
                text[place:place] = text[place:other]
            case 3:
                text[place:place] = rng.choice(
                    [b"{", b"}", b"[", b"]", b'"', b"\\", b",", b":", b"-", b"1e999", b"\0"]
                )
    return bytes(text)


def test_mutated_requests_never_harm_the_program(program):
    """The sanitizers end the program, and so the test, at the first read or write out of bounds."""
    rng = random.Random(SEED)
    requests = [
        HELLO,
        BLACK,
        b'{"classify_shm": {"elements": 35}, "debug": true, "id": 2}\n',
        b'{"set_threshold": {"id": 1, "min_score": 0.25}, "id": 3}',
        b'{"classify_continuous": [1.5, -2e3], "set_parameter": {"a": [{}]}, "id": 4}',
    ]
    clients = [mutated(rng, rng.choice(requests)) for _ in range(N_FUZZED)]

    replies = feed(program, [*clients, HELLO], chunk_bytes=61)

    assert replies[-1][0]["success"] is True
    assert all({"id", "success"} <= set(reply) for answer in replies for reply in answer)
