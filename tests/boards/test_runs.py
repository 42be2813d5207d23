"""Boards stay powered between runs, and answers do not depend on what ran before."""

import numpy as np
import pytest
from tiny_firmware import dot_kernel, tiny_source

from tinymledu.boards import emulator, runs
from tinymledu.boards.build import build
from tinymledu.boards.emulator import VirtualBoard
from tinymledu.boards.runs import IdleBoards
from tinymledu.errors import BoardError


@pytest.fixture
def powered_on(monkeypatch):
    """Counts boards that are powered on for runs."""
    made = []

    def power_on(*arguments, **options):
        made.append(arguments)
        return VirtualBoard(*arguments, **options)

    monkeypatch.setattr(runs, "VirtualBoard", power_on)
    return made


def codes(*values):
    return np.array([*values, *[0] * (8 - len(values))], np.int8)


def test_one_board_serves_all_runs_in_turn(nano, powered_on):
    built, idle = build(tiny_source(), nano), IdleBoards()

    # 1*7 and the largest 7; 1*3 + 2*1 and the largest 3.
    answers = [idle.run(built, codes(7)), idle.run(built, codes(3, 1)), idle.run(built, codes(7))]

    assert answers == [bytes([7, 7]), bytes([5, 3]), bytes([7, 7])]
    assert len(powered_on) == 1


def test_a_board_that_failed_is_not_used_again(nano, powered_on, monkeypatch):
    monkeypatch.setattr(emulator, "INSTRUCTIONS_BESIDE", 100_000)
    body = "(void)weights; *output = 3; while (((const volatile int8_t *)input)[0] == 7) {}"
    built, idle = build(tiny_source(dot=dot_kernel(body)), nano), IdleBoards()

    with pytest.raises(BoardError, match="tk_dot was still busy"):
        idle.run(built, codes(7))

    assert idle.run(built, codes(6)) == bytes([3, 6])
    assert len(powered_on) == 2
