"""Tables that other programs wrote: read with their line numbers, and changed cell by cell.

A learning platform takes its own export back, not one that looks like it. So a table remembers
where each cell lies in the text; a cell that is set replaces these characters, and every other
byte stays: byte order mark, delimiter, quotes, line ends.
"""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tinymledu.errors import InputError
from tinymledu.units import count, size

MAX_TABLE_BYTES = 32 * 1024**2
MAX_CELLS = 2_000_000
_DELIMITERS = (",", ";", "\t")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A value, and where it lies in the text, quotes included."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one record, and the line (from 1) on which it starts."""

    line: int
    cells: tuple[Cell, ...]

    @property
    def values(self) -> tuple[str, ...]:
        """The cells' values without white space around them."""
        return tuple(cell.value.strip() for cell in self.cells)

    @property
    def is_blank(self) -> bool:
        """Whether nothing is written in it."""
        return not any(self.values)


@dataclass(frozen=True, slots=True)
class Table:
    """A file of comma, semicolon or tab separated values. `rows` has no blank ones."""

    name: str
    text: str
    delimiter: str
    rows: tuple[Row, ...]
    bom: bytes
    encoding: str

    def with_column(self, column: int, values: Mapping[int, str]) -> bytes:
        """The file with some cells of a column set, by the number of the row in `rows`, from 0."""
        parts: list[str] = []
        position = 0
        for row, value in sorted(values.items()):
            cells = self.rows[row].cells
            missing = column - len(cells) + 1
            if missing > 0:  # a row may end before its last, empty columns
                start = end = cells[-1].end
                before, quoted = self.delimiter * missing, False
            else:
                start, end = cells[column].start, cells[column].end
                before, quoted = "", self.text[start : start + 1] == '"'
            parts += [self.text[position:start], before, self._written(value, quoted=quoted)]
            position = end
        parts.append(self.text[position:])
        return self.bom + "".join(parts).encode(self.encoding)

    def _written(self, value: str, *, quoted: bool) -> str:
        special = (self.delimiter, '"', "\n", "\r")
        if quoted or any(character in value for character in special):
            return '"' + value.replace('"', '""') + '"'
        return value


def read_table(path: Path) -> Table:
    """Read a table from a file.

    Raises:
        InputError: it is missing, too large, no text in UTF-8 or UTF-16, or a quote never closes.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_TABLE_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None
    return parse_table(content, path.name)


def parse_table(content: bytes, name: str) -> Table:
    """A table from a file's bytes; `name` is for messages. Raises as `read_table` does."""
    if len(content) > MAX_TABLE_BYTES:
        raise InputError(f"{name} has more than {size(MAX_TABLE_BYTES)}; is it a table?")
    if content[:4] == b"PK\x03\x04":
        raise InputError(f"{name} is a workbook or zip, not CSV. Save it as CSV UTF-8 first.")
    bom, encoding = next((one for one in _BOMS if content.startswith(one[0])), (b"", "utf-8"))
    try:
        text = content[len(bom) :].decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(
            f"{name}, line {line}: a character is not in UTF-8, so names would be misread. "
            "Save the file as CSV UTF-8 (in a spreadsheet: Save as), or export it again."
        ) from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise InputError(f"{name}, line {line}: there is a NUL character; this is no text.")
    start, delimiter = _delimiter(text)
    rows = _rows(text, start, delimiter, name)
    return Table(name, text, delimiter, rows, bom, encoding)


_SEP_LINE = re.compile(r"sep=([,;\t])\r?\n")  # a spreadsheet's own way to name the delimiter
_QUOTED = re.compile(r'"(?:[^"]++|"")*+"')  # possessive: an open quote costs one pass


def _delimiter(text: str) -> tuple[int, str]:
    """Where the table starts, and what separates its cells: the commonest in its first line."""
    named = _SEP_LINE.match(text)
    if named:
        return named.end(), named.group(1)
    start = re.compile(r"\s*").match(text).end()  # type: ignore[union-attr]  # it matches ''
    first = _QUOTED.sub("", text[start : start + 100_000]).split("\n", 1)[0]
    return 0, max(_DELIMITERS, key=first.count)


def _rows(text: str, start: int, delimiter: str, name: str) -> tuple[Row, ...]:
    ends = re.compile(f"[{re.escape(delimiter)}\r\n]")
    rows: list[Row] = []
    cells: list[Cell] = []
    position, n_cells, line = start, 0, 1 + text.count("\n", 0, start)
    first_line = line
    while position <= len(text):
        cell, end = _cell(text, position, ends, name, line)
        cells.append(cell)
        n_cells += 1
        if n_cells > MAX_CELLS:
            raise InputError(f"{name} has more than {count(MAX_CELLS)} cells; is it a class?")
        line += text.count("\n", position, end)
        if text[end : end + 1] == delimiter:
            position = end + 1
            continue
        row = Row(first_line, tuple(cells))
        if not row.is_blank:
            rows.append(row)
        cells = []
        position = end + (2 if text.startswith("\r\n", end) else 1)
        line += 1 if end < len(text) else 0
        first_line = line
    return tuple(rows)


def _cell(text: str, start: int, ends: re.Pattern[str], name: str, line: int) -> tuple[Cell, int]:
    """The cell that starts here, and where the delimiter or line end behind it is."""
    if text[start : start + 1] != '"':
        end = _search_end(text, start, ends)
        return Cell(text[start:end], start, end), end
    quoted = _QUOTED.match(text, start)
    if quoted is None:
        raise InputError(f"{name}, line {line}: a quote opens a cell and is never closed.")
    end = _search_end(text, quoted.end(), ends)  # whatever else stands behind the closing quote
    value = text[start + 1 : quoted.end() - 1].replace('""', '"') + text[quoted.end() : end]
    return Cell(value, start, end), end


def _search_end(text: str, start: int, ends: re.Pattern[str]) -> int:
    found = ends.search(text, start)
    return found.start() if found else len(text)


# ---------------------------------------------------------------------------------- written cells

_RUNS = ("=", "+", "-", "@", "\t", "\r")


def as_text(value: str) -> str:
    """A spreadsheet runs a cell that starts with one of these; an apostrophe stops it."""
    return f"'{value}" if value.lstrip("'")[:1] in _RUNS else value


def from_text(value: str) -> str:
    """The value before `as_text`."""
    guarded = value[:1] == "'" and value.lstrip("'")[:1] in _RUNS
    return value[1:] if guarded else value
