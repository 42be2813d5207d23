"""Figures from the world, each with its source: datasets/energy_constants.toml, and how to read it.

A figure without a source is there by name, with the reason, and has no value.
"""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from tinymledu import files
from tinymledu.errors import InputError, unknown_name
from tinymledu.quantities import Band

FILE = ("datasets", "energy_constants.toml")

# How a figure came to us, from the firmest to none at all.
KINDS = (
    "data sheet",
    "statistics",
    "study",
    "measured by others",
    "second-hand",
    "no source",
)


@dataclass(frozen=True, slots=True)
class Constant:
    """One figure. `value` is the one to compute with, `band` from low to high; None: not known.

    date: of the source, YYYY, YYYY-MM or YYYY-MM-DD, or "read" and when we read it; empty where
        there is no source.
    excludes: what a reader could think that it includes, and does not.
    """

    name: str
    title: str
    unit: str
    value: float | None
    band: Band | None
    kind: str
    source: str
    date: str
    excludes: str

    @property
    def number(self) -> float:
        """The value, where there is one.

        Raises:
            InputError: nobody gave a source for it; the message says what is missing.
        """
        if self.value is None:
            raise InputError(f"{self.title} has no single sourced value: {self.source}")
        return self.value

    @property
    def known(self) -> Band:
        """The band, where there is one; a single value is a band of no width.

        Raises:
            InputError: nobody gave a source for it.
        """
        if self.band is None:
            raise InputError(f"{self.title} has no sourced value: {self.source}")
        return self.band

    def __str__(self) -> str:
        if self.band is None:
            return f"{self.title}: not known. {self.source}"
        low, high = self.band.low, self.band.high
        said = f"{low:,.10g} to {high:,.10g}" if low < high else f"{low:,.10g}"
        if low < high and self.value is not None:
            said = f"{self.value:,.10g} ({said})"
        when = f", {self.date}" if self.date else ""
        return f"{self.title}: {said} {self.unit} [{self.kind}{when}: {self.source}]"


@functools.cache
def constants() -> Mapping[str, Constant]:
    """All figures by name, in the order of the file."""
    with files.shipped(*FILE).open("rb") as file:
        tables = tomllib.load(file)
    return MappingProxyType({name: _constant(name, table) for name, table in tables.items()})


def constant(name: str) -> Constant:
    """One figure.

    Raises:
        UnknownNameError: there is no such figure; the nearest names come first in the message.

    >>> constant("aa_alkaline_capacity_mah").number
    2500.0
    """
    if name not in constants():
        raise unknown_name("constant", name, constants())
    return constants()[name]


def _constant(name: str, table: Mapping[str, Any]) -> Constant:
    value = float(table["value"]) if "value" in table else None
    band = Band(float(table["low"]), float(table["high"])) if "low" in table else None
    if band is None and value is not None:
        band = Band(value, value)
    return Constant(
        name=name,
        title=table["title"],
        unit=table["unit"],
        value=value,
        band=band,
        kind=table["kind"],
        source=table["source"],
        date=table["date"],
        excludes=table["excludes"],
    )
