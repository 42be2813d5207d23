"""Tables of other programs: read with their lines, and changed without touching another byte."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinymledu.course.tables import as_text, from_text, parse_table, read_table
from tinymledu.errors import InputError

TEXT = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0\r"), max_size=8)
ROWS = st.lists(st.lists(TEXT, min_size=3, max_size=3), min_size=1, max_size=6)


def values(table):
    return [[cell.value for cell in row.cells] for row in table.rows]


@given(ROWS, st.sampled_from(",;\t"), st.sampled_from(["\r\n", "\n"]), st.booleans())
def test_table_reads_what_the_csv_module_wrote(rows, delimiter, end, quote_all):
    text = io.StringIO()
    quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    header = ["a", "b", "c"]
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(
        [header, *rows]
    )
    table = parse_table(text.getvalue().encode(), "t.csv")

    assert table.delimiter == delimiter
    assert values(table) == [header, *(row for row in rows if any(v.strip() for v in row))]


@given(ROWS, st.sampled_from(",;\t"), st.sampled_from(["", "\ufeff"]), st.integers(0, 2), TEXT)
def test_setting_a_cell_leaves_every_other_cell_and_the_mark_alone(rows, mark, bom, column, new):
    text = io.StringIO()
    csv.writer(text, delimiter=mark).writerows([["a", "b", "c"], *rows])
    table = parse_table((bom + text.getvalue()).encode(), "t.csv")
    last = len(table.rows) - 1
    after = table.with_column(column, {last: new})
    expected = values(table)
    expected[last][column] = new

    assert after.startswith(bom.encode())
    read = csv.reader(io.StringIO(after.decode().removeprefix(bom), newline=""), delimiter=mark)
    assert [row for row in read if any(v.strip() for v in row)] == [
        row for row in expected if any(v.strip() for v in row)
    ]


def test_bytes_around_a_set_cell_stay():
    before = b'\xef\xbb\xbfa;"b";c\r\n"x ""y"" z";  ;last\r\n\r\n\'1; "q" ;\n'
    after = parse_table(before, "t").with_column(1, {1: "9"})

    assert after == before.replace(b"  ;last", b"9;last")


def test_set_cell_is_quoted_where_the_old_one_was_or_must_be():
    table = parse_table(b'a,b\n1,"2"\n3,4\n5\n', "t")

    assert table.with_column(1, {1: "7", 2: "8,5", 3: "9"}) == b'a,b\n1,"7"\n3,"8,5"\n5,9\n'


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_table_in_utf16_is_read_and_written_as_such(encoding):
    mark = "\ufeff"
    table = parse_table((mark + "name\tb\nŁódź\t1\n").encode(encoding), "t")

    assert values(table)[1] == ["Łódź", "1"]
    assert table.with_column(1, {1: "2"}) == (mark + "name\tb\nŁódź\t2\n").encode(encoding)


def test_delimiter_may_be_named_in_a_line_of_its_own():
    table = parse_table(b"sep=;\r\na,x;b\r\n1;2\r\n", "t")

    assert [row.line for row in table.rows] == [2, 3]
    assert values(table) == [["a,x", "b"], ["1", "2"]]


def test_lines_are_counted_through_quoted_line_ends_and_blank_lines():
    table = parse_table(b'a,b\n"x\ny\nz",1\n\n\n2,3\r\n4,5\n', "t")

    assert [row.line for row in table.rows] == [1, 2, 7, 8]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b\nJos\xe9,1\n", "t.csv, line 2: a character is not in UTF-8"),
        (b'a,b\n1,2\n"open,3\n4,5\n', "t.csv, line 3: a quote opens a cell and is never closed"),
        (b"a,b\n1,\x00\n", "t.csv, line 2: there is a NUL"),
        (b"PK\x03\x04rest", "is a workbook or zip, not CSV"),
        (b"," * (2 * 10**6 + 5), "more than 2,000,000 cells"),
        (b"x" * (32 * 1024**2 + 1), "more than 32.0 MiB"),
    ],
    ids=["latin1", "open_quote", "nul", "workbook", "cells", "bytes"],
)
def test_what_is_no_table_is_named(content, words):
    with pytest.raises(InputError) as caught:
        parse_table(content, "t.csv")
    assert words in str(caught.value)


def test_many_quotes_take_one_pass():
    """Backtracking over these would take longer than the age of the universe."""
    with pytest.raises(InputError, match="never closed"):
        parse_table(b'a,b\n"' + b'x""' * 200_000, "t")


def test_table_that_is_missing_is_named(tmp_path):
    with pytest.raises(InputError, match=r"gone\.csv cannot be read: No such file"):
        read_table(tmp_path / "gone.csv")


@given(TEXT)
def test_text_comes_back_from_a_spreadsheet_safe_cell(value):
    written = as_text(value)

    assert not written.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert from_text(written) == value
