"""Files are written whole or not at all; the cache is where the user says."""

import re

import pytest

from tinymledu import files


def test_write_atomic_leaves_the_old_file_when_it_fails(tmp_path, monkeypatch):
    path = tmp_path / "grades.csv"
    files.write_atomic(path, b"old")

    def full_disk(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tinymledu.files.os.fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        files.write_atomic(path, b"new")

    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["grades.csv"]


def test_cache_dir_follows_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("TINYMLEDU_CACHE", str(tmp_path / "here"))

    assert files.cache_dir("zig") == tmp_path / "here" / "zig"
    assert (tmp_path / "here" / "zig").is_dir()


def test_shipped_folders_are_found():
    for folder in files.SHIPPED_FOLDERS:
        assert files.shipped(folder).is_dir()


def test_a_checkout_is_installed_with_make():
    assert files.how_to_install() == "make venv"
    assert files.how_to_install("oracle") == "make venv"


@pytest.mark.parametrize(
    ("extra", "end"),
    [("", "-m pip install tinymledu"), ("full", '-m pip install "tinymledu[full]"')],
)
def test_an_installed_wheel_is_completed_by_the_pip_of_this_python(
    extra, end, tmp_path, monkeypatch
):
    monkeypatch.setattr(files, "PACKAGE", tmp_path / "site-packages" / "tinymledu")
    monkeypatch.setattr(files.sys, "executable", "/usr/bin/python3.12")

    assert files.how_to_install(extra) == f"python3.12 {end}"


def test_sha256_matches_the_published_vector():
    # FIPS 180-2, appendix B.1
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    assert files.sha256_of(b"abc") == expected


def test_no_document_has_an_unfilled_hole():
    root = files.PACKAGE.parent
    documents = [root / "README.md", root / "CHANGELOG.md", *sorted((root / "docs").rglob("*.md"))]

    assert [
        path.name for path in documents if re.search(r"@[A-Z]+@", path.read_text("utf-8"))
    ] == []
