"""What happened while a model learned: each epoch, the seconds, and an estimate of the energy."""

from dataclasses import dataclass
from html import escape

from tinymledu.quantities import Band
from tinymledu.units import band, count, duration, percent

# Nothing here can measure the power of the computer that trains, so a band is stated.
LAPTOP_WATTS = Band(15.0, 55.0)
LAPTOP_WATTS_SOURCE = (
    "Intel Core i5-1235U, a laptop processor: processor base power 15 W to maximum turbo power "
    "55 W (Intel product specifications, 2022). Screen, memory and power supply come on top."
)


@dataclass(frozen=True, slots=True)
class Epoch:
    """One pass through the training pictures. Losses are cross-entropies in nat; ratios 0 to 1.

    loss and accuracy are means over the epoch, on augmented pictures while the weights move;
    validation figures are taken after it, on pictures as they are.
    """

    number: int  # from 1
    of: int
    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float
    learning_rate: float  # at the end of the epoch
    seconds: float

    def __repr__(self) -> str:
        return (
            f"Epoch {self.number} of {self.of}: loss {self.loss:.3f}, "
            f"accuracy {percent(self.accuracy)}, "
            f"validation {percent(self.validation_accuracy)} ({duration(self.seconds)})"
        )


@dataclass(frozen=True, slots=True)
class TrainingEnergy:
    """Energy that training took: measured seconds times stated watts, so an estimate."""

    seconds: float
    watts: Band
    source: str

    @property
    def joules(self) -> Band:
        return Band(self.seconds * self.watts.low, self.seconds * self.watts.high)

    def __repr__(self) -> str:
        return (
            f"{band(self.joules.low, self.joules.high, 'J')} (estimate: "
            f"{duration(self.seconds)} measured x {band(self.watts.low, self.watts.high, 'W')} "
            f"stated; {self.source})"
        )


@dataclass(frozen=True, slots=True)
class History:
    """How a model learned. The model holds the weights of `best`, not of the last epoch."""

    epochs: tuple[Epoch, ...]
    best: Epoch
    n_train: int
    n_validation: int
    seed: int
    seconds: float
    energy: TrainingEnergy

    def __repr__(self) -> str:
        return (
            f"History: {len(self.epochs)} epochs of {count(self.n_train)} pictures in "
            f"{duration(self.seconds)}, seed {self.seed}; best epoch {self.best.number}: "
            f"validation accuracy {percent(self.best.validation_accuracy)} "
            f"(n = {count(self.n_validation)})"
        )

    def rows(self) -> tuple[tuple[str, ...], ...]:
        """A table of the epochs as text, heading first."""
        heading = ("epoch", "loss", "accuracy", "validation loss", "validation accuracy", "seconds")
        return (
            heading,
            *(
                (
                    f"{epoch.number}{' (kept)' if epoch.number == self.best.number else ''}",
                    f"{epoch.loss:.3f}",
                    percent(epoch.accuracy),
                    f"{epoch.validation_loss:.3f}",
                    percent(epoch.validation_accuracy),
                    f"{epoch.seconds:.1f}",
                )
                for epoch in self.epochs
            ),
        )

    def _repr_html_(self) -> str:
        heading, *rows = self.rows()
        head = "".join(f"<th scope='col'>{escape(cell)}</th>" for cell in heading)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
        )
        return (
            f"<p>{escape(repr(self))}<br>Energy: {escape(repr(self.energy))}</p>"
            f"<details><summary>Every epoch</summary><table><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table></details>"
        )
