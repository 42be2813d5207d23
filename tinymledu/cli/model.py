"""boards, inspect, profile, verify, deploy."""

import argparse
import shlex
from pathlib import Path

from tinymledu import units
from tinymledu.boards.catalog import Board, board, board_names
from tinymledu.boards.deploy import Deployment
from tinymledu.boards.deploy import deploy as deploy_model
from tinymledu.boards.layer_table import NARROW_COLUMNS, NARROW_NOTE, narrow_rows
from tinymledu.cli.board import plugged_records, print_plugged
from tinymledu.cli.output import console, emit_json, progress, table
from tinymledu.cli.selftest import self_test
from tinymledu.errors import BoardError, InputError
from tinymledu.graph.ir import Graph, TFLiteModel
from tinymledu.graph.tflite import load_model
from tinymledu.quantities import Band


def boards(options: argparse.Namespace) -> int:
    if options.self_test:
        return self_test(options)
    if options.port:
        raise InputError("--port goes with --self-test NAME, which asks the board at the port.")
    cards = [board(name) for name in board_names()]
    if options.json:
        records = [_board_record(card) for card in cards]
        emit_json({"boards": records, "plugged_in": plugged_records()})
        return 0
    table(
        "Boards",
        ("name", "board", "processor", "clock (MHz)", "flash (B)", "RAM (B)", "virtual"),
        [
            (
                card.name,
                card.title,
                card.processor,
                f"{card.clock_hz / 1e6:g}",
                units.count(card.flash_bytes),
                units.count(card.ram_bytes),
                "runs here" if card.executable else "C only",
            )
            for card in cards
        ],
    )
    print_plugged()
    return 0


def _board_record(card: Board) -> dict[str, object]:
    return {
        "name": card.name,
        "title": card.title,
        "processor": card.processor,
        "clock_hz": card.clock_hz,
        "flash_bytes": card.flash_bytes,
        "ram_bytes": card.ram_bytes,
        "core_reserved_ram_bytes": card.core_reserved_ram_bytes,
        "executable": card.executable,
    }


def inspect(options: argparse.Namespace) -> int:
    model = load_model(options.model)
    rows = [_op_row(model.graph, index) for index in range(len(model.graph.ops))]
    if options.json:
        emit_json(_model_record(model, rows))
        return 0
    console.print(
        f"{model.name}: {model.scheme}, file {units.count(model.file_bytes)} B, "
        f"labels: {', '.join(model.labels) or 'none stored'}"
    )
    columns = ("#", "operator", "version", "inputs", "output")
    table("Operators", columns, [tuple(map(str, row.values())) for row in rows])
    return 0


def _op_row(graph: Graph, index: int) -> dict[str, object]:
    op = graph.ops[index]
    return {
        "index": op.index,
        "op": op.kind,
        "version": op.version,
        "inputs": "  ".join(_shape(tensor.shape) for tensor in graph.op_inputs(op)),
        "output": "  ".join(_shape(tensor.shape) for tensor in graph.op_outputs(op)),
    }


def _shape(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape)) or "scalar"


def _model_record(model: TFLiteModel, rows: list[dict[str, object]]) -> dict[str, object]:
    return {
        "name": model.name,
        "sha256": model.sha256,
        "scheme": model.scheme,
        "file_bytes": model.file_bytes,
        "labels": list(model.labels),
        "operators": rows,
    }


def profile(options: argparse.Namespace) -> int:
    deployment = _deploy(options, _executed_board(options))
    record = profile_record(deployment)
    if options.json:
        emit_json(record)
        return 0
    _print_deployment(deployment)
    return 0


def _deploy(options: argparse.Namespace, card: Board) -> Deployment:
    return deploy_model(
        load_model(options.model),
        card,
        optimise=options.optimise,
        keep_dead_channels=options.keep_dead_channels,
    )


def _executed_board(options: argparse.Namespace) -> Board:
    card = board(options.board)
    if not card.executable:
        raise BoardError(
            f"{card.title} is not executed here: the virtual board runs Arm Cortex-M code only. "
            "For its C sources: "
            f"tinymledu deploy {shlex.quote(str(options.model))} --board {card.name}"
        )
    return card


def profile_record(deployment: Deployment) -> dict[str, object]:
    """The object that `profile --json` prints; its fields are documented in docs/cli.md."""
    memory, figures = deployment.memory, deployment.profile
    return {
        "board": deployment.board.name,
        "macs": deployment.source.macs,
        "model_macs": deployment.source.model_macs,
        "instructions": figures.instructions,
        "cycles": _band(figures.cycles),
        "latency_ms": _band(figures.latency_ms),
        "energy_mj": _band(figures.energy_mj),
        "branches_taken": figures.branches_taken,
        "flash_bytes_read": figures.traffic.flash_bytes_read,
        "ram_bytes_read": figures.traffic.ram_bytes_read,
        "bytes_written": figures.traffic.bytes_written,
        "flash_bytes": memory.flash_bytes,
        "code_bytes": memory.code_bytes,
        "weights_bytes": memory.weights_bytes,
        "ram_bytes": memory.ram_bytes,
        "arena_bytes": memory.arena_bytes,
        "stack_bytes": memory.stack_bytes,
        "layers": [
            {
                "index": layer.index,
                "op": layer.op,
                "macs": layer.macs,
                "instructions": layer.instructions,
                "cycles": _band(layer.cycles),
                "flash_bytes_read": layer.traffic.flash_bytes_read,
                "ram_bytes_read": layer.traffic.ram_bytes_read,
                "bytes_written": layer.traffic.bytes_written,
                "time_share": layer.time_share,
            }
            for layer in figures.layers
        ],
        "how": {
            "memory": "read from the linked ELF; stack measured by painting",
            "instructions": "counted in the emulator",
            "flash_bytes_read, ram_bytes_read, bytes_written": "counted in the emulator",
            "cycles, latency_ms, energy_mj, time_share": "modelled",
        },
    }


def _band(band: Band | None) -> dict[str, float] | None:
    return None if band is None else {"low": band.low, "high": band.high}


def _print_deployment(deployment: Deployment) -> None:
    memory, figures, card = deployment.memory, deployment.profile, deployment.board
    console.print(
        f"{deployment.model.name} on {card.title}\n"
        f"  flash   {units.count(memory.flash_bytes)} B of {units.count(card.flash_bytes)} B\n"
        f"  RAM     {units.count(memory.ram_bytes)} B of {card.usable_ram_text}"
        f" (arena {units.count(memory.arena_bytes)}, stack {units.count(memory.stack_bytes)})\n"
        f"  instructions {units.count(figures.instructions)} (counted in the emulator)\n"
        f"  latency {units.band(figures.latency_ms.low, figures.latency_ms.high, 'ms')} (modelled)"
    )
    if figures.energy_mj is not None:
        energy = units.band(figures.energy_mj.low, figures.energy_mj.high, "mJ")
        console.print(f"  energy  {energy} for the processor (modelled)")
    if deployment.source.folded_note:
        console.print(f"  {deployment.source.folded_note} (--keep-dead-channels runs all)")
    table("Layers", NARROW_COLUMNS, narrow_rows(figures))
    console.print(NARROW_NOTE)


def verify(options: argparse.Namespace) -> int:
    from tinymledu.verification import verify as verify_model

    model, card = load_model(options.model), _executed_board(options)
    with progress("inputs") as report:
        result = verify_model(
            model,
            card,
            n_inputs=options.inputs,
            seed=options.seed,
            optimise=options.optimise,
            keep_dead_channels=options.keep_dead_channels,
            progress=report,
        )
    if options.json:
        emit_json(
            {
                "oracle": result.oracle,
                "inputs": result.inputs,
                "values": result.values,
                "mismatches": result.mismatches,
            }
        )
    else:
        console.print(
            f"{model.name}: {units.count(result.values)} output values of {result.inputs} inputs "
            f"(3 constant, the rest random), {units.count(result.mismatches)} differ from "
            f"{result.oracle}."
        )
    return 0 if result.mismatches == 0 else 1


def deploy(options: argparse.Namespace) -> int:
    deployment = _deploy(options, board(options.board))
    folder: Path = options.out
    written = deployment.write(folder)
    if options.json:
        emit_json({"folder": str(folder), "files": [str(path) for path in written]})
        return 0
    if deployment.board.executable:
        _print_deployment(deployment)
    else:
        console.print(f"{deployment.board.title}: C written, not executed here.")
    console.print(f"Wrote {len(written)} files to {folder}.")
    return 0
