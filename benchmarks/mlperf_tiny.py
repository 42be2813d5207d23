"""The four MLPerf Tiny models, and what others have published or counted of them.

Three are read from the folder that TINYMLEDU_REAL_MODELS names. The autoencoder is built here in
its shape, with random weights, which changes neither instructions nor bytes.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import tinymledu as tml

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "vectors"))

BOARD = "nucleo_l4r5zi"
CLOCK_HZ = 120_000_000


@dataclass(frozen=True, slots=True)
class Counted:
    """TensorFlow Lite Micro's firmware, minimal op resolver: instructions of an inference, bytes.

    reference_instructions: with its reference kernels; all others are with CMSIS-NN.

    Source: counted for TFLM 90b983c + CMSIS-NN 4ab83cc, gcc 12.2 -O2. Code and model were noted to
    100 bytes.
    """

    reference_instructions: int
    instructions: int
    code_bytes: int
    model_bytes: int
    arena_bytes: int

    @property
    def flash_bytes(self) -> int:
        return self.code_bytes + self.model_bytes


@dataclass(frozen=True, slots=True)
class PublishedMs:
    """Milliseconds of an inference on the NUCLEO-L4R5ZI at 120 MHz.

    Source: MLPerf Tiny closed division, results of microTVM with CMSIS-NN (v1.0), X-CUBE-AI (v1.1)
    and Plumerai (v1.1, the record).
    """

    cmsis_nn: float
    x_cube_ai: float
    plumerai: float


@dataclass(frozen=True, slots=True)
class Model:
    """file: None where the model is built here. macs: of the model as it is published."""

    name: str
    file: str | None
    macs: int
    tflm: Counted
    published_ms: PublishedMs

    def load(self):
        if self.file is not None:
            return tml.load_model(folder() / self.file)
        from autoencoder import autoencoder_bytes

        return tml.load_model(autoencoder_bytes())


MODELS = (
    Model(
        "IC ResNet8",
        "pretrainedResnet_quant.tflite",
        12_501_632,
        Counted(107_398_875, 29_864_050, 79_000, 98_500, 54_996),
        PublishedMs(390, 214, 168),
    ),
    Model(
        "VWW MobileNetV1",
        "vww_96_int8.tflite",
        7_489_664,
        Counted(100_250_919, 24_102_340, 84_200, 333_300, 100_708),
        PublishedMs(301, 118.7, 98.8),
    ),
    Model(
        "KWS DS-CNN",
        "kws_ref_model.tflite",
        2_656_768,
        Counted(43_042_033, 7_698_712, 84_200, 53_900, 22_820),
        PublishedMs(99.8, 62.9, 47.8),
    ),
    Model(
        "AD autoencoder",
        None,
        264_192,
        Counted(1_952_538, 583_240, 32_000, 277_000, 2_580),
        PublishedMs(8.6, 6.86, 4.05),
    ),
)


def first_model():
    """Another autoencoder of the same shape: what is built before build times are measured."""
    from autoencoder import autoencoder_bytes

    return tml.load_model(autoencoder_bytes(seed=6))


def folder() -> Path:
    """Where the three files lie; ends the program where no folder is named."""
    name = os.environ.get("TINYMLEDU_REAL_MODELS")
    if name is None:
        sys.exit("TINYMLEDU_REAL_MODELS names no folder with the MLPerf Tiny models.")
    return Path(name)


def cycles(milliseconds: float) -> float:
    """Cycles on the NUCLEO-L4R5ZI at 120 MHz."""
    return milliseconds / 1000 * CLOCK_HZ
