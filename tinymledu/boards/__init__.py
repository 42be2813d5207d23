"""Boards: cards, cross-compilation, the virtual board that executes machine code, figures.

`board` and `board_names` are here; `deploy` and the rest load when they are first used.
"""

from tinymledu.boards.catalog import Board, board, board_names

__all__ = ["Board", "board", "board_names"]
