"""Kernel calls of the operators that take one code after the other; see layers.py."""

from collections.abc import Callable, Mapping

from tinymledu.codegen.parts import arguments, output_of
from tinymledu.codegen.records import KernelCall, Table
from tinymledu.graph.ir import Graph, Op
from tinymledu.graph.lookup_tables import lookup_table


def _lookup(graph: Graph, op: Op) -> KernelCall:
    return KernelCall(
        kernel="tk_lookup_s8",
        fields={"n_values": output_of(graph, op).n_elements},
        tables=(Table("table", "int8_t", lookup_table(graph, op)),),
        arguments=arguments(graph, op),
    )


ELEMENTWISE_CALLS: Mapping[str, Callable[[Graph, Op], KernelCall]] = {
    "LOGISTIC": _lookup,
    "TANH": _lookup,
}
