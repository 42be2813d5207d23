"""The doctor looks, changes nothing, and names a way out for whatever is missing."""

import importlib.util

import pytest

from tinymledu import doctor
from tinymledu.cli import main
from tinymledu.course import sandbox


def found(name):
    (finding,) = (finding for finding in doctor.examine() if finding.name == name)
    return finding


@pytest.fixture
def no_cache(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("TINYMLEDU_CACHE", str(tmp_path / "file" / "cache"))


@pytest.mark.usefixtures("no_cache")
def test_a_cache_that_cannot_be_made_is_a_finding():
    disk = found("disk space")

    assert disk.state == "missing"
    assert "in TINYMLEDU_CACHE" in disk.fix
    assert found("VWW weights").state == "optional"


@pytest.mark.usefixtures("no_cache")
def test_models_are_listed_without_a_cache(capsys):
    assert main(["models", "list"]) == 0
    assert "not fetched" in capsys.readouterr().out


def test_little_disk_space_is_missing_with_what_to_free(tmp_path, monkeypatch):
    usage = doctor.shutil.disk_usage(tmp_path)._replace(free=1024**3)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _path: usage)

    disk = found("disk space")

    assert disk.state == "missing"
    assert disk.fix.startswith("free 1.0 GiB, or name another place")


def test_a_required_package_that_is_missing_ends_with_code_3(monkeypatch, capsys):
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "unicorn" else real(name)
    )

    code = main(["doctor"])

    out = capsys.readouterr().out
    assert code == 3
    assert "unicorn: make venv" in out
    assert "Parts marked MISSING are needed" in out


def test_every_part_that_is_not_here_has_a_way_to_it(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setenv("PATH", "")

    findings = doctor.examine()

    absent = [one for one in findings if one.state != "ok" and not one.name.startswith("sandbox")]
    assert len(absent) > len(doctor._PACKAGES)
    assert all(one.fix for one in absent)


def test_a_missing_layer_of_the_jail_says_what_it_means(monkeypatch):
    missing = sandbox.Layer("control groups", False, "no group", "Run as root.", required=False)
    monkeypatch.setattr(sandbox, "available", lambda: sandbox.Isolation(sandbox.FULL, (missing,)))

    finding = found("sandbox: control groups")

    assert (finding.detail, finding.fix) == ("no group", "Run as root.")
    assert finding.purpose.startswith("without it, memory is limited for each process")
