"""How a figure was obtained, and intervals for figures that are not known exactly."""

import enum
from dataclasses import dataclass


class Method(enum.StrEnum):
    """How a figure was obtained. Every latency, energy and count carries one."""

    MEASURED = "measured on the board"
    COUNTED = "counted in the emulator"
    MODELLED = "modelled"


@dataclass(frozen=True, slots=True)
class Band:
    """An interval that should hold the true value; its unit is in the name of what holds it.

    >>> Band(40.0, 80.0).scaled(0.5)
    Band(low=20.0, high=40.0)
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise ValueError(f"A band runs from low to high, not from {self.low} to {self.high}.")

    def scaled(self, factor: float) -> "Band":
        """The band of factor * value; `factor` is not negative."""
        return Band(self.low * factor, self.high * factor)

    def plus(self, other: "Band") -> "Band":
        """The band of a sum."""
        return Band(self.low + other.low, self.high + other.high)
