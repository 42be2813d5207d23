"""How good is the cycle model? Against published MLPerf Tiny results on the NUCLEO-L4R5ZI.

Known of CMSIS-NN: how long models take on that board (published, microTVM with CMSIS-NN) and how
many instructions they execute (counted, TensorFlow Lite Micro with CMSIS-NN). Its firmware is not
executed here: its source is on no package registry. So the question is put this way: if CMSIS-NN
took the cycles for each instruction that the model gives for our kernels of the same operators, at
one place between the low (0) and the high end (1) of the band, where is that place, is it the same
for all four models, and how wrong is a model predicted from the place of the other three?

The models and what is published of them: benchmarks/mlperf_tiny.py.
"""

from dataclasses import dataclass

import tinymledu as tml
from benchmarks.mlperf_tiny import BOARD, MODELS, cycles


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


def main():
    board = tml.board(BOARD)
    profiles = [tml.deploy(each.load(), board).profile for each in MODELS]
    points = [
        Point(
            cycles(each.published_ms.cmsis_nn) / each.tflm.instructions,
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
        record = cycles(each.published_ms.plumerai)
        print(
            f"{each.name:16s}  {profile.instructions:12,d}  {profile.cycles.low / 1e6:12.3f} to "
            f"{profile.cycles.high / 1e6:10.3f}  {record / 1e6:17.3f}  "
            f"{'yes' if profile.cycles.high < record else 'no'}"
        )


if __name__ == "__main__":
    main()
