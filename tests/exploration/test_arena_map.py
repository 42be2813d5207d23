import numpy as np
import pytest

from tinymledu.errors import InputError
from tinymledu.exploration.arena_map import arena_map_figure, shared_bytes

# Tensor 0 during operator 0, tensor 1 during 0 and 1, tensor 2 during 1.
SIZES = {0: 8, 1: 12, 2: 4}
LIVES = {0: (0, 0), 1: (0, 1), 2: (1, 1)}
SOUND = {0: 12, 1: 0, 2: 12}
UNSOUND = {0: 12, 1: 4, 2: 12}  # tensor 1 ends at 16


def test_tensors_at_one_place_at_different_times_share_nothing():
    assert shared_bytes(SIZES, LIVES, SOUND) == {}


def test_shared_bytes_are_counted_for_each_pair():
    assert shared_bytes(SIZES, LIVES, UNSOUND) == {(0, 1): 4, (1, 2): 4}


def test_the_map_says_in_words_what_is_to_be_seen():
    figure = arena_map_figure(SIZES, LIVES, SOUND, title="a plan", limit_bytes=20)

    assert "2 operators" in figure.alt
    assert "ends at 20 B" in figure.alt
    assert "during operator 0: 20 B" in figure.alt
    assert "None overlap" in figure.alt
    assert figure.svg.count("<svg") == 1


def test_the_table_has_a_row_for_each_tensor():
    figure = arena_map_figure(SIZES, LIVES, UNSOUND, title="a plan", names={1: "CONV_2D #0"})

    assert figure.rows[1] == ("1", "CONV_2D #0", "12", "4", "15", "operators 0 to 1", "0, 2")
    assert "2 pairs overlap" in figure.alt


def test_numbers_of_numpy_are_whole_numbers_too():
    assert arena_map_figure(SIZES, LIVES, {0: np.int64(12)}, title="a plan").rows[0][3] == "12"


@pytest.mark.parametrize(
    ("offsets", "message"),
    [
        ({}, "no tensor"),
        ({7: 0}, "lifetime for each tensor.*7"),
        ({0: -4}, "Tensor 0 has 8 bytes at offset -4"),
        ({0: None}, "at offset None; give a whole number of bytes"),
    ],
)
def test_a_map_without_what_it_needs_is_refused(offsets, message):
    with pytest.raises(InputError, match=message):
        arena_map_figure(SIZES, LIVES, offsets, title="a plan")
