"""The C files of one firmware: the generated model, start-up code and a main program."""

import functools
from collections.abc import Mapping

import jinja2

from tinymledu import files
from tinymledu.boards.catalog import Board
from tinymledu.codegen.records import CSource

SCRIPT = "board.ld"


def firmware_files(
    source: CSource, board: Board, *, program: str = "virtual_board.c"
) -> dict[str, str]:
    """File names to text: everything the compiler and linker read, in one folder.

    The model's own file is called model.c here, so that the linker script can name its object.
    """
    target = board.compile_target
    holes = {
        "title": board.title,
        "c_name": source.c_name,
        "macro": source.c_name.upper(),
        "fpu": target.fpu,
        "flash_origin": f"{target.flash_origin:#010x}",
        "ram_origin": f"{target.ram_origin:#010x}",
        "stack_top": f"{(target.ram_origin + board.ram_bytes) & ~7:#010x}",
    }
    texts = {name: text for name, text in source.files.items() if name != f"{source.c_name}.c"}
    texts["model.c"] = source.files[f"{source.c_name}.c"]
    texts["startup.c"] = fill("startup.c", holes)
    texts["main.c"] = fill(program, holes)
    texts[SCRIPT] = fill(SCRIPT, holes)
    return texts


def fill(template: str, holes: Mapping[str, object]) -> str:
    """The text of a template in firmware/templates/; a hole without a value is our fault."""
    return _templates().get_template(template).render(holes)


@functools.cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(files.shipped("firmware", "templates")),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # C, not HTML; every hole is an identifier or a number
    )
