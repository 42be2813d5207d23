"""demo, doctor, lab."""

import argparse
import os
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from tinymledu import files, translation
from tinymledu.cli.output import console, emit_json, table
from tinymledu.errors import InputError, MissingToolError
from tinymledu.translated_lessons import lessons_in


def demo(options: argparse.Namespace) -> int:
    from tinymledu.demo import run_demo

    return run_demo(data_path=options.data, out=options.out)


def doctor(options: argparse.Namespace) -> int:
    from tinymledu.doctor import examine

    findings = examine()
    missing = [finding for finding in findings if finding.state == "missing"]
    if options.json:
        emit_json({"findings": [asdict(finding) for finding in findings]})
        return 3 if missing else 0
    marks = {"ok": "ok", "optional": "not here", "missing": "MISSING"}
    rows = [(f.name, marks[f.state], f.detail, f.purpose) for f in findings]
    table("What this machine has for the course", ("part", "state", "detail", "needed for"), rows)
    fixes = [finding for finding in findings if finding.fix]
    for finding in fixes:
        console.print(f"  {finding.name}: {finding.fix}")
    if missing:
        console.print("Parts marked MISSING are needed; the lines above install them.")
    else:
        console.print("All that is needed is here.")
    return 3 if missing else 0


def lab(options: argparse.Namespace) -> int:
    """Open the lessons in JupyterLab, as copies: the shipped files stay as they are."""
    if shutil.which("jupyter-lab", path=str(Path(sys.executable).parent)) is None:
        raise MissingToolError(f"JupyterLab is not installed. Run: {files.how_to_install()}")
    translation.require(options.language)
    folder: Path = options.folder
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file; name a folder for your copy of the lessons.")
    folder.mkdir(parents=True, exist_ok=True)
    with translation.speaking(options.language):
        language = translation.language(course=_language_of(folder))
    for name, lesson in lessons_in(language):
        if not (folder / name).exists():  # a student's own work is never overwritten
            files.write_atomic(folder / name, lesson.encode("utf-8"))
    console.print(f"Lessons are in {folder.resolve()}. Stop JupyterLab with Ctrl-C.")
    command = [sys.executable, "-m", "jupyterlab", f"--notebook-dir={folder}"]
    if options.no_browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # containers and WSL2 often know nobody else
        console.print("You are root: what runs in a notebook may change anything on this machine.")
        command.append("--allow-root")
    environment = os.environ | {translation.VARIABLE: language}  # checks and answers speak it, too
    if os.name == "posix":  # in our place, so that a signal to us ends JupyterLab
        sys.stdout.flush()
        os.execve(sys.executable, command, environment)
    return subprocess.run(command, env=environment, check=False).returncode


def _language_of(folder: Path) -> str:
    """The language of the lessons that lie there, so that it is named once; "" for English."""
    codes = {path.suffixes[0].removeprefix(".") for path in folder.glob("[0-9]*.*.ipynb")}
    return codes.pop() if len(codes) == 1 else ""
