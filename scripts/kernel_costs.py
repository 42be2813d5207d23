"""Write firmware/kernels/costs.toml: what each kernel takes on a Cortex-M4, measured.

Code bytes: text and constants of the object file, compiled for size with the default compiler.
Cycles: the middle of the modelled band of each layer of many small models, fitted by least
squares to a number for each multiply-accumulate, one for each output value and one for each call.

    python scripts/kernel_costs.py
"""

import itertools
import json
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "vectors"))

import fast_models  # noqa: E402  # needs the path above
import operator_models as om  # noqa: E402
import recorded  # noqa: E402
from autoencoder import autoencoder_bytes  # noqa: E402
from prices import preferring  # noqa: E402

import tinymledu as tml  # noqa: E402
from tinymledu.boards.elf import read_elf  # noqa: E402
from tinymledu.boards.toolchain import toolchain  # noqa: E402
from tinymledu.errors import TinymlError  # noqa: E402
from tinymledu.graph.ir import TFLiteModel  # noqa: E402
from tinymledu.graph.tflite import load_model  # noqa: E402

KERNELS = ROOT / "firmware" / "kernels"
HEAD = """\
# What each kernel takes on a Cortex-M4, written by scripts/kernel_costs.py, not by hand.
# code_bytes: measured, compiled for size. cycles_...: modelled, fitted to layers of small models.
# shares: files that it has in common with other kernels.
"""


def code_bytes(folder: Path) -> dict[str, int]:
    """By stem of the C file."""
    tools = toolchain(tml.board("nano33ble"), level="-Os")
    for path in KERNELS.iterdir():
        if path.suffix in (".c", ".h"):
            (folder / path.name).write_bytes(path.read_bytes())
    sizes = {}
    for path in sorted(KERNELS.glob("*.c")):
        target = folder / f"{path.stem}.o"
        tools.compile(path.name, target, folder)
        sections = read_elf(target.read_bytes()).sections.values()
        sizes[path.stem] = sum(s.size for s in sections if s.name.startswith((".text", ".rodata")))
    return sizes


def shared_files(stem: str) -> tuple[str, ...]:
    """Sources that a kernel's files pull in, directly or not."""
    found: set[str] = set()
    wanted = [stem]
    while wanted:
        name = wanted.pop()
        for path in (KERNELS / f"{name}.h", KERNELS / f"{name}.c"):
            text = path.read_text(encoding="utf-8") if path.is_file() else ""
            new = set(re.findall(r'#include "(tk_\w+)\.h"', text)) - found - {stem}
            found |= new
            wanted += new
    return tuple(sorted(name for name in found if (KERNELS / f"{name}.c").is_file()))


def sample_models() -> Iterator[TFLiteModel]:
    """Layers of sizes that lie between toys and the MLPerf Tiny models; weights are random."""
    for case in recorded.cases():
        yield load_model(case.content, name=case.name)
    for group in fast_models.KERNELS:
        for name, content in [*fast_models.models_of(group).items()][::4]:
            yield load_model(content, name=name)
    rng = np.random.default_rng(3)
    for extent, n_inputs, n_outputs in itertools.product((3, 12), (8, 16, 64), (8, 16, 64)):
        picture = (extent, extent, n_inputs)
        yield load_model(om.convolution(rng, picture=picture, n_filters=n_outputs))
        pointwise = om.convolution(rng, picture=picture, n_filters=n_outputs, filter_shape=(1, 1))
        yield load_model(pointwise)
        yield load_model(om.convolution(rng, depthwise=True, picture=picture, n_filters=n_inputs))
        yield load_model(om.add(shape=(1, extent, extent, n_outputs)))
    yield load_model(autoencoder_bytes(), name="autoencoder")


def measured_layers() -> dict[str, list[tuple[int, int, float]]]:
    """By kernel: multiply-accumulates, output values and modelled cycles of layers."""
    layers = defaultdict(list)
    for model, fast in itertools.product(sample_models(), (True, False)):
        try:
            with preferring(fast=fast):
                firmware = tml.deploy(model, tml.board("nano33ble"), optimise="speed")
        except TinymlError as error:
            sys.stderr.write(f"{model.name}: left out, {error}\n")
            continue
        shapes = {layer.index: layer.output_shape for layer in firmware.source.layers}
        for layer in firmware.profile.layers:
            if layer.kernel:
                middle = (layer.cycles.low + layer.cycles.high) / 2
                n_values = int(np.prod(shapes[layer.index]))
                layers[layer.kernel].append((layer.macs, n_values, middle))
    return layers


def fitted(rows: list[tuple[int, int, float]]) -> list[float]:
    """Cycles for each multiply-accumulate, value and call; none below 0.

    Relative errors are made small, so that small layers count as large ones do. Of all subsets of
    the three, the one is taken that fits best with no number below 0.
    """
    table = np.array(rows, float)
    scaled = np.column_stack([table[:, :2], np.ones(len(table))]) / table[:, 2:]
    best, least = [0.0, 0.0, 0.0], np.inf
    for used in itertools.product((False, True), repeat=3):
        columns = np.flatnonzero(np.array(used) & scaled.any(axis=0))
        if not len(columns):
            continue
        answer = np.linalg.lstsq(scaled[:, columns], np.ones(len(table)), rcond=None)[0]
        error = float(np.square(scaled[:, columns] @ answer - 1).sum())
        if answer.min() >= 0 and error < least:
            least, best = error, [0.0, 0.0, 0.0]
            for column, value in zip(columns, answer, strict=True):
                best[column] = float(value)
    return best


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        sizes = code_bytes(Path(name))
    layers = measured_layers()
    lines = [HEAD]
    for stem, size in sizes.items():
        lines.append(f"[{stem}]\ncode_bytes = {size}")
        if stem in layers:
            per_mac, per_value, per_call = fitted(layers[stem])
            lines.append(f"cycles_per_mac = {per_mac:.2f}\ncycles_per_value = {per_value:.1f}")
            lines.append(f"cycles_per_call = {per_call:.0f}")
        if shared := shared_files(stem):
            lines.append(f"shares = {json.dumps(shared)}")
        lines.append("")
    (KERNELS / "costs.toml").write_text("\n".join(lines), encoding="utf-8")
    sys.stderr.write(f"costs.toml: {len(sizes)} files.\n")


if __name__ == "__main__":
    main()
