"""Make what lesson 12 ships: five bundles with autoencoders for synthetic pumps, and their digests.

Each network learned quiet minutes of one site, the last one those of all four. One more file,
12_Dunedin_as_it_arrived.zip, was changed on its way, with checksums that agree. Run once, with
TensorFlow, in about two minutes on 2 cores:

    python notebooks/models/make_12.py
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import tinymledu as tml
from tinymledu.bundles.checksums import checksums_text
from tinymledu.bundles.contents import contents
from tinymledu.bundles.writing import zipped
from tinymledu.datasets import pumps
from tinymledu.decisions import threshold_for_alarms
from tinymledu.graph import affine

HERE = Path(__file__).parent
SEED = 5
N_TRAIN, N_DAYS = 2880, 10
ALARMS_PER_DAY = 2
FAULTS = ("worn", "slipping")
PEOPLE = {"Cotonou": "Amina", "Pokhara": "Sunita", "Arequipa": "Diego", "Dunedin": "Aroha"}


def levelled(site, kind, n, seed):
    """Windows of a site, less its own quiet mean, plus 128."""
    first_day = pumps.windows(site, "normal", pumps.WINDOWS_PER_DAY, seed=1).mean(axis=0)
    values = pumps.windows(site, kind, n, seed=seed) - first_day + 128
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def trained(quiet):
    """16 numbers to 4 and back, int8, from uint8 windows (n, 16)."""
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(SEED)
    inputs = quiet / np.float32(255)
    layers = [keras.layers.Dense(12, activation="relu"), keras.layers.Dense(4)]
    layers += [keras.layers.Dense(12, activation="relu"), keras.layers.Dense(16)]
    model = keras.Sequential([keras.Input((16,), batch_size=1), *layers])
    learner = keras.Sequential([keras.Input((16,)), *layers])
    learner.compile(keras.optimizers.Adam(3e-3), "mse")
    learner.fit(inputs, inputs, batch_size=64, epochs=25, verbose=0)
    learner.optimizer.learning_rate = 5e-4
    learner.fit(inputs, inputs, batch_size=64, epochs=10, verbose=0)
    # All 0 and all 1 give the input the scale 1/255, so that a pixel's code is its value - 128.
    ends = np.stack([np.zeros(16), np.ones(16)]).astype(np.float32)
    seen = np.concatenate([ends, inputs[::10]])
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([one[np.newaxis]] for one in seen)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    return tml.load_model(converter.convert(), name="pump_autoencoder")


def scores(model, windows):
    """Mean squared error of what comes back, in squared steps of 0.25 dB."""
    codes = tml.Interpreter(model).run(windows).reshape(len(windows), -1)
    quantization = model.graph.output.quantization
    back = affine.to_reals(codes, quantization.scales[0], quantization.zero_points[0])
    return np.mean((255 * back - windows) ** 2, axis=1)


@dataclass(frozen=True)
class Judged:
    """How a detector does at one site: share of faults found, and false alarms a day."""

    site: str
    found: float
    alarms_per_day: int

    @property
    def quality(self):
        return (self.found + 1 - self.alarms_per_day / pumps.WINDOWS_PER_DAY) / 2


def judged(model, threshold, site):
    faults = [scores(model, levelled(site, kind, 500, 9)) > threshold for kind in FAULTS]
    quiet = scores(model, levelled(site, "normal", pumps.WINDOWS_PER_DAY, 9)) > threshold
    return Judged(site, float(np.mean(faults)), int(quiet.sum()))


def bundle(name, sites, person):
    quiet = np.concatenate([levelled(site, "normal", N_TRAIN, 2) for site in sites])
    model = trained(quiet)
    n = N_DAYS * pumps.WINDOWS_PER_DAY // len(sites)
    ordinary = np.concatenate([scores(model, levelled(site, "normal", n, 3)) for site in sites])
    threshold = round(threshold_for_alarms(ordinary, N_DAYS, ALARMS_PER_DAY), 2)
    everywhere = [judged(model, threshold, site) for site in pumps.SITES]
    worst = min(everywhere, key=lambda one: one.quality)
    print(name, threshold, [(o.site, round(o.quality, 3), o.alarms_per_day) for o in everywhere])
    card = tml.bundles.ModelCard(
        title=f"Pump listener of {name}",
        licence="CC BY 4.0",
        made_by=f"{person}, an invented person, for lesson 12 of tinymledu",
        intended_use="tells a person to look at a pump whose vibration is unusual",
        not_for="stopping a pump by itself; saying what is wrong with it",
        region=f"{', '.join(sites)}; all synthetic",
        season="none: a program made the data",
        device="16 bands of vibration, one window a minute",
        consent="no people are in the data",
        known_biases="two speeds, one load; no weather, no other machines",
        worst_site=(
            f"{worst.site}: {worst.found:.0%} of 1,000 faulty windows found, "
            f"{worst.alarms_per_day:,} false alarms in 1,440 quiet windows"
        ),
    )
    return tml.bundles.write_bundle(
        HERE / f"12_{name}.zip",
        model,
        card,
        known_inputs=np.concatenate(
            [levelled(sites[0], kind, 2, 4) for kind in ("normal", "worn", "slipping", "tractor")]
        ),
        preprocessing={
            "inputs": "levels of 16 bands, steps of 0.25 dB, less the quiet mean of the first "
            "day at this site, plus 128",
            "score": "mean squared error between output and input, in steps of 0.25 dB",
            "threshold": threshold,
        },
        boards=[tml.bundles.board_result(tml.deploy(model, tml.board("nano33ble")))],
    )


def changed_on_its_way():
    """Dunedin's bundle with a threshold ten times as high, and a new list of checksums."""
    files = contents(HERE / "12_Dunedin.zip")
    name = "model/preprocessing.json"
    values = json.loads(files[name])
    values["threshold"] *= 10
    files[name] = (json.dumps(values, indent=1) + "\n").encode()
    files["checksums.txt"] = checksums_text(files).encode()
    (HERE / "12_Dunedin_as_it_arrived.zip").write_bytes(zipped(files))


def main():
    digests = {site: bundle(site, (site,), PEOPLE[site]) for site in pumps.SITES}
    digests["all_four"] = bundle("all_four", pumps.SITES, " and ".join(PEOPLE.values()))
    changed_on_its_way()
    text = json.dumps(digests, indent=1) + "\n"
    (HERE / "12_digests.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
