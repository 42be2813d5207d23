"""Sealed evaluation: the firmware is frozen by its hash, and only then the data are shown.

    seal = seal_artefact(deployment, data_sha256=hash_of_the_hidden_data)
    ... the student hands in seal.digest; nothing can be changed from here on ...
    transcript = evaluate_sealed(seal, deployment, reveal, nonce="A7")

`reveal` hands the data over and is called only after model, firmware and board were found to be the
sealed ones. The data's hash is in the seal too, so that neither side can choose after the fact.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass

from numpy.typing import ArrayLike

from tinymledu.boards.deploy import Deployment
from tinymledu.boards.transcript import (
    Transcript,
    check_virtual,
    inputs_sha256,
    record_transcript,
)
from tinymledu.errors import BoardError
from tinymledu.files import sha256_of


@dataclass(frozen=True, slots=True)
class Seal:
    """What was frozen. Hashes are SHA-256 in hexadecimal."""

    board: str
    model_sha256: str
    elf_sha256: str
    data_sha256: str

    @property
    def digest(self) -> str:
        """One hash of all of it: what is handed in and published."""
        return sha256_of(json.dumps(asdict(self), sort_keys=True).encode())


def seal_artefact(deployment: Deployment, *, data_sha256: str) -> Seal:
    """Freeze a deployment before the evaluation data are known.

    Args:
        data_sha256: `inputs_sha256` of the evaluation data, published by the examiner.

    Raises:
        InputError: the deployment is of a board at a port, whose firmware has no hash here.
    """
    check_virtual(deployment)
    return Seal(
        board=deployment.board.name,
        model_sha256=deployment.model.sha256,
        elf_sha256=sha256_of(deployment.elf),
        data_sha256=data_sha256,
    )


def evaluate_sealed(
    seal: Seal, deployment: Deployment, reveal: Callable[[], ArrayLike], *, nonce: str
) -> Transcript:
    """Check that the artefact is the sealed one, then ask for the data and execute.

    Args:
        reveal: returns the inputs, as for Deployment.run_many; not called for another artefact.

    Raises:
        InputError: as for seal_artefact.
        BoardError: the artefact or the data are not those of the seal; says which.
    """
    now = seal_artefact(deployment, data_sha256=seal.data_sha256)
    changed = [name for name, value in asdict(now).items() if value != getattr(seal, name)]
    if changed:
        raise BoardError(
            f"This is not what was sealed: {', '.join(changed)} changed since. The data stay "
            "hidden; evaluate the sealed artefact, or seal anew with other data."
        )
    inputs = reveal()
    found = inputs_sha256(deployment, inputs)
    if found != seal.data_sha256:
        raise BoardError(
            f"The data are not those of the seal: their SHA-256 is {found}, sealed was "
            f"{seal.data_sha256}. Nothing was executed."
        )
    return record_transcript(deployment, inputs, nonce=nonce, seal=seal.digest)
