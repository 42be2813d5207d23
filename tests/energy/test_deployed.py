import pytest

from tinymledu.boards import board
from tinymledu.energy import battery_life
from tinymledu.errors import InputError
from tinymledu.quantities import Band, Method


def test_battery_life_follows_from_the_share_of_time_at_work():
    # 360 inferences of 1 to 2 s an hour: busy 0.1 to 0.2 of the time.
    # Current 0.3 + 0.1 * (3.3 - 0.3) = 0.6 mA to 0.3 + 0.2 * 3.0 = 0.9 mA.
    # 720 mAh last 1200 h = 50 days to 800 h = 33.33 days.
    life = battery_life(
        board("nano33ble"), Band(1000, 2000),
        capacity_mah=720, inferences_per_hour=360, sleep_current_ma=0.3,
    )  # fmt: skip

    assert life.busy_share.low == pytest.approx(0.1)
    assert life.busy_share.high == pytest.approx(0.2)
    assert life.average_current_ma.low == pytest.approx(0.6)
    assert life.average_current_ma.high == pytest.approx(0.9)
    assert life.days.low == pytest.approx(800 / 24)
    assert life.days.high == pytest.approx(50)
    assert life.method is Method.MODELLED


@pytest.mark.parametrize(
    ("name", "capacity_mah", "per_hour", "sleep_ma", "words"),
    [
        ("pico", 100, 1, 1, "card of Raspberry Pi Pico has no sourced current"),
        ("nano33ble", 0, 1, 1, "above 0 mAh, not 0"),
        ("nano33ble", 100, 1, -1, "this one is -1 mA"),
        ("nano33ble", 100, -1, 1, "Inferences per hour must not be negative, and these are -1"),
        ("nano33ble", 100, 3601, 1, r"3601 inferences of up to 1000 ms take longer than an hour"),
        ("nano33ble", 100, 0, 0, "last for ever"),
    ],
)
def test_impossible_batteries_are_refused(name, capacity_mah, per_hour, sleep_ma, words):
    with pytest.raises(InputError, match=words):
        battery_life(
            board(name), Band(500, 1000),
            capacity_mah=capacity_mah, inferences_per_hour=per_hour, sleep_current_ma=sleep_ma,
        )  # fmt: skip
