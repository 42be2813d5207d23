"""Send it, or decide it here: bytes, joules, money, seconds and availability of one decision.

Modelled from sourced figures. The energy of a link is a lower bound: a data sheet's event on a good
link, without repeats, and without what the network holds the modem awake for.
"""

from dataclasses import dataclass

from tinymledu.energy.constants import constant
from tinymledu.errors import InputError
from tinymledu.quantities import Band, Method


@dataclass(frozen=True, slots=True)
class Link:
    """A radio link. Energies and times of one waking, and of each byte.

    wake_mj, wake_s: to wake, tell the network, and sleep again. network_mj_per_byte: spent
    elsewhere, in cables and routers; None where no source gives it.
    """

    name: str
    wake_mj: Band
    wake_s: Band
    bits_per_s: float
    transmit_mw: Band
    network_mj_per_byte: Band | None

    def seconds(self, n_bytes: float) -> Band:
        """Waking and sending n bytes."""
        sending_s = 8 * n_bytes / self.bits_per_s
        return self.wake_s.plus(Band(sending_s, sending_s))

    def energy_mj(self, n_bytes: float) -> Band:
        """The same as energy of the device."""
        return self.wake_mj.plus(self.transmit_mw.scaled(8 * n_bytes / self.bits_per_s))


@dataclass(frozen=True, slots=True)
class Way:
    """One way to come to a decision; per decision, on average.

    device_mj: processor and radio of the device, a lower bound. elsewhere_mj: network only.
    cost: in `currency`. Of both, None: not known. seconds: until who must act knows it.
    availability: share of the time that it works, 0 to 1.
    """

    name: str
    bytes_sent: float
    device_mj: Band
    elsewhere_mj: Band | None
    cost: Band | None
    currency: str
    seconds: Band
    availability: float
    method: Method = Method.MODELLED


def lte_m() -> Link:
    """LTE-M, the mobile network for things, as the modem of Nordic's nRF9160 uses it."""
    volts = constant("modem_supply_v").number
    return Link(
        name="LTE-M",
        wake_mj=constant("lte_m_event_mj").known,
        wake_s=constant("lte_m_event_s").known,
        bits_per_s=constant("lte_m_uplink_bits_per_s").number,
        transmit_mw=constant("lte_m_transmit_ma").known.scaled(volts),
        network_mj_per_byte=constant("fixed_network_mj_per_byte").known,
    )


def ways(
    n_bytes: int,
    *,
    inference_mj: Band,
    latency_ms: Band,
    warning_share: float,
    warning_bytes: int,
    link: Link,
    link_availability: float,
) -> tuple[Way, Way, Way]:
    """Three ways: send all; decide here and send warnings; decide here and show it here.

    Args:
        n_bytes: what a sensor gives for one decision, such as a picture.
        inference_mj, latency_ms: of one inference on the device.
        warning_share: share of decisions that are warnings, 0 to 1.
        link_availability: share of the time that the link works; measure it, nobody else can.

    Raises:
        InputError: a size is negative, or a share is not from 0 to 1.
    """
    _check_sizes(n_bytes, warning_bytes)
    _check_shares(warning_share=warning_share, link_availability=link_availability)
    latency_s = latency_ms.scaled(1 / 1000)
    told_mj = inference_mj.plus(link.energy_mj(warning_bytes).scaled(warning_share))
    told_s = latency_s.plus(link.seconds(warning_bytes))
    per_gb, works = constant("mobile_data_price_per_gb"), link_availability

    def way(name: str, n_bytes: float, mj: Band, seconds: Band, available: float) -> Way:
        elsewhere_mj = _of_bytes(link.network_mj_per_byte, n_bytes)
        cost = _of_bytes(per_gb.band and per_gb.band.scaled(1 / 1e9), n_bytes)
        currency = per_gb.unit.split(" ")[0]
        return Way(name, n_bytes, mj, elsewhere_mj, cost, currency, seconds, available)

    return (
        way("send everything", n_bytes, link.energy_mj(n_bytes), link.seconds(n_bytes), works),
        way("decide here, send warnings", warning_share * warning_bytes, told_mj, told_s, works),
        way("decide here, show it here", 0, inference_mj, latency_s, 1.0),
    )  # fmt: skip


def _check_sizes(*sizes: int) -> None:
    if min(sizes) < 0:
        raise InputError(f"Sizes must not be negative: {' and '.join(map(str, sizes))} bytes.")


def _check_shares(**shares: float) -> None:
    for what, share in shares.items():
        if not 0 <= share <= 1:
            raise InputError(f"{what} is a share, from 0 to 1, not {share!r}.")


def _of_bytes(each: Band | None, n_bytes: float) -> Band | None:
    """What n bytes take; of no bytes, that is known even where a byte's is not."""
    if n_bytes == 0:
        return Band(0, 0)
    return None if each is None else each.scaled(n_bytes)
