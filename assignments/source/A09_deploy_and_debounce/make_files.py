"""Make what A09 needs beside its notebook: run once for a course.

    python make_files.py LECTURER_FOLDER --hidden-seed 20211018

Writes hidden.npz: two days of a river that no student has, from a seed that no student knows.

The river is SYNTHETIC: a program invents what a geophone (a sensor of ground vibration) on the bank
would give. Every 10 s there is one window: 8 numbers of 0 to 255, the loudness of 8 bands from low
to high frequency. Rain is loud in the high bands for a long time. A lorry is loud in the low and
middle bands for 10 to 30 s. A debris flow, mud and stones that come down the river, sounds much
like a lorry, grows within 20 to 50 s, and stays for minutes.
"""

import argparse
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tinymledu.files import write_atomic

N_BANDS = 8
STEP_S = 10.0
N_DAY = int(86_400 / STEP_S)
QUIET = np.array([60, 55, 50, 48, 46, 44, 42, 40], float)
RAIN = np.array([0, 2, 6, 14, 26, 36, 42, 46], float)
LORRY = np.array([30, 50, 56, 48, 34, 18, 8, 4], float)
FLOW = np.array([58, 60, 48, 30, 18, 10, 6, 4], float)


@dataclass(frozen=True)
class River:
    """windows: (n, 8) uint8. events_s, ends_s: begin and end of each debris flow, in s.

    Window k is measured in the 0.5 s before STEP_S * (k + 1), which is when it is complete.
    """

    windows: np.ndarray
    events_s: np.ndarray
    ends_s: np.ndarray


def river(n_days, n_flows, seed):
    """Days of a river with debris flows at random, at least 15 min from one to the next."""
    rng = np.random.default_rng(seed)
    n = n_days * N_DAY
    level = QUIET + rng.normal(0, 7, (n, N_BANDS)) + 4 * np.sin(np.arange(n) / 900)[:, None]
    for _ in range(6 * n_days):
        start, length = rng.integers(n), rng.integers(60, 360)
        level[start : start + length] += rng.uniform(0.3, 1) * RAIN
    for _ in range(120 * n_days):
        start, length = rng.integers(n), rng.integers(1, 4)
        level[start : start + length] += rng.uniform(0.5, 1.2) * LORRY
    slots = rng.choice(np.arange(1, n // 90 - 1), n_flows, replace=False)
    events, ends = [], []
    for slot in np.sort(slots):
        begin_s = STEP_S * (90 * slot + rng.uniform(0, 40))
        lasts_s, grows_s = rng.uniform(180, 400), rng.uniform(20, 50)
        at_s = STEP_S * (np.arange(n) + 1) - begin_s
        share = np.clip(at_s / grows_s, 0, 1) * (at_s < lasts_s) * rng.uniform(0.8, 1.2)
        level += (share * rng.uniform(0.75, 1.15, n))[:, None] * FLOW
        events.append(begin_s)
        ends.append(begin_s + lasts_s)
    windows = np.clip(level, 0, 255).astype(np.uint8)
    return River(windows, np.round(events, 1), np.round(ends, 1))


def as_npz(made):
    """The river as the bytes of a .npz file."""
    content = io.BytesIO()
    np.savez_compressed(content, windows=made.windows, events_s=made.events_s, ends_s=made.ends_s)
    return content.getvalue()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--hidden-seed", type=int, required=True)
    options = parser.parse_args()
    write_atomic(options.folder / "hidden.npz", as_npz(river(2, 40, options.hidden_seed)))


if __name__ == "__main__":
    main()
