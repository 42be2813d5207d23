"""What a .eim program tells its clients about a model: sensor, features, labels."""

from dataclasses import dataclass
from typing import Literal, get_args

from tinymledu.errors import InputError, unknown_name
from tinymledu.graph.ir import Tensor, TFLiteModel

Sensor = Literal["camera", "microphone", "accelerometer", "none"]

SENSORS: tuple[Sensor, ...] = get_args(Sensor)
# Source: the client's own switch, edge-impulse-linux 1.25.2, linux-impulse-runner.js, sendHello.
_SENSOR_CODES = {"none": -1, "microphone": 1, "accelerometer": 2, "camera": 3}
_SAMPLES_TO_REAL = 1 / 32768  # a microphone gives int16, and models of raw audio take -1 to 1
_PICTURE_CHANNELS = (1, 3)
_SLICES = 4  # of a window, for clients that ask


@dataclass(frozen=True, slots=True)
class Impulse:
    """A model as Edge Impulse's clients see it.

    A feature of a camera is one pixel, 0xRRGGBB; of a microphone, one sample in int16 steps; of
    anything else, one real value. real_per_feature: what one step of a feature is worth for the
    model, for features that are no pixels.
    """

    sensor: Sensor
    frequency_hz: int
    n_features: int
    width: int
    height: int
    n_channels: int  # of a picture, otherwise 0
    real_per_feature: float
    axis_count: int  # features of one moment
    labels: tuple[str, ...]


def impulse(
    model: TFLiteModel, *, sensor: Sensor | None = None, frequency_hz: int | None = None
) -> Impulse:
    """What clients are told about a model.

    Args:
        sensor: what the features come from; otherwise "camera" where the input has the shape of a
            picture (height, width, 1 or 3), "none" elsewhere.
        frequency_hz: samples per second; a microphone needs it.

    Raises:
        InputError: the input does not fit the sensor, a frequency is missing, or labels clash.
    """
    tensor = model.graph.input
    chosen = _sensor(tensor, sensor)
    if chosen == "microphone" and not frequency_hz:
        raise InputError(
            "A microphone needs its samples per second: --frequency-hz 16000, or "
            "frequency_hz=16000 in Python."
        )
    height, width, n_channels = tensor.shape[1:] if chosen == "camera" else (0, 0, 0)
    return Impulse(
        sensor=chosen,
        frequency_hz=frequency_hz or 0,
        n_features=height * width or tensor.n_elements,
        width=width,
        height=height,
        n_channels=n_channels,
        real_per_feature=_SAMPLES_TO_REAL if chosen == "microphone" else 1.0,
        axis_count=tensor.shape[-1] if chosen != "camera" and len(tensor.shape) > 2 else 1,
        labels=_labels(model),
    )


def project(model: TFLiteModel) -> dict[str, object]:
    """What clients show as the model's project."""
    return {"deploy_version": 1, "id": 0, "name": _without_braces(model.name), "owner": ""}


def model_parameters(told: Impulse) -> dict[str, object]:
    """All fields that the two clients read, but for the thresholds, which change."""
    return {
        "axis_count": told.axis_count,
        "frequency": told.frequency_hz,
        "has_anomaly": 0,
        "has_object_tracking": False,
        "has_performance_calibration": False,
        "image_channel_count": told.n_channels,
        "image_input_frames": 1 if told.n_channels else 0,
        "image_input_height": told.height,
        "image_input_width": told.width,
        "image_resize_mode": "squash" if told.n_channels else "none",
        "inferencing_engine": 255,
        "input_features_count": told.n_features,
        "interval_ms": 1000 / told.frequency_hz if told.frequency_hz else 1,
        "label_count": len(told.labels),
        "labels": list(told.labels),
        "model_type": "classification",
        "sensor": _SENSOR_CODES[told.sensor],
        "slice_size": told.n_features // _SLICES,
        "use_continuous_mode": False,
    }


def _sensor(tensor: Tensor, sensor: Sensor | None) -> Sensor:
    is_picture = len(tensor.shape) == 4 and tensor.shape[3] in _PICTURE_CHANNELS
    if sensor is None:
        return "camera" if is_picture else "none"
    if sensor not in SENSORS:
        raise unknown_name("sensor", sensor, SENSORS)
    if sensor == "camera" and not is_picture:
        shape = " x ".join(map(str, tensor.shape[1:]))
        raise InputError(
            f"A camera gives height x width x 1 or 3 channels; this model takes {shape}. "
            "Leave the sensor out, or name another: " + ", ".join(SENSORS) + "."
        )
    return sensor


def _labels(model: TFLiteModel) -> tuple[str, ...]:
    """One for each output. Both clients find the end of a reply by counting braces."""
    n_outputs = model.graph.output.n_elements
    if len(model.labels) != n_outputs:
        return tuple(f"output {index}" for index in range(n_outputs))
    labels = tuple(_without_braces(label) for label in model.labels)
    if len(set(labels)) != len(labels):
        raise InputError(
            f"Labels must differ, since scores are sent by label; these are {', '.join(labels)}."
        )
    return labels


def _without_braces(text: str) -> str:
    return text.translate(str.maketrans("{}", "()"))
