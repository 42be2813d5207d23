"""checksums.txt: the SHA-256 of every other file, in the form that `sha256sum --check` reads."""

import re
from collections.abc import Mapping

from tinymledu.errors import BundleError
from tinymledu.files import sha256_of
from tinymledu.units import count

NAME = "checksums.txt"
_LINE = re.compile(r"([0-9a-f]{64})  (\S(?:.*\S)?)")


def checksums_text(files: Mapping[str, bytes]) -> str:
    """One line for each file but checksums.txt itself, in alphabetical order."""
    return "".join(
        f"{sha256_of(content)}  {name}\n" for name, content in sorted(files.items()) if name != NAME
    )


def digest_of(files: Mapping[str, bytes]) -> str:
    """The SHA-256 of checksums.txt. It stands for every byte of the bundle.

    Whoever changes a file can change checksums.txt too. So tell this one by another way than the
    bundle goes: on paper, on the telephone, on a page of your university.
    """
    return sha256_of(files[NAME])


def check_checksums(files: Mapping[str, bytes]) -> None:
    """Compare every file with its line.

    Raises:
        BundleError: says which files differ, are missing or are not in the list.
    """
    if NAME not in files:
        raise BundleError(f"{NAME} is missing, so nobody can see whether the files are whole.")
    said: dict[str, str] = {}
    for line in files[NAME].decode("utf-8", "replace").splitlines():
        match = _LINE.fullmatch(line)
        if match is None or match[2] in said:
            raise BundleError(f"{NAME}: line {line[:90]!r} is no checksum with a name, or twice.")
        said[match[2]] = match[1]
    here = {name for name in files if name != NAME}
    findings = [
        f"{name} is in {NAME}, but not in the bundle" for name in sorted(said.keys() - here)
    ]
    findings += [
        f"{name} is in the bundle, but not in {NAME}" for name in sorted(here - said.keys())
    ]
    for name in sorted(here & said.keys()):
        found = sha256_of(files[name])
        if found != said[name]:
            findings.append(
                f"{name} differs: {NAME} says SHA-256 {said[name][:12]}..., its "
                f"{count(len(files[name]))} bytes have {found[:12]}..."
            )
    if findings:
        raise BundleError(f"The bundle is refused. {'; '.join(findings[:5])}.")
