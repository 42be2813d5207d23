"""datasets list | show | fetch and models list | fetch."""

import argparse
import dataclasses

from tinymledu import datasets
from tinymledu.cli.output import console, emit_json, progress, table
from tinymledu.errors import unknown_name


def dataset_list(options: argparse.Namespace) -> int:
    cards = [datasets.card(name) for name in datasets.dataset_names()]
    if options.json:
        emit_json({"datasets": [dataclasses.asdict(card) for card in cards]})
        return 0
    rows = [
        (card.name, card.title, ", ".join(card.labels), "drawn" if card.synthetic else "real")
        for card in cards
    ]
    table("Datasets", ("name", "what it is", "labels", "kind"), rows)
    return 0


def dataset_show(options: argparse.Namespace) -> int:
    record = dataclasses.asdict(datasets.card(options.name))
    if options.json:
        emit_json(record)
        return 0
    rows = [(key, str(value)) for key, value in record.items()]
    table(str(record["title"]), ("field", "value"), rows)
    return 0


def dataset_fetch(options: argparse.Namespace) -> int:
    from tinymledu.datasets.fetch import fetch

    with progress(options.name) as report:
        path = fetch(options.name, source_file=options.source_file, progress=report)
    console.print(f"{options.name} is at {path}")
    if options.name == "cats_vs_dogs":
        console.print(f"Next: tinymledu demo --data {path}")
    return 0


def model_list(options: argparse.Namespace) -> int:
    from tinymledu.datasets.weights import vww_path

    weights = "fetched" if vww_path() else "not fetched: tinymledu models fetch vww"
    rows = [
        ("tiny_cnn", "four convolutions, for 24x24 to 96x96 pictures", "none: train it"),
        ("mobilenet_v1", 'alpha 0.25; weights="vww" starts from MLPerf Tiny', weights),
    ]
    if options.json:
        emit_json(
            {"models": [dict(zip(("name", "what", "weights"), r, strict=True)) for r in rows]}
        )
        return 0
    table("Models", ("name", "what it is", "weights"), rows)
    return 0


def model_fetch(options: argparse.Namespace) -> int:
    from tinymledu.datasets.weights import fetch_vww

    if options.name != "vww":
        raise unknown_name("set of weights", options.name, ["vww"])
    with progress(options.name) as report:
        path = fetch_vww(source_file=options.source_file, progress=report)
    console.print(f"vww is at {path}")
    return 0
