"""Answers that use a closed part of the library run as a sentence; all others as they are."""

import pytest

from tinymledu.course.own_work import without_closed

CLOSED = ("tinymledu.graph", "tinymledu.compress.quantize")


@pytest.mark.parametrize(
    "source",
    [
        "import tinymledu.graph.arena",
        "import tinymledu.graph as g",
        "from tinymledu import graph",
        "from tinymledu.graph.arena import plan_arena",
        "def f(x):\n    from tinymledu.graph import arena\n    return arena.plan_arena(x)",
        "def f(x):\n    return tml.graph.arena.plan_arena(x)",
        "import tinymledu as t\ndef f(x):\n    return t.graph.arena.plan_arena(x)",
        "from tinymledu import compress\ny = compress.quantize.quantize(1)",
    ],
)
def test_a_closed_part_is_named(source):
    answer = without_closed({"f": source}, CLOSED)["f"]

    with pytest.raises(ImportError, match="may not be used in an answer"):
        exec(answer)


@pytest.mark.parametrize(
    "source",
    [
        "import numpy as np\nx = np.graph",
        "from tinymledu import graphs",
        "import tinymledu as tml\ny = tml.load_model(b'')",
        "from tinymledu.compress import convert",
        "graph = {}\ndef f(tml):\n    return graph",
        "this is not Python",
        "x = " + "(" * 5000,
    ],
)
def test_everything_else_is_left_as_it_is(source):
    assert without_closed({"f": source}, CLOSED) == {"f": source}


GIVEN = (
    "import tinymledu as tml\nfrom tinymledu.graph import arena\nfrom tinymledu.graph.ir import Op"
)


@pytest.mark.parametrize(
    "source",
    ["def f(x):\n    return arena.plan_arena(x)", "def f(x):\n    return Op(x)", "f = arena"],
)
def test_what_a_given_cell_imports_is_closed_as_well(source):
    answer = without_closed({"f": source}, CLOSED, [GIVEN])["f"]

    with pytest.raises(ImportError, match=r"tinymledu\.graph"):
        exec(answer)


@pytest.mark.parametrize(
    "source",
    [
        "def f(arena):\n    return arena.size",
        "arena = {}\nx = arena.get(1)",
        "x = tml.board('pico')",
    ],
)
def test_a_name_of_ones_own_hides_that_of_a_given_cell(source):
    assert without_closed({"f": source}, CLOSED, [GIVEN]) == {"f": source}
