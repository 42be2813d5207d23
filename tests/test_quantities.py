import pytest

from tinymledu.quantities import Band, Method


def test_band_refuses_ends_in_the_wrong_order():
    with pytest.raises(ValueError, match=r"from low to high, not from 2 to 1"):
        Band(2, 1)


def test_bands_add_and_scale_end_by_end():
    assert Band(1, 2).plus(Band(10, 20)) == Band(11, 22)
    assert Band(40, 80).scaled(0.5) == Band(20, 40)


def test_methods_read_as_words_in_a_sentence():
    assert f"90 ms ({Method.MODELLED})" == "90 ms (modelled)"
    assert str(Method.COUNTED) == "counted in the emulator"
