"""Phases 1 to 4 of the demo: train, shrink, deploy, and answer for pictures without labels."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

import tinymledu as tml
from tinymledu.boards.deploy import Deployment
from tinymledu.boards.runs import Runs
from tinymledu.cli.output import progress
from tinymledu.datasets import Dataset, unlabelled_answers
from tinymledu.demo.stage import Stage
from tinymledu.graph.ir import TFLiteModel
from tinymledu.graph.oracle import Oracle, oracle_name, tflm_available
from tinymledu.measurement import Accuracy, Measurement, PairedTest
from tinymledu.training import History, LearningCurve, LearningPoint, learning_point
from tinymledu.units import band, count, duration, percent

if TYPE_CHECKING:
    import keras

CURVE = (250, 500, 1000, 2000)
N_CALIBRATION = 200
SEED = 7
BOARD = "nano33ble"
SURE = 0.9


@dataclass(frozen=True, slots=True)
class Learned:
    """Phase 1: what was learned from labelled pictures, and what needs no learning."""

    data: Dataset
    path: Path | None
    baselines: tuple[tuple[str, Accuracy], ...]
    model: "keras.Model"
    history: History
    accuracy: Accuracy
    curve: LearningCurve


@dataclass(frozen=True, slots=True)
class Shrunk:
    """The same model in four schemes, each measured and compared with float32."""

    measurements: tuple[Measurement, ...]
    tests: tuple[PairedTest, ...]  # float32 against each of the others
    int8: TFLiteModel


@dataclass(frozen=True, slots=True)
class Answered:
    """Phase 2: answers for unlabelled pictures, and how they were checked."""

    runs: Runs
    n_values: int
    n_differing: int
    n_differing_oracle: int | None  # None: TensorFlow Lite Micro is not installed here
    oracle: str
    accuracy: Accuracy  # on those that are cats or dogs
    n_neither: int
    n_neither_sure: int  # of those, with a score of SURE or more for one class


def learn(stage: Stage, path: Path | None) -> Learned:
    """Load or draw the pictures, try the baselines, train, and see what fewer labels give."""
    with progress("pictures") as report:
        data = tml.load_dataset("cats_vs_dogs", path=path, seed=SEED, progress=report)
    _say_data(stage, data)
    baselines = tuple(
        (made.name, tml.accuracy(made, data.test))
        for made in (tml.baselines.nearest_mean(data), tml.baselines.linear(data))
    )
    for name, accuracy in baselines:
        stage.say(f"baseline, {name}: {accuracy}")
    model = _new_model(data)
    with progress("epochs") as report:
        history = tml.train(
            model, data, epochs=_epochs(data), seed=SEED,
            progress=lambda epoch: report(epoch.number, epoch.of),
        )  # fmt: skip
    accuracy = tml.accuracy(model, data.test)
    stage.say(f"small CNN, {count(model.count_params())} parameters: {accuracy}")
    stage.say(f"energy of training: {_energy(history)}")
    curve = _curve(data, learning_point(model, data, history))
    fewer = (f"{count(p.n_labelled)} give {percent(p.accuracy)}" for p in curve.points[:-1])
    stage.say(f"with fewer labels: {', '.join(fewer)}")
    return Learned(data, path, baselines, model, history, accuracy, curve)


def shrink(stage: Stage, learned: Learned) -> Shrunk:
    """Four schemes from one call, each counted on the same held-out pictures."""
    calibration = learned.data.calibration(n=N_CALIBRATION, seed=SEED)
    models = tml.shrink(learned.model, calibration=calibration)
    with progress("models measured") as report:
        measured = tml.measure(models, learned.data, progress=report)
    for one in measured:
        stage.say(f"{one.scheme:8} file {count(one.file_bytes):>7} B, {one.accuracy}")
    tests = tuple(tml.paired_test(measured[0].accuracy, one.accuracy) for one in measured[1:])
    stage.say(f"float32 against int8: {tests[-1]}")
    return Shrunk(measured, tests, models[-1])


def put_on_board(stage: Stage, shrunk: Shrunk) -> Deployment:
    """C, machine code, and what it needs on the board."""
    deployment = tml.deploy(shrunk.int8, tml.board(BOARD))
    memory, figures, board = deployment.memory, deployment.profile, deployment.board
    latency = band(figures.latency_ms.low, figures.latency_ms.high, "ms")
    stage.say(f"{board.title}: {board.processor}, {board.clock_hz / 1e6:g} MHz")
    stage.say(f"flash {count(memory.flash_bytes)} B of {count(board.flash_bytes)} B, linked ELF")
    stage.say(f"RAM {count(memory.ram_bytes)} B of {board.usable_ram_text}, linked ELF")
    stage.say(
        f"{count(figures.instructions)} instructions a picture, {figures.instructions_method}"
    )
    stage.say(f"latency {latency}, {figures.cycles_method}")
    if figures.energy_mj is not None:
        energy = band(figures.energy_mj.low, figures.energy_mj.high, "mJ")
        stage.say(f"energy {energy} a picture for the processor, {figures.cycles_method}")
    return deployment


def answer(stage: Stage, learned: Learned, deployment: Deployment) -> Answered:
    """Phase 2: the board answers; its values are compared, then its answers are scored."""
    pictures = learned.data.unlabelled
    with progress("pictures on the virtual board") as report:
        runs = deployment.run_many(pictures, progress=report)
    stage.say(f"{count(len(runs))} unlabelled pictures in {duration(runs.emulation_s)}")
    by_numpy = tml.Interpreter(deployment.model).run(pictures)
    n_differing = _n_differing(runs, by_numpy)
    n_values = runs.codes.size
    stage.say(f"{n_differing} of {n_values} output values differ from the NumPy interpreter's")
    by_oracle, oracle = _compare_with_oracle(deployment.model, pictures, runs)
    if by_oracle is None:
        stage.say("not compared with TensorFlow Lite Micro: tflite-micro is not installed here")
    else:
        stage.say(f"{by_oracle} of {n_values} differ from TensorFlow Lite Micro's ({oracle})")
    truth = unlabelled_answers(learned.data.card.name, path=learned.path, seed=SEED)
    known = truth >= 0
    predicted = runs.scores.argmax(axis=1)
    accuracy = Accuracy(predicted[known], truth[known].astype(np.intp), "unlabelled")
    sure = runs.scores[~known].max(axis=1) >= SURE
    n_neither, n_sure = len(sure), int(sure.sum())
    stage.say(f"right on cats and dogs: {accuracy}")
    stage.say(
        f"{n_neither} were neither; {n_sure} of them got a score of {SURE} or more all the same"
    )
    return Answered(
        runs, n_values, n_differing, by_oracle, oracle, accuracy, n_neither, n_sure
    )  # fmt: skip


def _say_data(stage: Stage, data: Dataset) -> None:
    stage.say(
        f"{count(len(data.train))} labelled {data.card.kind} to learn from, "
        f"{count(len(data.validation))} to choose weights on, {count(len(data.test))} held out"
    )
    if data.skipped or data.duplicates:
        stage.say(f"skipped: {data.skipped} unreadable files, {data.duplicates} duplicates")


def _curve(data: Dataset, last: LearningPoint) -> LearningCurve:
    with progress("learning curve") as report:
        return tml.learning_curve(
            lambda: _new_model(data), data, CURVE, epochs=_epochs(data), seed=SEED, known=(last,),
            progress=lambda point: report(CURVE.index(point.n_labelled) + 1, len(CURVE)),
        )  # fmt: skip


def _new_model(data: Dataset) -> "keras.Model":
    return tml.models.tiny_cnn(data.card.shape, n_classes=len(data.card.labels), seed=SEED)


def _epochs(data: Dataset) -> int:
    """Photographs vary more than drawings and need a longer look."""
    return 12 if data.card.synthetic else 20


def _energy(history: History) -> str:
    joules = history.energy.joules
    return f"{band(joules.low, joules.high, 'J')}, estimated from {duration(history.seconds)}"


def _n_differing(runs: Runs, others: NDArray[np.int8]) -> int:
    return int(np.count_nonzero(runs.codes != others.reshape(runs.codes.shape)))


def _compare_with_oracle(
    model: TFLiteModel, pictures: NDArray[np.uint8], runs: Runs
) -> tuple[int | None, str]:
    if not tflm_available():
        return None, ""
    return _n_differing(runs, Oracle(model).run(pictures)), oracle_name()
