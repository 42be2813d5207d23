"""How accuracy grows with the number of labelled pictures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tinymledu.errors import InputError
from tinymledu.models.scores import predict_scores
from tinymledu.training.history import History
from tinymledu.training.loop import train
from tinymledu.units import count, percent

if TYPE_CHECKING:
    import keras

    from tinymledu.datasets import Dataset


@dataclass(frozen=True, slots=True)
class LearningPoint:
    """A model trained on n_labelled pictures, counted on the test split of n pictures."""

    n_labelled: int
    n_correct: int
    n: int
    history: History

    @property
    def accuracy(self) -> float:
        return self.n_correct / self.n

    def __repr__(self) -> str:
        return (
            f"LearningPoint: {count(self.n_labelled)} labelled pictures, test accuracy "
            f"{percent(self.accuracy)} (n = {count(self.n)})"
        )


@dataclass(frozen=True, slots=True)
class LearningCurve:
    """Points in order of n_labelled, all counted on the same test split."""

    points: tuple[LearningPoint, ...]

    def __repr__(self) -> str:
        steps = ", ".join(
            f"{count(point.n_labelled)}: {percent(point.accuracy)}" for point in self.points
        )
        return f"LearningCurve: {steps} (n = {count(self.points[0].n)} test pictures)"


def learning_curve(
    make_model: Callable[[], "keras.Model"],
    data: "Dataset",
    sizes: Sequence[int],
    *,
    epochs: int = 12,
    seed: int = 7,
    known: Sequence[LearningPoint] = (),
    progress: Callable[[LearningPoint], None] | None = None,
) -> LearningCurve:
    """Train a fresh model on more and more of the labelled pictures.

    Every smaller set is part of every larger one. Each model sees each of its pictures `epochs`
    times, so small sets also mean fewer steps, as they do in practice.

    Args:
        make_model: returns an untrained model, such as `lambda: tiny_cnn((48, 48, 3), 2)`.
        sizes: numbers of labelled pictures, each at most len(data.train.labels).
        seed: of the choice of pictures and of each training.
        known: points that are there already, such as that of a model trained before.
        progress: called after each size with its point.

    Raises:
        InputError: no size is given, or one is larger than the number of labelled pictures.
    """
    if not sizes:
        raise InputError("sizes is empty; give numbers of labelled pictures, such as (250, 1000).")
    n_labelled = len(data.train.labels)
    if max(sizes) > n_labelled:
        raise InputError(
            f"{count(max(sizes))} labelled pictures are asked for, and there are "
            f"{count(n_labelled)}. Load more with n_labelled={max(sizes)}, or ask for fewer."
        )
    points = list(known)
    for size in sorted(set(sizes)):
        model = make_model()
        part = data.labelled(size, seed)
        point = learning_point(model, data, train(model, part, epochs=epochs, seed=seed))
        points.append(point)
        if progress is not None:
            progress(point)
    return LearningCurve(tuple(sorted(points, key=lambda point: point.n_labelled)))


def learning_point(model: "keras.Model", data: "Dataset", history: History) -> LearningPoint:
    """The point of a model that has been trained: its correct answers on data.test."""
    predicted = predict_scores(model, data.test.pictures).argmax(axis=1)
    n_correct = int((predicted == data.test.labels).sum())
    return LearningPoint(history.n_train, n_correct, len(data.test.labels), history)
