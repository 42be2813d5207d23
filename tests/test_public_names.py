"""Every public name is there, is what it says, and an unknown one offers the known."""

import pytest

import tinymledu


@pytest.mark.parametrize("name", tinymledu.__all__)
def test_public_name_is_found(name):
    value = getattr(tinymledu, name)

    assert value.__name__.split(".")[-1] == name


def test_public_names_are_those_with_a_home():
    assert sorted(tinymledu.__all__) == sorted([*tinymledu._HOMES, *tinymledu._MODULES])


def test_unknown_name_lists_the_known():
    with pytest.raises(AttributeError, match="load_dataset"):
        _ = tinymledu.load_data
