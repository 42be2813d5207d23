"""The part of widgets that runs in the browser: our own JavaScript, through anywidget.

ipywidgets' sliders have no name that a screen reader could say (8.1.9), so ours are the browser's.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

Heard = Callable[[Mapping[str, Any], Sequence[memoryview]], None]


def in_browser(script: str, heard: Heard, **state: Any) -> Any:
    """A widget that runs a script of this folder.

    Args:
        script: its file name.
        heard: gets each message of the script, and the bytes that came with it.
        state: what the script may read, by name.

    Raises:
        ImportError: anywidget or ipywidgets is not installed.
    """
    made = _kind(script, tuple(state))(**state)
    made.on_msg(lambda _made, content, buffers: heard(content, buffers))
    return made


def notebook() -> Any:
    """IPython.display; its functions have no types."""
    import IPython.display

    return IPython.display


@cache
def _kind(script: str, names: tuple[str, ...]) -> type[Any]:
    """A class for a script, with a trait for each part of its state."""
    import anywidget
    import traitlets

    # The text itself, not a path: nothing is fetched, and nothing watches the file. A module that
    # came as text has no place to import another one from, so what all share stands before it.
    text = "\n".join(
        Path(__file__).with_name(name).read_text(encoding="utf-8") for name in ("keys.js", script)
    )
    traits = {name: traitlets.Any().tag(sync=True) for name in names}
    return type("InBrowser", (anywidget.AnyWidget,), {"_esm": text, **traits})
