"""The training loop: batches, gradients, a falling learning rate, the best weights kept."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tinymledu.errors import InputError
from tinymledu.models.framework import load_keras, load_tensorflow
from tinymledu.models.scores import check_pictures, predict_scores
from tinymledu.quantities import Band
from tinymledu.training.augment import Views, look, random_views
from tinymledu.training.checks import check_data, check_numbers
from tinymledu.training.distill import distilled_losses
from tinymledu.training.history import (
    LAPTOP_WATTS,
    LAPTOP_WATTS_SOURCE,
    Epoch,
    History,
    TrainingEnergy,
)

if TYPE_CHECKING:
    import keras

    from tinymledu.datasets import Dataset, Split

# The rate falls along half a cosine to this part of where it began. Constant rates end anywhere:
# on 4,000 drawings, between 51 and 84 % by seed; with the decay, 85 to 88 %.
FINAL_RATE = 0.02

Step = Callable[..., Any]


def train(
    model: "keras.Model",
    data: "Dataset",
    *,
    epochs: int = 12,
    seed: int = 7,
    learning_rate: float = 2e-3,
    batch_size: int = 32,
    augment: float = 1.0,
    patience: int | None = None,
    watts: Band = LAPTOP_WATTS,
    watts_source: str = LAPTOP_WATTS_SOURCE,
    teacher: "keras.Model | None" = None,
    progress: Callable[[Epoch], None] | None = None,
) -> History:
    """Let `model` learn from data.train; leave it with the weights best on data.validation.

    Adam; the learning rate falls along half a cosine to 2 % of its first value. The same seed,
    model seed, software and number of threads give the same weights.

    Args:
        model: a Keras classifier that ends in a softmax; it is changed in place.
        epochs: how often each training picture is seen.
        seed: of the order of the pictures and of the random views.
        learning_rate: at the start, between 0 and 1.
        batch_size: pictures for one step.
        augment: how much the random views of a picture (mirrored, zoomed, lit) differ from it:
            0 not at all, 1 mildly, 2 for a few thousand photographs and 20 epochs or more.
        patience: stop after this many epochs in a row without improvement; None: never.
        watts: power of the computer that trains, for the energy estimate.
        watts_source: where `watts` comes from.
        teacher: a trained network for the same pictures; half of the loss then compares with its
            scores (distillation, see training/distill.py).
        progress: called after each epoch with its record.

    Returns:
        The history: every epoch, seconds measured, joules estimated.

    Raises:
        DatasetError: no labels, no pictures, one class only, or too few pictures of a class.
        InputError: pictures, labels or numbers that the model cannot take.
    """
    check_numbers(
        epochs=epochs, seed=seed, rate=learning_rate, batch_size=batch_size, augment=augment,
        patience=patience,
    )  # fmt: skip
    check_data(model, data)
    started = time.perf_counter()
    if teacher is not None:
        check_pictures(teacher, data.train.pictures)
    learning = _Learning(epochs, seed, learning_rate, batch_size, augment, teacher)
    passed: list[Epoch] = []
    best: Epoch | None = None
    weights = _weights(model)
    try:
        for epoch in _learn(model, data, learning):
            passed.append(epoch)
            if best is None or _is_better(epoch, best):
                best, weights = epoch, _weights(model)
            if progress is not None:
                progress(epoch)
            if patience is not None and epoch.number - best.number >= patience:
                break
    finally:  # also after Ctrl-C: the best weights so far are not lost
        model.set_weights(weights)
    assert best is not None
    seconds = time.perf_counter() - started
    energy = TrainingEnergy(seconds, watts, watts_source)
    n_train, n_validation = len(data.train.labels), len(data.validation.labels)
    return History(tuple(passed), best, n_train, n_validation, seed, seconds, energy)


@dataclass(frozen=True, slots=True)
class _Learning:
    epochs: int
    seed: int
    rate: float
    batch_size: int
    augment: float
    teacher: "keras.Model | None"


def _learn(model: "keras.Model", data: "Dataset", learning: _Learning) -> Iterator[Epoch]:
    """Train epoch by epoch; between two of them the weights may be copied, not changed."""
    n_steps = math.ceil(len(data.train.labels) / learning.batch_size)
    optimizer = _optimizer(learning.rate, n_steps * learning.epochs)
    step = _training_step(model, optimizer, learning.teacher)
    rng = np.random.default_rng(learning.seed)
    for number in range(1, learning.epochs + 1):
        begun = time.perf_counter()
        views = random_views(len(data.train.labels), float(learning.augment), rng)
        loss, accuracy = _one_epoch(step, data.train, views, n_steps, rng)
        if not math.isfinite(loss):
            raise InputError(
                f"The loss is no longer a number in epoch {number}: the steps were too long. "
                f"The learning rate was {learning.rate:g}; try {learning.rate / 10:g}."
            )
        validation_loss, validation_accuracy = _validate(model, data.validation)
        yield Epoch(
            number=number,
            of=learning.epochs,
            loss=loss,
            accuracy=accuracy,
            validation_loss=validation_loss,
            validation_accuracy=validation_accuracy,
            learning_rate=float(optimizer.learning_rate),
            seconds=time.perf_counter() - begun,
        )


def _weights(model: "keras.Model") -> list[NDArray[np.float32]]:
    """Copies of all weights. Keras 3.15's get_weights does the same with a NumPy 2 warning each."""
    return [variable.value.numpy().copy() for variable in model.weights]


def _optimizer(rate: float, n_steps: int) -> Any:
    keras = load_keras()
    decay = keras.optimizers.schedules.CosineDecay(rate, n_steps, alpha=FINAL_RATE)
    return keras.optimizers.Adam(decay)


def _training_step(
    model: "keras.Model", optimizer: Any, teacher: "keras.Model | None" = None
) -> Step:
    """A compiled function of a batch: moves the weights, returns (sum of losses, n correct)."""
    tf, keras = load_tensorflow(), load_keras()
    height, width, channels = model.input_shape[1:]
    signature = (
        tf.TensorSpec((None, height, width, channels), tf.uint8),
        tf.TensorSpec((None, 4), tf.float32),
        tf.TensorSpec((None, 2), tf.float32),
        tf.TensorSpec((None,), tf.int32),
    )

    def step(pictures: Any, boxes: Any, lights: Any, labels: Any) -> Any:
        seen = look(pictures, boxes, lights)
        with tf.GradientTape() as tape:
            scores = model(seen, training=True)
            if teacher is None:
                losses = keras.losses.sparse_categorical_crossentropy(labels, scores)
            else:
                losses = distilled_losses(labels, scores, teacher(seen, training=False))
            loss = tf.reduce_mean(losses)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        correct = tf.equal(tf.argmax(scores, axis=1, output_type=tf.int32), labels)
        return tf.reduce_sum(losses), tf.reduce_sum(tf.cast(correct, tf.int32))

    compiled: Step = tf.function(step, input_signature=signature)
    return compiled


def _one_epoch(
    step: Step,
    split: "Split",
    views: Views,
    n_steps: int,
    rng: np.random.Generator,
) -> tuple[float, float]:
    """Show every picture once, in random order; mean loss and accuracy on the way."""
    n = len(split.labels)
    loss, n_correct = 0.0, 0
    for batch in np.array_split(rng.permutation(n), n_steps):  # sizes differ by one at most
        batch_loss, batch_correct = step(
            split.pictures[batch],
            views.boxes[batch],
            views.lights[batch],
            split.labels[batch].astype(np.int32),
        )
        loss += float(batch_loss)
        n_correct += int(batch_correct)
    return loss / n, n_correct / n


def _validate(model: "keras.Model", split: "Split") -> tuple[float, float]:
    """Mean cross-entropy in nat and accuracy, without dropout or random views."""
    scores = predict_scores(model, split.pictures)
    likelihood = scores[np.arange(len(scores)), split.labels]
    losses = -np.log(np.maximum(likelihood, 1e-7))
    return float(losses.mean()), float((scores.argmax(axis=1) == split.labels).mean())


def _is_better(epoch: Epoch, best: Epoch) -> bool:
    """Higher validation accuracy; between equals, the lower loss."""
    ours = (epoch.validation_accuracy, -epoch.validation_loss)
    return ours > (best.validation_accuracy, -best.validation_loss)
