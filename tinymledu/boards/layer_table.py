"""The layers of a profile as a table: narrow for a terminal, whole for a notebook and a figure."""

from tinymledu.boards.profile import LayerFigures, Profile
from tinymledu.units import count, percent

COLUMNS = (
    "#",
    "operator",
    "MACs (count)",
    "instructions (count)",
    "cycles (1,000, modelled)",
    "data (kB, counted)",
    "time (share, modelled)",
    "flash read (B)",
    "RAM read (B)",
    "written (B)",
)

# The same without units and without the three kinds of data, for lines of 100 characters.
NARROW_COLUMNS = (
    "#",
    "operator",
    "MACs (n)",
    "instructions (n)",
    "cycles (k)",
    "data (kB)",
    "time (%)",
)
NARROW_NOTE = (
    "MACs, instructions and data (read and written, instruction fetches not included) are counted; "
    "cycles are modelled, time is their share at the middle of the bands."
)


def layer_rows(profile: Profile) -> list[tuple[str, ...]]:
    """One row for each layer, and the sum; columns as in COLUMNS."""
    layers = [_row(str(n.index), n.op, n, n.time_share) for n in profile.layers]
    return [*layers, _row("", "all", profile, 1)]


def narrow_rows(profile: Profile) -> list[tuple[str, ...]]:
    """The same rows; columns as in NARROW_COLUMNS."""
    return [row[: len(NARROW_COLUMNS)] for row in layer_rows(profile)]


def _row(number: str, name: str, cost: LayerFigures | Profile, share: float) -> tuple[str, ...]:
    return (
        number,
        name,
        count(cost.macs),
        count(cost.instructions),
        f"{cost.cycles.low / 1000:,.1f}-{cost.cycles.high / 1000:,.1f}",
        f"{cost.traffic.bytes_moved / 1000:,.1f}",
        percent(share),
        count(cost.traffic.flash_bytes_read),
        count(cost.traffic.ram_bytes_read),
        count(cost.traffic.bytes_written),
    )
