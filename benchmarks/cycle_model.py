"""How good is the cycle model? Against published MLPerf Tiny results on the NUCLEO-L4R5ZI.

Known of CMSIS-NN: how long models take on that board (published, microTVM with CMSIS-NN) and how
many instructions they execute (counted, TensorFlow Lite Micro with CMSIS-NN). Its firmware is not
executed here: its source is on no package registry. So the question is put this way: if CMSIS-NN
took the cycles for each instruction that the model gives for our kernels of the same operators, at
one place between the low (0) and the high end (1) of the band, where is that place, is it the same
for all four models, and how wrong is a model predicted from the place of the other three?

The three MLPerf Tiny models are read from the folder that TINYMLEDU_REAL_MODELS names; the
autoencoder is built here in its shape, with random weights.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import tinymledu as tml

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "vectors"))

BOARD = "nucleo_l4r5zi"
CLOCK_HZ = 120_000_000


@dataclass(frozen=True)
class Published:
    """Milliseconds on the NUCLEO-L4R5ZI at 120 MHz; instructions of TFLM with CMSIS-NN.

    Source of the times: MLPerf Tiny closed division, results of microTVM with CMSIS-NN (v1.0) and
    of Plumerai (v1.1). Instructions: exact counts of TFLM 90b983c with CMSIS-NN 4ab83cc.
    """

    name: str
    file: str | None
    cmsis_nn_ms: float
    cmsis_nn_instructions: int
    record_ms: float


MODELS = (
    Published("IC ResNet8", "pretrainedResnet_quant.tflite", 390, 29_864_050, 168),
    Published("VWW MobileNetV1", "vww_96_int8.tflite", 301, 24_102_340, 98.8),
    Published("KWS DS-CNN", "kws_ref_model.tflite", 99.8, 7_698_712, 47.8),
    Published("AD autoencoder", None, 8.6, 583_240, 4.05),
)


@dataclass(frozen=True)
class Point:
    """Cycles for each instruction: published for CMSIS-NN; low and high modelled for ours."""

    published: float
    low: float
    high: float

    @property
    def place(self) -> float:
        """Where the published figure lies in the band: 0 at its low end, 1 at its high end."""
        return (self.published - self.low) / (self.high - self.low)

    def at(self, place):
        return self.low + place * (self.high - self.low)


def leave_one_out(points):
    """Error of each point, predicted from the mean place of the others, relative."""
    errors = []
    for index, point in enumerate(points):
        others = [other.place for position, other in enumerate(points) if position != index]
        errors.append(point.at(sum(others) / len(others)) / point.published - 1)
    return errors


def model_of(published, folder):
    if published.file is not None:
        return tml.load_model(folder / published.file)
    from autoencoder import autoencoder_bytes

    return tml.load_model(autoencoder_bytes())


def main():
    folder = os.environ.get("TINYMLEDU_REAL_MODELS")
    if folder is None:
        sys.exit("TINYMLEDU_REAL_MODELS names no folder with the MLPerf Tiny models.")
    board = tml.board(BOARD)
    profiles = [tml.deploy(model_of(each, Path(folder)), board).profile for each in MODELS]
    points = [
        Point(
            each.cmsis_nn_ms / 1000 * CLOCK_HZ / each.cmsis_nn_instructions,
            profile.cycles.low / profile.instructions,
            profile.cycles.high / profile.instructions,
        )
        for each, profile in zip(MODELS, profiles, strict=True)
    ]
    print("Cycles for each instruction on the NUCLEO-L4R5ZI, and where CMSIS-NN lies in the band")
    print("model             CMSIS-NN, published  our kernels, modelled  place  left out: error")
    for each, point, error in zip(MODELS, points, leave_one_out(points), strict=True):
        print(
            f"{each.name:16s}  {point.published:19.3f}  {point.low:9.3f} to {point.high:8.3f}  "
            f"{point.place:5.2f}  {100 * error:+15.1f} %"
        )
    inside = sum(0 <= point.place <= 1 for point in points)
    print(f"{inside} of {len(points)} published figures lie in the band.")
    print("\nOurs against the record (Plumerai v1.1); ahead only where the high end is below it")
    print("model             instructions  cycles, modelled (millions)  record (millions)  ahead")
    for each, profile in zip(MODELS, profiles, strict=True):
        record = each.record_ms / 1000 * CLOCK_HZ
        print(
            f"{each.name:16s}  {profile.instructions:12,d}  {profile.cycles.low / 1e6:12.3f} to "
            f"{profile.cycles.high / 1e6:10.3f}  {record / 1e6:17.3f}  "
            f"{'yes' if profile.cycles.high < record else 'no'}"
        )


if __name__ == "__main__":
    main()
