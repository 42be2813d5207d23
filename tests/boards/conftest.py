import shutil

import pytest

from tinymledu.boards.catalog import board as card
from tinymledu.boards.catalog import board_names

EXECUTABLE = [name for name in board_names() if card(name).executable]


def toolchain_or_skip(name):
    if name == "gcc" and shutil.which("arm-none-eabi-gcc") is None:
        pytest.skip("arm-none-eabi-gcc is not installed: sudo apt install gcc-arm-none-eabi")
    return name


@pytest.fixture(params=["zig", "gcc"])
def toolchain_name(request):
    return toolchain_or_skip(request.param)


@pytest.fixture(params=EXECUTABLE)
def executable_board(request):
    return card(request.param)


@pytest.fixture
def nano():
    return card("nano33ble")
