"""Progress: a bar with the time left on a terminal, and nothing anywhere else."""

import io

from tinymledu.cli import output


class Terminal(io.StringIO):
    def isatty(self):
        return True


def run(monkeypatch, stream):
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    with output.progress("submissions") as report:
        for n_done in (150, 151, 152):
            report(n_done, 200)
    return stream.getvalue()


def test_terminal_sees_how_many_are_done_and_the_time_left(monkeypatch):
    shown = run(monkeypatch, Terminal())

    assert "submissions" in shown
    assert "left:" in shown


def test_anything_else_sees_nothing(monkeypatch):
    assert run(monkeypatch, io.StringIO()).strip() == ""


def test_what_was_done_before_says_nothing_about_the_speed(monkeypatch):
    now = [100.0]
    bars = []

    class Watched(output.Progress):
        def __init__(self, *columns, **options):
            super().__init__(*columns, get_time=lambda: now[0], **options)
            bars.append(self)

    monkeypatch.setattr(output, "Progress", Watched)
    monkeypatch.setattr("sys.stderr", Terminal())
    with output.progress("submissions") as report:
        report(190, 200)
        for n_done in (191, 192):
            now[0] += 60
            report(n_done, 200)

        assert bars[0].tasks[0].time_remaining == 8 * 60
