"""Energy: how long a battery lasts, what sending costs, when a warning is out, what is paid back.

Every function is arithmetic on figures that the caller gives. Figures from the world, each with its
source, are in datasets/energy_constants.toml and come through `constant`. The definitions that
lessons and assignments use are in docs/energy.md.
"""

from tinymledu.energy.battery import (
    HOURS_PER_YEAR,
    average_ma,
    battery_side_ma,
    duty_for,
    leak_ma,
    lifetime,
)
from tinymledu.energy.constants import Constant, constant, constants
from tinymledu.energy.deployed import BatteryLife, battery_life
from tinymledu.energy.payback import break_even, carbon_g
from tinymledu.energy.sending import Link, Way, lte_m, ways
from tinymledu.energy.warning import Warnings, time_to_warning, within

__all__ = [
    "HOURS_PER_YEAR",
    "BatteryLife",
    "Constant",
    "Link",
    "Warnings",
    "Way",
    "average_ma",
    "battery_life",
    "battery_side_ma",
    "break_even",
    "carbon_g",
    "constant",
    "constants",
    "duty_for",
    "leak_ma",
    "lifetime",
    "lte_m",
    "time_to_warning",
    "ways",
    "within",
]
