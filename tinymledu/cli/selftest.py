"""boards --self-test: one card for each board."""

import argparse

import numpy as np

from tinymledu.boards.catalog import board, board_names
from tinymledu.boards.selftest import Outcome, SelfTest, real_self_test, virtual_self_test
from tinymledu.boards.toolchain import found
from tinymledu.cli.output import console, emit_json
from tinymledu.errors import InputError

ALL = "all"


def self_test(options: argparse.Namespace) -> int:
    """Run the self-test on the board that --self-test names, or on all that run here."""
    if options.port:
        return _on_port(options)
    names = board_names() if options.self_test == ALL else (options.self_test,)
    cards = [board(name) for name in names]
    runnable = [card for card in cards if card.executable or options.self_test != ALL]
    results = []
    for card in runnable:
        results.append(virtual_self_test(card, toolchain_name=found()))
        if not options.json:
            console.print(card_text(results[-1]) + "\n")
    if options.json:
        emit_json({"self_tests": [_record(result) for result in results]})
    else:
        for card in cards:
            if card not in runnable:
                console.print(f"{card.title}: not executed here, only Arm Cortex-M code is.")
    return 0 if all(result.passed for result in results) else 1


def _on_port(options: argparse.Namespace) -> int:
    if options.self_test == ALL:
        raise InputError("Which board is at that port? boards --self-test NAME --port PORT")
    result = real_self_test(board(options.self_test, port=options.port), options.port)
    if options.json:
        emit_json({"self_tests": [_record(result)]})
    else:
        console.print(card_text(result))
    return 0 if result.passed else 1


def card_text(result: SelfTest) -> str:
    """What one board's self-test found, in a few lines."""
    card = result.board
    verdict = "passed" if result.passed else "FAILED"
    place = f"at {card.port}" if card.port else "virtual"
    return "\n".join(
        (
            f"{card.title} ({place})",
            f"  processor  {card.processor}, {card.clock_hz / 1e6:g} MHz",
            f"  firmware   {result.firmware}",
            f"  {verdict}: {result.n_passed} of {len(result.outcomes)} known answers, "
            "as TensorFlow Lite Micro gives them",
            *(_difference(outcome) for outcome in result.outcomes if not outcome.passed),
        )
    )


def _difference(outcome: Outcome) -> str:
    expected, answered = (_codes(part) for part in (outcome.answer.output, outcome.output))
    return f"    {outcome.answer.name}: expected {expected}, answered {answered}"


def _codes(content: bytes) -> str:
    return " ".join(str(code) for code in np.frombuffer(content, np.int8))


def _record(result: SelfTest) -> dict[str, object]:
    return {
        "board": result.board.name,
        "passed": result.passed,
        "n_passed": result.n_passed,
        "n": len(result.outcomes),
        "port": result.board.port,
        "firmware": result.firmware,
    }
