import pytest

from tinymledu.boards import board, board_names
from tinymledu.errors import InputError, UnknownNameError

# Processor, clock, flash and RAM as the boards' data sheets and Arduino's boards.txt have them.
PUBLISHED = [
    ("nano33ble", "Cortex-M4F", 64_000_000, 983_040, 262_144),
    ("nano33ble_rev2", "Cortex-M4F", 64_000_000, 983_040, 262_144),
    ("nicla_vision", "Cortex-M7", 480_000_000, 1_966_080, 523_624),
    ("nucleo_l4r5zi", "Cortex-M4F", 120_000_000, 2_097_152, 655_360),
    ("pico", "Cortex-M0+", 125_000_000, 2_097_152, 270_336),
    ("xiao_esp32s3", "Xtensa LX7", 240_000_000, 8_388_608, 327_680),
]


@pytest.mark.parametrize(
    ("name", "processor", "clock_hz", "flash_bytes", "ram_bytes"), PUBLISHED, ids=lambda v: str(v)
)
def test_card_has_the_published_figures(name, processor, clock_hz, flash_bytes, ram_bytes):
    card = board(name)

    assert processor in card.processor
    assert (card.clock_hz, card.flash_bytes, card.ram_bytes) == (clock_hz, flash_bytes, ram_bytes)


def test_every_published_board_has_a_card():
    assert board_names() == tuple(name for name, *_ in PUBLISHED)


@pytest.mark.parametrize("name", board_names())
def test_every_figure_of_a_card_has_a_source_or_is_absent(name):
    card = board(name)
    sources = dict(card.sources)
    sourced = " ".join(sources)

    assert all(len(source) > 20 or source.startswith("none") for source in sources.values())
    for figure in ("core_reserved_ram_bytes", "active_current_ma"):
        absent = getattr(card, figure) is None
        assert figure in sourced
        assert sources[figure].startswith("none") == absent
    assert card.price is not None or sources["price"].startswith("none")
    assert card.price is None or (card.price.date and card.price.source)


def test_ram_that_the_core_keeps_is_not_left_to_a_sketch():
    # 'Global variables use 44552 bytes of dynamic memory, leaving 217592 bytes'
    assert board("nano33ble").usable_ram_bytes == 217_592


@pytest.mark.parametrize("name", [None, 5])
def test_name_that_is_no_text_is_refused_with_the_known_names(name):
    with pytest.raises(UnknownNameError, match=f"no board {name}. Known: .*nano33ble"):
        board(name)


def test_unknown_board_offers_the_nearest_names_first():
    with pytest.raises(UnknownNameError, match=r"no board 'nano33bel'. Known: nano33ble, nano33"):
        board("nano33bel")


def test_board_without_cortex_m_says_what_still_works():
    with pytest.raises(InputError, match=r"not executed here.*Xtensa.*deploy\(\) still writes"):
        _ = board("xiao_esp32s3").compile_target


def test_empty_port_is_not_taken_for_the_virtual_board():
    with pytest.raises(InputError, match="Leave it out for the virtual board"):
        board("pico", port="")


def test_port_makes_a_board_real():
    assert board("pico").port is None
    assert "at COM3" in repr(board("pico", port="COM3"))


@pytest.mark.parametrize("name", board_names())
def test_card_shows_its_limits_and_sources_in_a_notebook(name):
    card = board(name)
    page = card._repr_html_()

    assert f"{card.ram_bytes:,} B" in page
    assert f"{card.flash_bytes:,} B" in page
    assert "Sources of these figures" in page
