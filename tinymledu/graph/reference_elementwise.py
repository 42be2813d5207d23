"""What the operators compute that take one code after the other; see reference_operators.py.

x: int8 codes (n, *shape), with n pictures in the first axis.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from tinymledu.graph.fixed_point import INT8_MIN
from tinymledu.graph.ir import Graph, Op
from tinymledu.graph.lookup_tables import lookup_table

Codes = NDArray[np.int8]


def lookup(graph: Graph, op: Op, x: Codes) -> Codes:
    """A function of one code, from the table of all its results."""
    return lookup_table(graph, op)[x.astype(np.int64) - INT8_MIN]


ELEMENTWISE: Mapping[str, Callable[..., Codes]] = {
    "LOGISTIC": lookup,
    "TANH": lookup,
}
