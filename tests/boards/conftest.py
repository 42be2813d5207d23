import pytest

from tinymledu.boards.catalog import board as card
from tinymledu.boards.catalog import board_names

EXECUTABLE = [name for name in board_names() if card(name).executable]


@pytest.fixture(params=EXECUTABLE)
def executable_board(request):
    return card(request.param)


@pytest.fixture
def nano():
    return card("nano33ble")
