"""flash, serve, and the boards that are plugged in."""

import argparse
from dataclasses import asdict
from pathlib import Path

from tinymledu.boards.arduino_cli import arduino_of, await_model, check_arduino_cli, upload
from tinymledu.boards.catalog import Board, board
from tinymledu.boards.deploy import deploy
from tinymledu.boards.elf import read_elf
from tinymledu.boards.emulator import VirtualBoard
from tinymledu.boards.plugged import Plugged, only_port, plugged_in
from tinymledu.boards.serving import Responder, serve
from tinymledu.boards.sketch import sketch_files, sketch_name
from tinymledu.boards.writing import write_texts
from tinymledu.cli.output import console, emit_json, table
from tinymledu.errors import MissingToolError
from tinymledu.graph.ir import TFLiteModel
from tinymledu.graph.tflite import load_model


def plugged_records() -> list[dict[str, object]]:
    """Boards on USB for `boards --json`; empty where pyserial is not installed."""
    try:
        return [asdict(plugged) for plugged in plugged_in()]
    except MissingToolError:
        return []


def print_plugged() -> None:
    """A table of the boards on USB, or a sentence."""
    try:
        found = plugged_in()
    except MissingToolError as error:
        console.print(str(error))
        return
    if not found:
        console.print("No board is plugged in.")
        return
    rows = [(p.port, _known(p), p.usb_id, p.description) for p in found]
    table("Plugged in", ("port", "board", "USB id", "calls itself"), rows)


def _known(plugged: Plugged) -> str:
    return " or ".join(plugged.boards) or "unknown"


def flash(options: argparse.Namespace) -> int:
    """Write the sketch of a model, compile it, upload it, and wait until the board answers."""
    model, card = load_model(options.model), board(options.board)
    arduino_of(card)
    folder = _write_sketch(model, card, options)
    check_arduino_cli(card, folder, options.port)
    port = options.port or only_port(card.name)
    upload(card, folder, port)
    port = await_model(model, card, port)
    if options.json:
        emit_json({"port": port, "sketch": str(folder), "sha256": model.sha256})
        return 0
    console.print(f"{card.title} at {port} runs {model.name}. Ask it in Python:")
    console.print(f'  tml.deploy(model, tml.board("{card.name}", port="{port}")).run(picture)')
    return 0


def _write_sketch(model: TFLiteModel, card: Board, options: argparse.Namespace) -> Path:
    """Write the sketch, unless the board is known to be too small for it."""
    source = deploy(model, card, optimise=options.optimise).source
    folder: Path = options.out / sketch_name(source)
    write_texts(sketch_files(model, source), folder)
    return folder


def serve_board(options: argparse.Namespace) -> int:
    """Serve the virtual board on a pseudo-terminal until Ctrl-C."""
    model, card = load_model(options.model), board(options.board)
    deployment = deploy(model, card)
    latency_ms = deployment.profile.latency_ms
    virtual = VirtualBoard(read_elf(deployment.elf), card)
    latency_us = round(latency_ms.high * 1000)
    responder = Responder(model, virtual.run, latency_us, name=f"tinymledu virtual {card.name}")

    def ready(port: str) -> None:
        console.print(
            f"A virtual {card.title} with {model.name} answers on {port}. One inference takes "
            f"{latency_us / 1000:.1f} ms by its clock (modelled, upper end). Ctrl-C ends it."
        )

    try:
        serve(responder, ready=ready)
    except KeyboardInterrupt:
        console.print("Ended.")
    return 0
