"""Prices of kernels that leave no choice, so that both kernels of an operator are run."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from tinymledu.codegen import choice
from tinymledu.codegen.choice import Cost

_HIGH = 10**9


class _Prices(dict[str, Cost]):
    def __init__(self, *, fast: bool) -> None:
        super().__init__()
        self.fast = fast

    def __missing__(self, kernel: str) -> Cost:
        price = 0 if kernel.endswith("_fast") == self.fast else _HIGH
        return Cost(price, price, price, price)


@contextmanager
def preferring(*, fast: bool) -> Iterator[None]:
    """Where an operator has a fast kernel, it is taken always, or never."""
    with patch.object(choice, "costs", return_value=_Prices(fast=fast)):
        yield
