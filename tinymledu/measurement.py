"""Accuracy with its interval, and what a model costs, each figure with how it was obtained."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tinymledu.baselines import Baseline
from tinymledu.boards.catalog import Board
from tinymledu.boards.deploy import deploy
from tinymledu.errors import (
    DatasetError,
    DoesNotFitError,
    InputError,
    MissingToolError,
    UnsupportedModelError,
)
from tinymledu.files import how_to_install
from tinymledu.graph.ir import TFLiteModel
from tinymledu.graph.reference import Interpreter
from tinymledu.models.scores import predict_scores
from tinymledu.quantities import Band, Method
from tinymledu.statistics import mcnemar_exact, wilson_interval
from tinymledu.units import band, count, percent, size

if TYPE_CHECKING:
    import keras

    from tinymledu.datasets import Dataset, Split

Pictures = NDArray[np.uint8]
Classes = NDArray[np.intp]
Progress = Callable[[int, int], None]

SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Accuracy:
    """What one classifier answered to n labelled pictures, and how often it was right.

    predicted, labels: (n,) class indices. split_name: which part of the data they are.
    """

    predicted: Classes
    labels: Classes
    split_name: str

    @property
    def n(self) -> int:
        return len(self.labels)

    @property
    def correct(self) -> NDArray[np.bool_]:
        right: NDArray[np.bool_] = self.predicted == self.labels
        return right

    @property
    def n_correct(self) -> int:
        return int(self.correct.sum())

    @property
    def ratio(self) -> float:
        return self.n_correct / self.n

    @property
    def low(self) -> float:
        """Lower end of the Wilson interval of 95 %."""
        return wilson_interval(self.n_correct, self.n)[0]

    @property
    def high(self) -> float:
        """Upper end of the Wilson interval of 95 %."""
        return wilson_interval(self.n_correct, self.n)[1]

    def confusion(self, n_classes: int) -> Classes:
        """(n_classes, n_classes) counts: a row for each label, a column for each answer."""
        cells = n_classes * self.labels + self.predicted
        return np.bincount(cells, minlength=n_classes**2).reshape(n_classes, n_classes)

    def __repr__(self) -> str:
        return (
            f"{percent(self.ratio)} of {count(self.n)} {self.split_name} pictures "
            f"(95 % interval {100 * self.low:.1f}-{100 * self.high:.1f} %)"
        )


@dataclass(frozen=True, slots=True, repr=False)
class PairedTest:
    """Two classifiers on the same n pictures: how many only one of them gets right."""

    n: int
    only_first: int
    only_second: int

    @property
    def p_value(self) -> float:
        """McNemar's exact test, two-sided: small if the difference is hardly chance."""
        return mcnemar_exact(self.only_first, self.only_second)

    def __repr__(self) -> str:
        verdict = "a difference" if self.p_value < SIGNIFICANT else "no difference shown"
        return (
            f"{count(self.only_first)} of {count(self.n)} pictures right by the first only, "
            f"{count(self.only_second)} by the second only; exact McNemar "
            f"p = {self.p_value:.2g}: {verdict} at {SIGNIFICANT}"
        )


@dataclass(frozen=True, slots=True, eq=False)
class Measurement:
    """One model: how good it is and what it costs.

    file_bytes: the .tflite file. flash_bytes and ram_bytes: from the linked ELF, stack and arena
        included. Board figures are None where there is no board or the model does not run on it;
        `note` then says why.
    """

    name: str
    scheme: str
    accuracy: Accuracy
    file_bytes: int
    board: str | None = None
    flash_bytes: int | None = None
    ram_bytes: int | None = None
    arena_bytes: int | None = None
    instructions: int | None = None
    latency_ms: Band | None = None
    energy_mj: Band | None = None
    instructions_method: Method = Method.COUNTED
    latency_method: Method = Method.MODELLED
    note: str = ""

    def __repr__(self) -> str:
        parts = [f"{self.name}: {self.accuracy!r}", f"file {size(self.file_bytes)}"]
        if self.flash_bytes is not None and self.ram_bytes is not None:
            parts.append(f"flash {size(self.flash_bytes)}, RAM {size(self.ram_bytes)}")
        if self.instructions is not None:
            parts.append(f"{count(self.instructions)} instructions {self.instructions_method}")
        if self.latency_ms is not None:
            latency = band(self.latency_ms.low, self.latency_ms.high, "ms")
            parts.append(f"{latency} {self.latency_method}")
        if self.energy_mj is not None:
            energy = band(self.energy_mj.low, self.energy_mj.high, "mJ")
            parts.append(f"{energy} {self.latency_method}")
        if self.note:
            parts.append(self.note)
        return f"Measurement({'; '.join(parts)})"


def accuracy(
    model: "TFLiteModel | Baseline | keras.Model", split: "Split", *, split_name: str = "test"
) -> Accuracy:
    """Classify labelled pictures and count what is right.

    An int8 model runs in the NumPy interpreter, which equals the board bit by bit; other .tflite
    models run in LiteRT, Keras models in Keras.

    Args:
        split: such as data.test; never the pictures that the model was chosen on.
        split_name: what the pictures are called beside the figure.

    Raises:
        DatasetError: there are no pictures.
        InputError: the pictures have no labels, or are not of the model's shape.
        MissingToolError: a float .tflite model, and LiteRT is not installed.
    """
    if not hasattr(split, "labels"):
        raise InputError(
            f"Accuracy is counted on one labelled part, such as data.test; this is a "
            f"{type(split).__name__}."
        )
    if len(split.labels) == 0:
        raise DatasetError(f"There are no {split_name} pictures, so accuracy has no meaning.")
    predicted = predict_classes(model, split.pictures)
    return Accuracy(predicted, split.labels.astype(np.intp), split_name)


def predict_classes(model: "TFLiteModel | Baseline | keras.Model", pictures: Pictures) -> Classes:
    """The class of each picture; of equal scores the first wins, as on the board."""
    if isinstance(model, Baseline):
        return model.predict(pictures)
    if not isinstance(model, TFLiteModel):
        outputs = predict_scores(model, pictures)
    elif model.scheme == "int8":
        outputs = Interpreter(model).run(pictures)
    else:
        outputs = _run_litert(model, pictures)
    best: Classes = np.argmax(outputs.reshape(len(pictures), -1), axis=1)
    return best


def _run_litert(model: TFLiteModel, pictures: Pictures) -> NDArray[np.float32]:
    """(n, n_classes) scores of a model with float input, computed by LiteRT on this computer."""
    try:
        from ai_edge_litert.interpreter import Interpreter as LiteRTInterpreter
    except ImportError as reason:
        raise MissingToolError(
            f"{model.name} computes in floats, which LiteRT runs, and it cannot be loaded here "
            f"({reason}). Install it with: {how_to_install('full')}. int8 models need nothing."
        ) from reason
    from tinymledu.models.framework import quiet

    expected = model.graph.input.shape[1:]
    if pictures.shape[1:] != expected:
        raise InputError(
            f"{model.name} takes pictures of shape {expected}; these are {pictures.shape[1:]}."
        )
    with quiet():
        interpreter: Any = LiteRTInterpreter(model_content=model.content, num_threads=2)
        interpreter.allocate_tensors()
    input_index = interpreter.get_input_details()[0]["index"]
    output_index = interpreter.get_output_details()[0]["index"]
    scores = []
    for picture in pictures:
        interpreter.set_tensor(input_index, picture[np.newaxis] / np.float32(255))
        interpreter.invoke()
        scores.append(interpreter.get_tensor(output_index)[0])
    return np.stack(scores)


def paired_test(first: Accuracy, second: Accuracy) -> PairedTest:
    """Compare two classifiers picture by picture with McNemar's exact test.

    Two intervals can overlap and the classifiers still differ, for both saw the same pictures;
    and a gap of a point can be nothing.

    Raises:
        InputError: the two did not answer for the same pictures.
    """
    if not np.array_equal(first.labels, second.labels):
        raise InputError(
            f"The first answered for {count(len(first.labels))} pictures, the second for "
            f"{count(len(second.labels))}, and their labels differ. "
            "A paired test needs the same pictures in the same order."
        )
    only_first = int((first.correct & ~second.correct).sum())
    only_second = int((second.correct & ~first.correct).sum())
    return PairedTest(len(first.labels), only_first, only_second)


def measure(
    models: Sequence[TFLiteModel],
    data: "Dataset",
    board: Board | None = None,
    *,
    progress: Progress | None = None,
) -> tuple[Measurement, ...]:
    """Accuracy on data.test and, with a board, flash, RAM, instructions, latency and energy.

    A model that the board cannot run is measured without board figures; its note says why.

    Args:
        progress: called with (done, total) after each model.

    Raises:
        DatasetError, InputError, MissingToolError: as for `accuracy` and `deploy`.
    """
    measurements = []
    for done, model in enumerate(models, start=1):
        own = Measurement(model.name, model.scheme, accuracy(model, data.test), model.file_bytes)
        measurements.append(own if board is None else _on_board(own, model, board))
        if progress is not None:
            progress(done, len(models))
    return tuple(measurements)


def _on_board(measurement: Measurement, model: TFLiteModel, board: Board) -> Measurement:
    """The same measurement with what the board says, or why it says nothing."""
    try:
        deployment = deploy(model, board)
    except (UnsupportedModelError, DoesNotFitError) as reason:
        return replace(measurement, board=board.title, note=str(reason))
    if not board.executable:
        return replace(measurement, board=board.title, note=f"{board.title} is not executed here.")
    memory, figures = deployment.memory, deployment.profile
    return replace(
        measurement,
        board=board.title,
        flash_bytes=memory.flash_bytes,
        ram_bytes=memory.ram_bytes,
        arena_bytes=memory.arena_bytes,
        instructions=figures.instructions,
        latency_ms=figures.latency_ms,
        energy_mj=figures.energy_mj,
        instructions_method=figures.instructions_method,
        latency_method=figures.cycles_method,
    )
