"""Make what lesson 08 ships: a table of small networks, each trained, linked and run.

Eleven linked designs for easy drawings of cats and dogs, and six in numbers only; most of those of
the half-wide network with three seeds. They answer 1,500 test pictures: 500 of the lesson's own
dataset and 1,000 of two other seeds of the same law. Writes 08_sweep.json after every training, and
some models for the lesson and A07. Needs TensorFlow and the virtual board. Its 19 trainings took
392 s on two shared cores, and all of it 1,273 s:

    python notebooks/models/make_08.py
"""

import json
import sys
import time
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import tinymledu as tml
from tinymledu.compress.cluster import cluster, counted_bytes
from tinymledu.compress.convert import with_notes
from tinymledu.compress.fake_quant import round_weights, with_fake_quant, without_fake_quant
from tinymledu.compress.prune import pruned_cnn, smallest_to_zero
from tinymledu.datasets import Split
from tinymledu.graph.macs import macs_of
from tinymledu.graph.reference import Interpreter
from tinymledu.models.framework import load_keras, load_tensorflow, quiet
from tinymledu.models.scores import predict_scores

if TYPE_CHECKING:
    import keras

HERE = Path(__file__).parent
TABLE = HERE / "08_sweep.json"
QUICK = "--quick" in sys.argv  # one epoch each, to see that the program runs; writes elsewhere
WIDE, HALF, QUARTER, SHALLOW = (12, 24, 48), (6, 12, 24), (3, 6, 12), (12, 24)
EPOCHS, MORE_EPOCHS = (1, 1) if QUICK else (20, 6)
RATE, MORE_RATE, BATCH, AUGMENT = 4e-3, 1e-3, 50, 0.5
SEEDS = (7, 8, 9)
SHIPPED = ("wide", "wide_clustered", "half", "half_pruned", "quarter", "shallow")  # for A07
N_TRAIN, OTHER_SEEDS = (200 if QUICK else 1500), (101, 102)
ZEROS, SHARED_VALUES = 0.8, 16

Record = dict[str, Any]


def load() -> tuple[Any, Split]:
    """The dataset of the lesson, and 1,500 test pictures that begin with its own 500."""
    data = tml.load_dataset("cats_vs_dogs_easy", n_labelled=N_TRAIN)
    tests = [data.test]
    for seed in OTHER_SEEDS:
        tests.append(tml.load_dataset("cats_vs_dogs_easy", n_labelled=20, seed=seed).test)
    pictures = np.concatenate([test.pictures for test in tests])
    return data, Split(pictures, np.concatenate([test.labels for test in tests]))


class Sweep:
    """Trains, converts, measures, and keeps a record of each design."""

    def __init__(self) -> None:
        self.data, self.test = load()
        self.board = tml.board("nano33ble")
        self.records: list[Record] = []
        self.folder = HERE if not QUICK else Path(sys.argv[-1])

    def train(self, model: "keras.Model", seed: int, *, more: bool = False, **also: Any) -> float:
        """Seconds that it took."""
        history = tml.train(
            model, self.data, seed=seed, batch_size=BATCH, augment=AUGMENT,
            epochs=MORE_EPOCHS if more else EPOCHS, learning_rate=MORE_RATE if more else RATE,
            **also,
        )  # fmt: skip
        print(history, flush=True)
        return history.seconds

    def fresh(self, filters: tuple[int, ...], seed: int, **also: Any) -> tuple[Any, float]:
        model = tml.models.tiny_cnn(self.data.card.shape, 2, filters=filters, seed=seed)
        return model, self.train(model, seed, **also)

    def add(
        self, name: str, seed: int, network: "keras.Model", seconds: float, **also: Any
    ) -> None:
        """Convert to int8 and record; the board figures of the first seed only."""
        calibration = self.data.calibration(n=200, seed=7)
        int8 = tml.quantize(network, calibration=calibration, name=name)
        scores = Interpreter(int8).run(self.test.pictures).reshape(len(self.test), -1)
        record = self._record(name, seed, scores, seconds) | also
        if seed == SEEDS[0]:
            record |= self._costs(int8)
            if name in SHIPPED:
                (self.folder / f"08_{name}.tflite").write_bytes(int8.content)
        self._keep(record)

    def add_float(self, name: str, seed: int, network: "keras.Model", **also: Any) -> None:
        """Record the answers of the float network: what is studied in numbers only."""
        scores = predict_scores(network, self.test.pictures)
        self._keep(self._record(name, seed, scores, 0.0) | also)

    def add_int16(self, network: "keras.Model") -> None:
        """int16 activations with int8 weights; `quantize` has no such scheme."""
        model = tml.load_model(int16x8(for_int16(network), self.data), name="int16x8")
        scores = Interpreter(model).run(self.test.pictures).reshape(len(self.test), -1)
        (self.folder / "08_int16x8.tflite").write_bytes(model.content)
        self._keep(self._record("int16x8", SEEDS[0], scores, 0.0) | self._costs(model))

    def _record(self, name: str, seed: int, scores: Any, seconds: float) -> Record:
        answers = scores.argmax(axis=1)
        right = float((answers == self.test.labels).mean())
        print(name, seed, f"{right:.3f}", flush=True)
        digits = "".join(map(str, answers))
        return {"design": name, "seed": seed, "train_s": round(seconds, 1), "answers": digits}

    def _costs(self, model: Any) -> Record:
        deployment = tml.deploy(model, self.board)
        memory, profile = deployment.memory, deployment.profile
        graph = model.graph
        energy = profile.energy_mj
        return {
            "file_bytes": model.file_bytes,
            "zipped_bytes": len(zlib.compress(model.content, 9)),
            "flash_bytes": memory.flash_bytes,
            "ram_bytes": memory.ram_bytes,
            "arena_bytes": memory.arena_bytes,
            "macs": sum(macs_of(graph, op) for op in graph.ops),
            "instructions": profile.instructions,
            "latency_ms": [profile.latency_ms.low, profile.latency_ms.high],
            "energy_mj": [energy.low, energy.high],
        }

    def _keep(self, record: Record) -> None:
        self.records.append(record)
        kept = {
            "made": "make_08.py", "dataset": "cats_vs_dogs_easy", "n_labelled": N_TRAIN,
            "board": self.board.title, "epochs": EPOCHS, "more_epochs": MORE_EPOCHS,
            "labels": "".join(map(str, self.test.labels)), "records": self.records,
        }  # fmt: skip
        (self.folder / TABLE.name).write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def for_int16(network: "keras.Model") -> "keras.Model":
    """The same classes from operators that have int16 kernels: no MEAN, and no softmax."""
    keras = load_keras()
    last = network.get_layer(f"pool_{len(WIDE) - 1}").output
    x = keras.layers.AveragePooling2D(last.shape[1], name="average")(last)
    scores = keras.layers.Dense(2, name="scores")
    copy = keras.Model(network.input, scores(keras.layers.Flatten(name="flat")(x)))
    scores.set_weights([v.value.numpy() for v in network.get_layer("scores").weights])
    return copy


def int16x8(network: "keras.Model", data: Any) -> bytes:
    """The converter's own form of 16-bit activations, input and output included."""
    tf = load_tensorflow()
    pictures = data.calibration(n=200, seed=7).pictures / np.float32(255)
    with quiet():
        from tensorflow.python.framework import convert_to_constants

        function = tf.function(lambda x: network(x, training=False)).get_concrete_function(
            tf.TensorSpec((1, *network.input_shape[1:]), tf.float32)
        )
        function = convert_to_constants.convert_variables_to_constants_v2(function)
        converter = tf.lite.TFLiteConverter.from_concrete_functions([function], network)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([p[np.newaxis]] for p in pictures)
        kinds = tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
        converter.target_spec.supported_ops = [kinds]
        converter.inference_input_type = converter.inference_output_type = tf.int16
        return with_notes(converter.convert(), {"labels": list(data.card.labels)})


def with_zeros(network: "keras.Model", ratio: float) -> "keras.Model":
    """A copy whose smallest weights are 0 and stay 0 in training."""
    keras = load_keras()

    class StayZero(keras.constraints.Constraint):
        def __init__(self, kernel: Any) -> None:
            self.mask = (kernel != 0).astype(np.float32)

        def __call__(self, kernel: Any) -> Any:
            return kernel * self.mask

    copy = keras.models.clone_model(network)
    copy.set_weights([variable.value.numpy() for variable in network.weights])
    for layer in copy.layers:
        if hasattr(layer, "kernel"):
            zeroed = smallest_to_zero(layer.kernel.value.numpy(), ratio)
            layer.kernel.assign(zeroed)
            layer.kernel.constraint = StayZero(zeroed)
    return copy


def clustered(network: "keras.Model") -> "keras.Model":
    """A copy whose kernels have 16 values each."""
    copy = load_keras().models.clone_model(network)
    copy.set_weights([variable.value.numpy() for variable in network.weights])
    for layer in copy.layers:
        if hasattr(layer, "kernel"):
            layer.kernel.assign(cluster(layer.kernel.value.numpy(), SHARED_VALUES)[0])
    return copy


def n_weights(network: "keras.Model") -> int:
    return sum(int(np.prod(layer.kernel.shape)) for layer in network.layers
               if hasattr(layer, "kernel"))  # fmt: skip


def half_family(sweep: Sweep, teacher: "keras.Model", seed: int) -> None:
    """All that is done to the half-wide network, with one seed."""
    half, seconds = sweep.fresh(HALF, seed)
    sweep.add("half", seed, half, seconds, filters=HALF)
    sweep.add_float("half_float", seed, half)
    plain = without_fake_quant(half, half)
    seconds = sweep.train(plain, seed, more=True)
    sweep.add("half_longer", seed, plain, seconds, filters=HALF)
    bytes_4 = counted_bytes(n_weights(half), 4)
    for bits in (8, 4):
        rounded = with_fake_quant(half, weight_bits=bits)
        seconds = sweep.train(rounded, seed, more=True)
        learned = without_fake_quant(rounded, half, weight_bits=4 if bits == 4 else None)
        if bits == 8:
            sweep.add("half_qat", seed, learned, seconds, filters=HALF)
        else:
            sweep.add_float("half_4bit_qat", seed, learned, counted_weight_bytes=bytes_4)
    for name, network in (("half_4bit", half), ("half_longer_4bit", plain)):
        copy = without_fake_quant(network, network)
        round_weights(copy, 4)
        sweep.add_float(name, seed, copy, counted_weight_bytes=bytes_4)
    distilled, seconds = sweep.fresh(HALF, seed, teacher=teacher)
    sweep.add("half_distilled", seed, distilled, seconds, filters=HALF)


def main() -> None:
    began = time.perf_counter()
    sweep = Sweep()
    print(sweep.data, len(sweep.test), flush=True)
    first = SEEDS[0]
    wide, seconds = sweep.fresh(WIDE, first)
    sweep.add("wide", first, wide, seconds, filters=WIDE)
    sweep.add_float("wide_float", first, wide)
    np.savez_compressed(
        sweep.folder / "08_wide.npz",
        **{v.path.replace("/", "."): v.value.numpy() for v in wide.weights},
    )
    sweep.add_int16(wide)
    half_family(sweep, wide, first)
    zeroed = with_zeros(wide, ZEROS)
    seconds = sweep.train(zeroed, first, more=True)
    sweep.add("wide_zeros", first, zeroed, seconds, filters=WIDE, zeros=ZEROS)
    shared = clustered(wide)
    table = 4 * SHARED_VALUES * (len(WIDE) + 1)
    n = n_weights(wide)
    in_flash = counted_bytes(n, 4, table_bytes=table)
    sweep.add("wide_clustered", first, shared, 0.0, filters=WIDE, counted_weight_bytes=in_flash,
              n_weights=n)  # fmt: skip
    for seed in SEEDS:
        pruned = pruned_cnn(wide, HALF, seed=seed)
        if seed == first:
            sweep.add_float("half_pruned_only", seed, pruned)
        seconds = sweep.train(pruned, seed, more=True)
        sweep.add("half_pruned", seed, pruned, seconds, filters=HALF)
    for name, filters in (("quarter", QUARTER), ("shallow", SHALLOW)):
        network, seconds = sweep.fresh(filters, first)
        sweep.add(name, first, network, seconds, filters=filters)
    for seed in SEEDS[1:]:
        half_family(sweep, wide, seed)
    print(f"{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
