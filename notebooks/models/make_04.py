"""Make what lesson 04 ships: 04_record.json, its trainings with three seeds.

The lesson trains three networks live; the other figures of its tables are measured here, with the
same recipe. Takes about four minutes on 2 cores:

    python notebooks/models/make_04.py
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import tinymledu as tml
from tinymledu.datasets import Dataset
from tinymledu.datasets.local import local_part
from tinymledu.measurement import Accuracy

if TYPE_CHECKING:
    import keras

RECORD = Path(__file__).parent / "04_record.json"
SEEDS = (7, 8, 9)
SHOWN_SEED = 7  # whose answers stand in for training where TensorFlow is missing

# The recipe of the lesson.
FILTERS, EPOCHS = (8, 16, 32), 12
LOCAL_EPOCHS = {25: 80, 100: 80, 400: 30}
SLOW, QUICK, FEW_EPOCHS = 0.99, 0.9, 3  # momentum of batch normalization, in a short training


def network(data: Dataset, seed: int) -> "keras.Model":
    return tml.models.tiny_cnn(data.card.shape, 2, filters=FILTERS, seed=seed)


def weights_of(model: "keras.Model") -> list[np.ndarray]:
    return [variable.value.numpy().copy() for variable in model.weights]


def trained(data: Dataset, seed: int, *, n: int, augment: float = 1.0) -> "keras.Model":
    """A network that saw `n` pictures of the north, as many steps whatever their number."""
    model = network(data, seed)
    epochs = round(EPOCHS * max(1, 1000 / n) ** 0.5)
    tml.train(model, data.labelled(n, seed), epochs=epochs, seed=seed, augment=augment)
    return model


def fine_tuned(
    start: list[np.ndarray] | None,
    local: Dataset,
    seed: int,
    *,
    epochs: int,
    momentum: float = QUICK,
) -> "keras.Model":
    """Go on from `start`, or begin anew, with local pictures."""
    model = network(local, seed)
    if start is not None:
        model.set_weights(start)
    for layer in model.layers:
        if hasattr(layer, "momentum"):
            layer.momentum = momentum
    tml.train(model, local, epochs=epochs, seed=seed, batch_size=16)
    return model


def said(answers: Accuracy) -> str:
    """The answers of a network, one digit a picture."""
    return "".join(map(str, answers.predicted))


def one_seed(seed: int) -> dict[str, Any]:
    """All figures of one seed: how many of the 500 test pictures were named rightly."""
    north = tml.load_dataset("leaves_north", n_labelled=2000)
    south = tml.load_dataset("leaves_south")

    def right(model: "keras.Model", data: Dataset) -> int:
        return tml.accuracy(model, data.test).n_correct

    base = trained(north, seed, n=1000)
    start = weights_of(base)
    found: dict[str, Any] = {"fine_tuned": {}, "from_scratch": {}}
    answers = {"north": said(tml.accuracy(base, north.test)),
               "0": said(tml.accuracy(base, south.test))}  # fmt: skip
    for k, epochs in LOCAL_EPOCHS.items():
        local = local_part(south, k, seed=seed)
        tuned = fine_tuned(start, local, seed, epochs=epochs)
        found["fine_tuned"][k] = right(tuned, south)
        answers[str(k)] = said(tml.accuracy(tuned, south.test))
        found["from_scratch"][k] = right(fine_tuned(None, local, seed, epochs=epochs), south)
    few = local_part(south, 100, seed=seed, n_groups=25)
    found["of_25_plants"] = right(fine_tuned(start, few, seed, epochs=LOCAL_EPOCHS[100]), south)
    few_pictures = north.labelled(250, seed)
    found["momentum"] = {
        m: right(fine_tuned(None, few_pictures, seed, epochs=FEW_EPOCHS, momentum=m), north)
        for m in (QUICK, SLOW)
    }
    by_size = {1000: base} | {n: trained(north, seed, n=n) for n in (250, 2000)}
    by_views = {1: base} | {v: trained(north, seed, n=1000, augment=v) for v in (0, 3)}
    for name, models in (("north_pictures", by_size), ("augment", by_views)):
        found[name] = {key: [right(m, north), right(m, south)] for key, m in models.items()}
    print(seed, found, flush=True)
    return found | ({"answers": answers} if seed == SHOWN_SEED else {})


def main() -> None:
    runs = {str(seed): one_seed(seed) for seed in SEEDS}
    n_steps = FEW_EPOCHS * int(np.ceil(250 / 16))
    about = {"n_test": 500, "momentum_steps": n_steps, "epochs": EPOCHS}
    RECORD.write_text(json.dumps(about | {"seeds": runs}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
