"""A record of what a virtual board did, that anybody can check by doing it again.

A transcript names all that went in (board, model, firmware, inputs, by their hashes) and what came
out (outputs, counts). It is no signature: whoever has the model and the inputs executes them
again with `verify_transcript`, and a changed answer, another firmware or other inputs are found.
The nonce is what the examiner asked to be put in, so that an old transcript is not handed in anew.
"""

import importlib.metadata
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

import numpy as np
from numpy.typing import ArrayLike

from tinymledu import __version__
from tinymledu.boards.deploy import Deployment
from tinymledu.boards.profile import NOT_MODELLED
from tinymledu.errors import InputError
from tinymledu.files import sha256_of
from tinymledu.graph.quantized_input import input_codes
from tinymledu.units import count

FORMAT = 1
MAX_FILE_BYTES = 64 * 1024**2


@dataclass(frozen=True, slots=True)
class Transcript:
    """One or more inferences on a virtual board. Hashes are SHA-256 in hexadecimal.

    inputs_sha256: of all input tensors, one after the other. outputs: one output tensor each, in
    hexadecimal. instructions, cycles_low, cycles_high, stack_bytes: of the counted inference on
    all-zero input; instructions are counted, the stack is measured, cycles are modelled.
    seal: digest of the seal under which this ran, or None.
    """

    format: int
    board: str
    model_sha256: str
    elf_sha256: str
    nonce: str
    inputs_sha256: str
    outputs: tuple[str, ...]
    instructions: int
    cycles_low: float
    cycles_high: float
    stack_bytes: int
    versions: Mapping[str, str]
    not_modelled: tuple[str, ...]
    seal: str | None = None

    def __str__(self) -> str:
        """What ran and what came out, for people; ends with what the virtual board leaves out."""
        return "\n".join(
            (
                f"Transcript of a virtual board, {self.board}, nonce {self.nonce!r}",
                f"  model     {self.model_sha256}",
                f"  firmware  {self.elf_sha256}",
                f"  inputs    {self.inputs_sha256}",
                f"  seal      {self.seal or 'none'}",
                f"  {count(len(self.outputs))} outputs; of one inference: "
                f"{count(self.instructions)} instructions (counted), "
                f"{self.cycles_low:,.0f}-{self.cycles_high:,.0f} cycles (modelled), "
                f"{count(self.stack_bytes)} B of stack (measured)",
                f"  {', '.join(f'{name} {text}' for name, text in sorted(self.versions.items()))}",
                "Not modelled:",
                *(f"  - {what}" for what in self.not_modelled),
            )
        )

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Transcript":
        """Read a transcript that somebody handed in.

        Raises:
            InputError: not a transcript of this format.
        """
        if len(text) > MAX_FILE_BYTES:
            raise InputError(
                f"A transcript of over {count(MAX_FILE_BYTES)} characters is not read."
            )
        try:
            record = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise InputError(f"The transcript is not JSON: {error}") from error
        _check_fields(record)
        texts = ("outputs", "not_modelled")
        return cls(**{**record, **{name: tuple(record[name]) for name in texts}})


def inputs_sha256(deployment: Deployment, inputs: ArrayLike) -> str:
    """SHA-256 of inputs as the board gets them, one input tensor after the other."""
    codes = input_codes(deployment.model.graph.input, inputs)
    return sha256_of(np.ascontiguousarray(codes).tobytes())


def check_virtual(deployment: Deployment) -> None:
    """Raise InputError where a real board answers: nobody can execute that again."""
    if deployment.board.port is not None:
        raise InputError(
            f"A transcript is of the virtual board, and this deployment asks the board at "
            f"{deployment.board.port}. Deploy without a port: board({deployment.board.name!r})."
        )


def record_transcript(
    deployment: Deployment, inputs: ArrayLike, *, nonce: str, seal: str | None = None
) -> Transcript:
    """Execute inputs on a deployment's virtual board and record it.

    Args:
        inputs: as for Deployment.run_many.
        nonce: what the examiner asked for; any text.

    Raises:
        InputError: the deployment is of a board at a port, or as for Deployment.run_many.
        BoardError: as for Deployment.run_many.
    """
    check_virtual(deployment)
    runs = deployment.run_many(inputs)
    figures = deployment.profile
    return Transcript(
        format=FORMAT,
        board=deployment.board.name,
        model_sha256=deployment.model.sha256,
        elf_sha256=sha256_of(deployment.elf),
        nonce=nonce,
        inputs_sha256=inputs_sha256(deployment, inputs),
        outputs=tuple(output.tobytes().hex() for output in runs.codes),
        instructions=figures.instructions,
        cycles_low=figures.cycles.low,
        cycles_high=figures.cycles.high,
        stack_bytes=deployment.memory.stack_bytes,
        versions={
            "tinymledu": __version__,
            "unicorn": importlib.metadata.version("unicorn"),
            "compiler": deployment.build_name,
            "numpy": np.__version__,
        },
        not_modelled=NOT_MODELLED,
        seal=seal,
    )


def verify_transcript(
    transcript: Transcript,
    deployment: Deployment,
    inputs: ArrayLike,
    *,
    nonce: str,
    seal: str | None = None,
) -> tuple[str, ...]:
    """Execute again and compare.

    Args:
        deployment: of the model that the transcript is said to be of, made here.
        inputs: the inputs that it is said to be of.
        nonce: what was asked for.
        seal: digest of the seal that was handed in before; None where nothing was sealed.

    Returns:
        What does not agree, a sentence each; empty when the transcript is true.
    """
    again = record_transcript(deployment, inputs, nonce=nonce, seal=seal)
    findings = [
        f"{name} is {getattr(transcript, name)!r}; executed here it is {getattr(again, name)!r}."
        for name in _COMPARED
        if getattr(transcript, name) != getattr(again, name)
    ]
    outputs = _output_findings(transcript.outputs, again.outputs)
    return (*findings, *outputs, *_why(transcript, again))


_COMPARED = (
    *("format", "board", "model_sha256", "elf_sha256", "nonce", "inputs_sha256", "instructions"),
    *("cycles_low", "cycles_high", "stack_bytes", "not_modelled", "seal"),
)


def _output_findings(claimed: tuple[str, ...], real: tuple[str, ...]) -> list[str]:
    if len(claimed) != len(real):
        return [f"It has {count(len(claimed))} outputs for {count(len(real))} inputs."]
    wrong = [index for index in range(len(real)) if claimed[index] != real[index]]
    if not wrong:
        return []
    first = wrong[0]
    return [
        f"{count(len(wrong))} of {count(len(real))} outputs are not what the firmware answers; the "
        f"first is output {first}: {claimed[first]!r}, executed here {real[first]!r}."
    ]


def _why(transcript: Transcript, again: Transcript) -> list[str]:
    """Other versions are no forgery, but explain another firmware."""
    if transcript.elf_sha256 == again.elf_sha256 or transcript.versions == again.versions:
        return []
    return [
        f"It names other versions, which alone can make another firmware: "
        f"{dict(transcript.versions)}; here {dict(again.versions)}."
    ]


def _check_fields(record: object) -> None:
    """Say what is missing or of another kind; the file may be anything."""
    kinds: dict[str, tuple[type, ...]] = {
        **dict.fromkeys(("format", "instructions", "stack_bytes"), (int,)),
        **dict.fromkeys(("cycles_low", "cycles_high"), (int, float)),
        **dict.fromkeys(("outputs", "not_modelled"), (list,)),
        "versions": (dict,),
        "seal": (str, type(None)),
    }
    names = {field.name for field in fields(Transcript)}
    if not isinstance(record, dict) or set(record) != names:
        raise InputError(f"The transcript has not the fields {', '.join(sorted(names))}.")
    for name, value in record.items():
        if not isinstance(value, kinds.get(name, (str,))) or isinstance(value, bool):
            raise InputError(f"The transcript's {name} is a {type(value).__name__}.")
        if isinstance(value, list | dict) and not all(
            isinstance(item, str) for item in (value.values() if isinstance(value, dict) else value)
        ):
            raise InputError(f"The transcript's {name} holds something else than text.")
    if record["format"] != FORMAT:
        raise InputError(f"The transcript is of format {record['format']}; this is {FORMAT}.")
