"""From what the phases found to what the report says. Every figure keeps how it was obtained."""

import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from tinymledu.boards.deploy import Deployment
from tinymledu.demo.classroom import Graded
from tinymledu.demo.learning import SURE, Answered, Learned, Shrunk
from tinymledu.demo.report import Card, Chapter, Story, grid
from tinymledu.demo.stage import Stage
from tinymledu.exploration import (
    confusion_figure,
    layers_figure,
    learning_curve_figure,
    measurement_rows,
    pareto_figure,
    picture_grid_figure,
    training_figure,
)
from tinymledu.quantities import Method
from tinymledu.units import band, count, duration, percent, size

EXAMPLES = 16  # two rows
C_LINES_SHOWN = 60


def tell(
    stage: Stage,
    learned: Learned,
    shrunk: Shrunk,
    deployment: Deployment,
    answered: Answered,
    graded: Graded,
) -> Story:
    """The whole report."""
    kind = learned.data.card.kind
    return Story(
        date=f"{datetime.now(UTC).astimezone():%Y-%m-%d %H:%M %Z}",
        lead=(
            f"Labelled {kind} of cats and dogs went in. A network learned from them, was made "
            "small, became C for a microcontroller, was executed as that board's machine code on "
            "pictures without labels, and a class of students was graded on the same task."
        ),
        cards=_cards(learned, deployment, answered, graded),
        chapters=(
            _phase_1(learned),
            _shrinking(learned, shrunk),
            _board(deployment),
            _phase_2(learned, answered),
            _classroom(graded),
        ),
        timing=grid(
            "Where the time went (measured on this computer)",
            ("phase", "time"),
            [(name, duration(seconds)) for name, seconds in stage.seconds.items()]
            + [("together", duration(stage.total_s))],
        ),
        methods=_methods(learned, deployment),
        next_commands=next_commands(),
    )


def next_commands() -> tuple[str, ...]:
    """What to type after the demo."""
    program = "tinymledu" if shutil.which("tinymledu") else sys.argv[0]  # no active environment
    return (
        f"{program} lab                    # the lessons, in your browser",
        f"{program} demo --data PATH       # the same with photographs of cats and dogs",
        f"{program} course new my-course   # a course of your own, ready to grade",
    )


def _cards(
    learned: Learned, deployment: Deployment, answered: Answered, graded: Graded
) -> tuple[Card, ...]:
    memory, figures = deployment.memory, deployment.profile
    latency = band(figures.latency_ms.low, figures.latency_ms.high, "ms")
    kind, n = learned.data.card.kind, learned.accuracy.n
    return (
        Card("accuracy, float", percent(learned.accuracy.ratio), f"{count(n)} held-out {kind}"),
        Card("flash", size(memory.flash_bytes), "from the linked ELF"),
        Card("RAM", size(memory.ram_bytes), "from the linked ELF, stack measured"),
        Card("instructions", f"{figures.instructions / 1e6:.1f} M", str(Method.COUNTED)),
        Card("latency", latency, str(Method.MODELLED)),
        Card(
            "values unlike the interpreter's",
            f"{answered.n_differing} of {count(answered.n_values)}",
            "outputs of the emulated machine code, compared",
        ),
        Card("graded as due", graded.headline, "made submissions, machine points"),
    )


def _phase_1(learned: Learned) -> Chapter:
    data = learned.data
    kind = data.card.kind
    shown = data.train.take(np.arange(EXAMPLES))
    captions = [data.card.labels[label] for label in shown.labels]
    return Chapter(
        title="Phase 1: learning from labels",
        paragraphs=(
            data.card.description,
            f"{count(len(data.train))} labelled {kind} to learn from, "
            f"{count(len(data.validation))} to choose the best weights on, "
            f"{count(len(data.test))} held out for the figures here."
            + (f" {count(data.skipped)} unreadable files were skipped." if data.skipped else ""),
            "A network is worth its energy if it beats what needs no network: "
            + "; ".join(f"{name} {accuracy}" for name, accuracy in learned.baselines)
            + f". The small CNN: {learned.accuracy}.",
            f"Training energy: {learned.history.energy}.",
        ),
        figures=(
            picture_grid_figure(shown.pictures, captions, title=f"Some labelled {kind}"),
            training_figure(learned.history, subject=kind),
            learning_curve_figure(learned.curve, subject=kind, chance=1 / len(data.card.labels)),
            confusion_figure(learned.accuracy, data.card.labels, title=f"Held-out {kind}"),
        ),
    )


def _shrinking(learned: Learned, shrunk: Shrunk) -> Chapter:
    heading, *rows = measurement_rows(shrunk.measurements)
    kept = _columns_with_values(heading, rows)
    names = [measurement.scheme for measurement in shrunk.measurements[1:]]
    return Chapter(
        title="Shrink",
        paragraphs=(
            "One call makes the same network four times. A size here is that of the file; what a "
            "board needs comes in the next chapter.",
            "Whether shrinking changed the answers is asked picture by picture, because all four "
            "saw the same pictures. Only pictures that one of two gets right say anything.",
        ),
        figures=(
            pareto_figure(
                shrunk.measurements,
                cost="file_bytes",
                title=f"Accuracy on {learned.data.card.kind} against file size",
            ),
        ),
        tables=(
            grid(
                "The four schemes",
                [heading[i] for i in kept],
                [[row[i] for i in kept] for row in rows],
            ),
            grid(
                "Paired with float32 (exact McNemar test)",
                ("scheme", "only float32 right", "only this one right", "pictures", "p"),
                [
                    (
                        name, count(test.only_first), count(test.only_second), count(test.n),
                        f"{test.p_value:.3g}",
                    )
                    for name, test in zip(names, shrunk.tests, strict=True)
                ],
            ),
        ),
    )  # fmt: skip


def _columns_with_values(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    return [i for i in range(len(heading)) if any(row[i] not in ("-", "") for row in rows)]


def _board(deployment: Deployment) -> Chapter:
    memory, figures, board = deployment.memory, deployment.profile, deployment.board
    latency = band(figures.latency_ms.low, figures.latency_ms.high, "ms")
    energy = figures.energy_mj
    elf = "linked ELF"
    rows = [
        ("flash", f"{count(memory.flash_bytes)} B of {count(board.flash_bytes)} B", elf),
        ("of which code", f"{count(memory.code_bytes)} B", elf),
        ("of which weights and tables", f"{count(memory.weights_bytes)} B", elf),
        ("RAM", f"{count(memory.ram_bytes)} B of {board.usable_ram_text}", elf),
        ("of which activations (arena)", f"{count(memory.arena_bytes)} B", elf),
        ("of which stack", f"{count(memory.stack_bytes)} B", "painted, then measured"),
        ("instructions a picture", count(figures.instructions), str(figures.instructions_method)),
        ("latency", latency, str(figures.cycles_method)),
    ]
    if energy is not None:
        rows.append(
            ("energy", band(energy.low, energy.high, "mJ"), f"{figures.cycles_method}, processor")
        )
    source = deployment.source.files[f"{deployment.source.c_name}.c"].splitlines()
    return Chapter(
        title=f"Deploy: {board.title}",
        paragraphs=(
            "The int8 network becomes C99 that can be read, is compiled for the board's "
            f"{board.processor}, and runs as machine code in a virtual board with exactly this "
            "board's memory. More flash or RAM than there is would have been refused.",
        ),
        figures=(layers_figure(figures, title="What each layer costs"),),
        tables=(
            grid("What it needs", ("what", "how much", "how obtained"), rows),
            grid(
                "What the virtual board does not model",
                ("left out",),
                [(line,) for line in figures.not_modelled],
            ),
        ),
        listing_title="The end of the generated C",
        listing="\n".join(source[-C_LINES_SHOWN:]),
    )


def _phase_2(learned: Learned, answered: Answered) -> Chapter:
    runs, pictures = answered.runs, learned.data.unlabelled
    captions = [
        f"{label} {max(scores):.2f}"
        for label, scores in zip(runs.labels[:EXAMPLES], runs.scores[:EXAMPLES], strict=True)
    ]
    checked = f"{answered.n_differing} of {count(answered.n_values)} output values differ from the"
    oracle = (
        "TensorFlow Lite Micro is not installed here, so values were not compared with it."
        if answered.n_differing_oracle is None
        else f"{answered.n_differing_oracle} from TensorFlow Lite Micro's ({answered.oracle})."
    )
    return Chapter(
        title="Phase 2: pictures without labels",
        paragraphs=(
            f"{count(len(runs))} pictures went to the virtual board through a call that has no "
            f"argument for labels, in {duration(runs.emulation_s)} on this computer.",
            f"{checked} NumPy interpreter's. {oracle}",
            f"On those that are cats or dogs: {answered.accuracy}.",
            f"{answered.n_neither} pictures were neither. {answered.n_neither_sure} of them still "
            f"got a score of {SURE} or more: a classifier of two classes has no way to say "
            "neither, and a high score is not knowledge.",
        ),
        figures=(
            picture_grid_figure(
                pictures[:EXAMPLES], captions, title="Unlabelled pictures and the board's answers"
            ),
        ),
    )


def _classroom(graded: Graded) -> Chapter:
    return Chapter(
        title="Grade a class",
        paragraphs=graded.paragraphs,
        tables=(grid(graded.title, graded.columns, graded.rows),),
    )


def _methods(learned: Learned, deployment: Deployment) -> tuple[str, ...]:
    made = "drawn by a program" if learned.data.card.synthetic else "photographs from your files"
    return (
        f"Pictures: {made}. {' '.join(learned.data.card.limits)}",
        "Accuracy: counted on pictures that neither training nor the choice of weights has seen; "
        "intervals are Wilson's, 95 %.",
        "Flash and RAM: read from the linked ELF file of the firmware.",
        f"Instructions: counted in the emulator, once for the build ({deployment.build_name}).",
        "Latency and energy on the board: modelled, as bands; nothing was measured on a board.",
        "Training energy: measured seconds times a stated band of power.",
    )
