"""Which boards are plugged in, known by the USB ids of their cards."""

from dataclasses import dataclass

from tinymledu.boards.catalog import board, board_names
from tinymledu.errors import InputError, MissingToolError
from tinymledu.files import how_to_install


@dataclass(frozen=True, slots=True)
class Plugged:
    """A serial port on USB. boards: names of the cards with its USB id, none if it is unknown."""

    port: str
    description: str
    usb_id: str
    boards: tuple[str, ...]


def plugged_in() -> tuple[Plugged, ...]:
    """Serial ports on USB, sorted by name; ports that are no USB device are left out.

    Raises:
        MissingToolError: pyserial is not installed.
    """
    try:
        from serial.tools import list_ports
    except ImportError as error:
        raise MissingToolError(
            "The package pyserial, which finds boards that are plugged in, is not installed. "
            f"Install it with: {how_to_install()}"
        ) from error
    found = []
    for port in list_ports.comports():
        if port.vid is not None and port.pid is not None:
            usb_id = f"{port.vid:04x}:{port.pid:04x}"
            found.append(Plugged(port.device, port.description, usb_id, _with_usb_id(usb_id)))
    return tuple(sorted(found, key=lambda plugged: plugged.port))


def only_port(name: str) -> str:
    """The port of the one board with that name that is plugged in.

    Raises:
        InputError: none is, or several are; the message lists the ports.
    """
    ports = plugged_in()
    matching = [plugged.port for plugged in ports if name in plugged.boards]
    if len(matching) == 1:
        return matching[0]
    others = ", ".join(f"{plugged.port} ({plugged.usb_id})" for plugged in ports) or "none"
    how_many = f"{len(matching)} boards" if matching else "No board"
    raise InputError(
        f"{how_many} with the USB ids of {name!r} found; ports on USB: {others}. Name the "
        "one to use: --port PORT"
    )


def _with_usb_id(usb_id: str) -> tuple[str, ...]:
    cards = (board(name) for name in board_names())
    return tuple(card.name for card in cards if card.arduino and usb_id in card.arduino.usb_ids)
