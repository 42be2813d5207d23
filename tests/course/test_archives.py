"""Zips that strangers filled: each kind of attack costs its entry or the archive, in words."""

import io
import stat
import struct
import tracemalloc
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinymledu.course.archives import MAX_ENTRIES, open_archive
from tinymledu.course.folders import root_of
from tinymledu.errors import CourseError


def entry(name, content=b"x", mode=0, method=zipfile.ZIP_STORED):
    info = zipfile.ZipInfo(name, (2026, 3, 1, 10, 20, 30))
    info.external_attr = mode << 16
    info.compress_type = method
    return info, content


def write(path, *entries):
    with zipfile.ZipFile(path, "w") as archive:
        for info, content in entries:
            archive.writestr(info, content)
    return path


def patched(path, name, **fields):
    """Change header fields of an entry, in the local header and in the list of files."""
    raw = bytearray(path.read_bytes())
    places = {"flags": (6, 8), "method": (8, 10), "crc": (14, 16), "full_size": (22, 24)}
    for field, (value, form) in fields.items():
        start = -1
        while (start := raw.find(name.encode(), start + 1)) >= 0:
            for mark, header, offset in (
                (b"PK\x03\x04", 30, places[field][0]), (b"PK\x01\x02", 46, places[field][1])
            ):  # fmt: skip
                if raw[start - header : start - header + 4] == mark:
                    struct.pack_into(form, raw, start - header + offset, value)
    path.write_bytes(raw)
    return path


def sentence(path, name="a/x.ipynb", max_bytes=2**24):
    """What reading a file of the archive is refused with; '' when it is read."""
    *folders, last = name.split("/")
    with open_archive(path) as archive:
        folder = root_of(archive)
        for one in folders:
            folder = folder.inside(one)
        try:
            folder.read(last, max_bytes)
        except CourseError as problem:
            return str(problem)
    return ""


def test_honest_file_is_read_with_its_time(tmp_path):
    path = write(tmp_path / "z.zip", entry("a/x.ipynb", b"{}", method=zipfile.ZIP_DEFLATED))

    with open_archive(path) as archive:
        folder = root_of(archive).inside("a")
        assert folder.read("x.ipynb", 10) == b"{}"
        assert folder.saved_at("x.ipynb").isoformat() == "2026-03-01T10:20:30"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../x", "leads out of the archive"),
        ("a/../../x", "leads out of the archive"),
        ("a\\..\\..\\x", "leads out of the archive"),
        ("/etc/cron.d/x", "is a place on a disk"),
        ("\\\\server\\share\\x", "is a place on a disk"),
        ("C:\\Windows\\x", "is a place on a disk"),
        ("c:x", "is a place on a disk"),
        ("a/\x1b[2Jx", "has characters that no name has"),
        ("a/x\ny", "has characters that no name has"),
        ("a/" * 21 + "x", "longer than 1000 characters or 20 folders"),
        ("a" * 1001, "longer than 1000 characters or 20 folders"),
        ("./", "has no name"),
    ],
)
def test_name_that_no_honest_program_writes_is_left_out_and_said(tmp_path, name, words):
    path = write(tmp_path / "z.zip", entry(name, b"evil"), entry("a/ok.ipynb"))

    with open_archive(path) as archive:
        assert [one.parts for one in archive.members] == [("a", "ok.ipynb")]
        ((shown, problem),) = archive.left_out
        assert words in problem
        assert "\x1b" not in shown


def test_name_with_a_nul_is_left_out(tmp_path):
    path = write(tmp_path / "z.zip", entry("a/x.ipynbQ.exe"))
    path.write_bytes(path.read_bytes().replace(b"Q.exe", b"\0.exe"))

    with open_archive(path) as archive:
        assert archive.members == ()
        assert "characters that no name has" in archive.left_out[0][1]


@pytest.mark.parametrize(
    ("mode", "words"),
    [(stat.S_IFLNK | 0o777, "x.ipynb is a link"), (stat.S_IFIFO, "is not a regular file"),
     (stat.S_IFCHR, "is not a regular file"), (stat.S_IFREG | 0o644, "")],
)  # fmt: skip
def test_links_and_devices_are_refused(tmp_path, mode, words):
    said = sentence(write(tmp_path / "z.zip", entry("a/x.ipynb", b"/etc/passwd", mode)))

    assert words in said
    assert bool(said) == bool(words)


def test_file_that_unpacks_to_far_more_is_refused_before_it_is(tmp_path):
    path = write(tmp_path / "z.zip", entry("a/x.ipynb", bytes(2**24), method=zipfile.ZIP_DEFLATED))

    assert "x.ipynb unpacks from 15.9 KiB to 16.0 MiB, more than 200 times" in sentence(path)


def test_file_that_unpacks_to_more_than_it_says_brings_no_more_than_it_says(tmp_path):
    noise = b"".join(i.to_bytes(4, "big") for i in range(2**20))
    path = write(tmp_path / "z.zip", entry("a/x.ipynb", noise, method=zipfile.ZIP_DEFLATED))
    patched(path, "a/x.ipynb", full_size=(50, "<I"))

    tracemalloc.start()
    said = sentence(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "x.ipynb is damaged inside z.zip" in said
    assert peak < 2**21


def test_file_larger_than_its_limit_is_refused(tmp_path):
    path = write(tmp_path / "z.zip", entry("a/x.ipynb", b"x" * 101))

    assert sentence(path, max_bytes=100) == "x.ipynb has 101 B; at most 100 B."


def test_total_of_what_is_read_is_limited(tmp_path, monkeypatch):
    monkeypatch.setattr("tinymledu.course.archives.MAX_TOTAL_BYTES", 250)
    path = write(tmp_path / "z.zip", *(entry(f"s{i}/x.ipynb", b"x" * 100) for i in range(3)))

    with open_archive(path) as archive:
        root = root_of(archive)
        assert len(root.inside("s0").read("x.ipynb", 100)) == 100
        root.inside("s1").read("x.ipynb", 100)
        with pytest.raises(CourseError, match=r"z\.zip unpacks to more than 250 B"):
            root.inside("s2").read("x.ipynb", 100)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", ["a/x.ipynb", "a/X.IPYNB", "./a//x.ipynb", "a\\x.ipynb"])
def test_file_that_is_there_twice_counts_as_neither(tmp_path, second):
    path = write(tmp_path / "z.zip", entry("a/x.ipynb", b"good"), entry(second, b"evil"))

    assert "x.ipynb is in the archive 2 times" in sentence(path)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"flags": (1, "<H")}, "is locked with a password"),
        ({"method": (9, "<H")}, "packed in a way that is not read here"),
        ({"method": (14, "<H")}, "packed in a way that is not read here"),
        ({"method": (8, "<H")}, "is damaged inside z.zip"),
        ({"crc": (1, "<I")}, "is damaged inside z.zip"),
        ({"full_size": (9999, "<I")}, "is damaged inside z.zip"),
    ],
    ids=["encrypted", "deflate64", "lzma", "not_deflated", "checksum", "length"],
)
def test_file_that_cannot_be_unpacked_is_named(tmp_path, fields, words):
    path = write(tmp_path / "z.zip", entry("a/x.ipynb", b"\xff" * 64), entry("b/x.ipynb"))
    patched(path, "a/x.ipynb", **fields)

    assert words in sentence(path)
    assert sentence(path, "b/x.ipynb") == ""


def with_entries(path, n):
    """An archive whose list names one file n times: what counts is that the list is read."""
    raw = write(path, entry("a/x.ipynb")).read_bytes()
    start, end = raw.index(b"PK\x01\x02"), raw.index(b"PK\x05\x06")
    length = (end - start) * n
    trailer = raw[end : end + 12] + struct.pack("<IIH", length, start, 0)
    path.write_bytes(raw[:start] + raw[start:end] * n + trailer)
    return path


@pytest.mark.parametrize("n", [20_001, 100_000, 200_000])
def test_archive_with_more_entries_than_a_class_is_refused(tmp_path, n):
    with pytest.raises(CourseError, match=r"z\.zip lists more than 20,000 files"):
        sentence(with_entries(tmp_path / "z.zip", n))


def test_list_of_files_that_is_too_long_is_not_read(tmp_path):
    path = with_entries(tmp_path / "z.zip", 400_000)

    tracemalloc.start()
    with pytest.raises(CourseError, match="lists more than"):
        sentence(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**20


def test_as_many_entries_as_a_class_may_have_are_read(tmp_path):
    path = tmp_path / "z.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(MAX_ENTRIES):
            archive.writestr(f"s{number}/x", b"")

    with open_archive(path) as archive:
        assert len(archive.members) == MAX_ENTRIES


@pytest.mark.parametrize(
    ("written", "sure"),
    [("Ł".encode(), True), ("José".encode("latin-1"), False), ("王".encode("gbk"), False)],
)
def test_name_without_its_encoding_is_utf8_or_not_sure(tmp_path, written, sure):
    path = write(tmp_path / "z.zip", entry("QQQQQQ/x.ipynb"))
    raw = path.read_bytes().replace(b"QQQQQQ", written.ljust(6, b"_"))
    path.write_bytes(raw)

    with open_archive(path) as archive:
        root = root_of(archive)
        (name,) = root.folders()
        assert root.name_is_sure(name) == sure
        assert not sure or name == written.decode() + "_" * (6 - len(written))


def test_what_systems_add_is_passed_over_in_silence(tmp_path):
    junk = ("__MACOSX/a/._x.ipynb", "a/.DS_Store", "Thumbs.db", ".git/config")
    path = write(tmp_path / "z.zip", *(entry(name) for name in (*junk, "a/x.ipynb")))

    with open_archive(path) as archive:
        assert [one.parts for one in archive.members] == [("a", "x.ipynb")]
        assert archive.left_out == ()


@pytest.mark.parametrize("content", [b"", b"x" * 100, b"PK\x03\x04" + b"\0" * 40])
def test_what_is_no_zip_is_named(tmp_path, content):
    (tmp_path / "z.zip").write_bytes(content)

    with (
        pytest.raises(CourseError, match=r"z\.zip is no zip that can be read"),
        open_archive(tmp_path / "z.zip"),
    ):
        pass


def test_zip_that_ends_too_early_is_named(tmp_path):
    path = write(tmp_path / "z.zip", entry("a/x.ipynb", b"x" * 1000))
    path.write_bytes(path.read_bytes()[:-30])

    with pytest.raises(CourseError, match="is no zip that can be read, or is damaged"):
        sentence(path)


def honest_bytes():
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/x.ipynb", b"{}" * 50)
        archive.writestr("b/é.ipynb", b"{}" * 50)
    return memory.getvalue()


HONEST = honest_bytes()


@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(0, len(HONEST) - 1), st.integers(0, 255)), max_size=6))
def test_damaged_zip_gives_bytes_or_a_sentence_and_nothing_else(tmp_path_factory, changes):
    raw = bytearray(HONEST)
    for place, value in changes:
        raw[place] = value
    path = tmp_path_factory.getbasetemp() / "damaged.zip"
    path.write_bytes(raw)

    with suppress(CourseError), open_archive(path) as archive:
        for member in archive.members:
            with suppress(CourseError):
                assert len(archive.read(member, 2**20)) <= 2**20


@given(st.text(max_size=60))
def test_any_name_is_split_into_steps_that_stay_inside_or_is_refused(tmp_path_factory, name):
    path = tmp_path_factory.getbasetemp() / "names.zip"
    try:
        write(path, entry(name or "x"))
    except (UnicodeEncodeError, ValueError):
        return

    with open_archive(path) as archive:
        for member in archive.members:
            assert member.parts
            assert not any(
                part in ("", ".", "..") or "/" in part or "\\" in part or "\0" in part
                for part in member.parts
            )
