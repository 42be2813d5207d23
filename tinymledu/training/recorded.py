"""A training kept as JSON, for lessons that show one where TensorFlow is not installed."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tinymledu.quantities import Band
from tinymledu.training.curve import LearningCurve, LearningPoint
from tinymledu.training.history import Epoch, History, TrainingEnergy


def history_to_json(history: History) -> dict[str, Any]:
    """All of a history, as what `json.dumps` takes."""
    record = asdict(history)
    record["best"] = history.best.number
    return record


def history_from_json(record: Mapping[str, Any]) -> History:
    """The history that `history_to_json` was given."""
    epochs = tuple(Epoch(**epoch) for epoch in record["epochs"])
    energy = record["energy"]
    return History(
        epochs=epochs,
        best=next(epoch for epoch in epochs if epoch.number == record["best"]),
        n_train=record["n_train"],
        n_validation=record["n_validation"],
        seed=record["seed"],
        seconds=record["seconds"],
        energy=TrainingEnergy(energy["seconds"], Band(**energy["watts"]), energy["source"]),
    )


def curve_to_json(curve: LearningCurve) -> list[dict[str, Any]]:
    """All of a learning curve, as what `json.dumps` takes."""
    return [
        {
            "n_labelled": point.n_labelled,
            "n_correct": point.n_correct,
            "n": point.n,
            "history": history_to_json(point.history),
        }
        for point in curve.points
    ]


def curve_from_json(records: list[Mapping[str, Any]]) -> LearningCurve:
    """The learning curve that `curve_to_json` was given."""
    return LearningCurve(
        tuple(
            LearningPoint(**{**record, "history": history_from_json(record["history"])})
            for record in records
        )
    )
