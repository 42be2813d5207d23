"""Synthetic pumps: what a vibration sensor on a village pump might hear, window by window.

A window is one minute, as levels of 16 bands of vibration, one step of the codes for 0.25 dB. Each
site has a pump and a mounting of its own. Nothing here was measured on a pump; it is for learning
how to set a threshold, and what another place does to it.
"""

import zlib
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tinymledu.errors import InputError, unknown_name

Kind = Literal["normal", "worn", "slipping", "clogged", "tractor"]

N_BANDS = 16
WINDOWS_PER_DAY = 24 * 60
STEP_DB = 0.25
KINDS = {
    "normal": "slow or fast, as on every day of the training",
    "worn": "a fault: a worn bearing rustles in the upper bands",
    "slipping": "a fault: the belt slips, and the pump turns at a speed between slow and fast",
    "clogged": "a fault: a clogged filter; everything is a little quieter",
    "tractor": "no fault: a tractor passes, unlike anything in the training",
}
# By site: how high the pump's own line lies in the bands, how loud it is, how the sensor is fixed.
SITES = ("Cotonou", "Pokhara", "Arequipa", "Dunedin")
_WORN_FROM_BAND, _WORN_DB = 10, 4.5
_CLOGGED_DB, _TRACTOR_DB = -1.0, 9.0
_NOISE_DB, _LOAD_DB, _LINE_DB = 1.3, 1.6, 14.0


def windows(
    site: str, kind: Kind, n: int, *, seed: int, day: float = 0.0, drift_db: float = 0.0
) -> NDArray[np.uint8]:
    """Minutes of one pump. Half of them slow, half fast, in random order.

    Args:
        site: one of SITES.
        kind: one of KINDS.
        n: how many minutes.
        day: days since the sensor was fixed.
        drift_db: how many dB a day the highest band gains while the glue of the mounting ages;
            the lowest gains none, those between in proportion.

    Returns:
        (n, 16) uint8: level above the quietest one, in steps of 0.25 dB.

    Raises:
        UnknownNameError: no such site or kind.
        InputError: n is below 1.
    """
    if site not in SITES:
        raise unknown_name("site", site, SITES)
    if kind not in KINDS:
        raise unknown_name("kind of window", kind, KINDS)
    if n < 1:
        raise InputError(f"{n} windows cannot be made; ask for 1 or more.")
    own = np.random.default_rng(zlib.crc32(site.encode()))
    floor_db = 22 + 4 * own.standard_normal(N_BANDS)
    slow, fast = 3.0 + own.uniform(0, 1.5), 7.0 + own.uniform(0, 1.5)
    gain_db = own.uniform(-3, 3) + drift_db * day * np.arange(N_BANDS) / (N_BANDS - 1)

    random = np.random.default_rng([seed, zlib.crc32(f"{site} {kind}".encode())])
    speed = np.where(random.random(n) < 0.5, slow, fast)
    if kind == "slipping":
        speed = np.full(n, (slow + fast) / 2)
    level_db = floor_db + _line(speed) + _LOAD_DB * random.standard_normal((n, 1))
    level_db += _NOISE_DB * random.standard_normal((n, N_BANDS)) + gain_db
    level_db += _added_db(kind)
    return np.clip(np.rint(level_db / STEP_DB), 0, 255).astype(np.uint8)


def _added_db(kind: Kind) -> NDArray[np.float64]:
    """(16,) dB: what a kind of window adds to each band."""
    added = np.zeros(N_BANDS)
    if kind == "worn":
        added[_WORN_FROM_BAND:] = _WORN_DB
    if kind == "clogged":
        added[:] = _CLOGGED_DB
    if kind == "tractor":
        added[:3] = _TRACTOR_DB
    return added


def _line(speed: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 16) dB: the pump's line at the band of its speed, and half as much one octave above."""
    bands = np.arange(N_BANDS)
    base = np.exp(-0.5 * ((bands - speed[:, np.newaxis]) / 0.8) ** 2)
    octave = np.exp(-0.5 * ((bands - speed[:, np.newaxis] - 4) / 0.8) ** 2)
    return np.asarray(_LINE_DB * (base + 0.5 * octave), np.float64)
