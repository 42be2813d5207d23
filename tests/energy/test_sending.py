"""Send or decide, worked out by hand with round figures."""

from dataclasses import replace

import pytest

from tinymledu.energy import Link, lte_m, ways
from tinymledu.errors import InputError
from tinymledu.quantities import Band

# 100 mJ and 2 s to wake; 1000 byte/s at 400 to 500 mW; 0.2 mJ a byte elsewhere
LINK = Link("made up", Band(100, 100), Band(2, 2), 8000, Band(400, 500), Band(0.2, 0.2))
GIVEN = {
    "inference_mj": Band(1, 2), "latency_ms": Band(100, 200), "warning_share": 0.01,
    "warning_bytes": 10, "link": LINK, "link_availability": 0.9,
}  # fmt: skip


def test_three_ways_by_hand():
    send, warn, show = ways(5000, **GIVEN)

    # 5 s of sending: 100 + 5 * 400 to 500 mJ
    assert send.device_mj == Band(2100, 2600)
    assert send.elsewhere_mj == Band(1000, 1000)
    assert send.seconds == Band(7, 7)
    assert send.availability == 0.9
    # 1 in 100 sends 10 bytes: 0.01 s at 400 to 500 mW is 4 to 5 mJ; (100 + 4) / 100 and so on
    assert warn.device_mj.low == pytest.approx(1 + 1.04)
    assert warn.device_mj.high == pytest.approx(2 + 1.05)
    assert warn.bytes_sent == pytest.approx(0.1)
    assert warn.seconds.low == pytest.approx(0.1 + 2.01)
    # nothing leaves the device
    assert (show.bytes_sent, show.device_mj, show.elsewhere_mj) == (0, Band(1, 2), Band(0, 0))
    assert (show.cost, show.availability) == (Band(0, 0), 1)
    assert show.seconds == Band(0.1, 0.2)


def test_what_the_network_takes_is_unknown_where_no_source_gives_it():
    send, warn, show = ways(5000, **(GIVEN | {"link": replace(LINK, network_mj_per_byte=None)}))

    assert (send.elsewhere_mj, warn.elsewhere_mj) == (None, None)
    assert show.elsewhere_mj == Band(0, 0)  # nothing is sent: that is known


def test_price_is_that_of_the_bytes():
    send, *_ = ways(1_000_000_000, **GIVEN)

    assert (send.currency, send.cost) == ("XOF", Band(1229, 3164))


def test_lte_m_takes_its_figures_from_the_file():
    link = lte_m()

    assert link.wake_mj == Band(105, 105)
    # 6912 bytes at 180 kbit/s: 0.3072 s; 100 to 115 mA at 3.7 V: 113.7 to 130.7 mJ more
    assert link.energy_mj(6912).low == pytest.approx(105 + 113.664, abs=1e-3)
    assert link.energy_mj(6912).high == pytest.approx(105 + 130.714, abs=1e-3)
    assert link.seconds(6912).low == pytest.approx(1.8072, abs=1e-4)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"warning_share": 5}, "warning_share is a share, from 0 to 1, not 5"),
        ({"link_availability": -0.1}, "link_availability is a share"),
        ({"warning_bytes": -1}, "must not be negative: 10 and -1 bytes"),
    ],
)
def test_impossible_ways_are_refused(change, words):
    with pytest.raises(InputError, match=words):
        ways(10, **(GIVEN | change))
