"""A second look at kept results: run a random sample again, and ask a person where they differ."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from tinymledu.course.verdict import SandboxResult
from tinymledu.errors import InputError


@dataclass(frozen=True, slots=True)
class Sampling:
    """Which share of the kept results is run again; the seed chooses them."""

    share: float
    seed: int

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise InputError(
                f"The share to audit is {self.share:g}; it lies above 0 and is at most 1."
            )

    def choose(self, fingerprints: Sequence[str]) -> list[str]:
        """A random sample, of at least one where there is one, in no order."""
        ordered = sorted(set(fingerprints))
        n = math.ceil(self.share * len(ordered))
        return random.Random(self.seed).sample(ordered, n)


def difference(before: SandboxResult, now: SandboxResult) -> str:
    """What differs between two runs of the same answers, for the lecturer; '' for nothing.

    Points decide: two models that differ in a weight may both be good enough.
    """
    earlier = {one.name: one.points_earned for one in before.checks}
    later = {one.name: one.points_earned for one in now.checks}
    differing = [
        f"{name}: {_points(earlier.get(name))} before, {_points(later.get(name))} now"
        for name in dict.fromkeys([*earlier, *later])
        if earlier.get(name) != later.get(name)
    ]
    return "; ".join(differing)


def _points(points: float | None) -> str:
    return "no result" if points is None else f"{points:g} points"
