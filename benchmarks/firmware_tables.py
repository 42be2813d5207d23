"""The figures of benchmarks/firmware.py as tables, and what they say about the goals.

Every table is at most 120 columns wide.
"""

from benchmarks import mlperf_tiny

# Goals. Instructions of an inference by (model, variant), at most; KB are 1,000 bytes.
INSTRUCTIONS = {
    ("IC ResNet8", "speed"): 14_500_000,
    ("VWW MobileNetV1", "speed, dead kept"): 12_500_000,
    ("VWW MobileNetV1", "speed"): 7_500_000,
    ("KWS DS-CNN", "speed"): 4_000_000,
    ("AD autoencoder", "speed"): 350_000,
}
CODE_BYTES = 12_000
SIZE_SHARE = 0.65  # flash of the size variant, of TFLM's code and model
CYCLES_RATIO = 1.7
BUILD_S = 5
NOTES = """\
TFLM: {tflm}.
Instructions: counted on the virtual board, zig -O2 (size: -Os), an all-zero input; gcc likewise.
Code: flash without weights, requantization tables and vectors, read from the linked ELF (zig).
Arena: activations and scratch of kernels; stack: measured, not part of it, nor of TFLM's arena.
Cycles of ours: modelled, a band. Published milliseconds (MLPerf Tiny): times 120 MHz.
1.7 x: published cycles of microTVM + CMSIS-NN over both ends of our band, same board.
Record: claimed only where the upper end of our band lies below Plumerai's figure.
Bound: the model's multiply-accumulates, dead ones included, at two a cycle."""
TFLM = "counted for TFLM 90b983c + CMSIS-NN 4ab83cc, gcc 12.2 -O2"


def print_all(rows):
    by_name = {model.name: model for model in mlperf_tiny.MODELS}
    pairs = [(by_name[row.model], row) for row in rows]
    for title, columns, line in TABLES:
        print(f"\n{title}")
        print("\n".join(text_table(columns, [line(model, row) for model, row in pairs])))
    print("\n" + NOTES.format(tflm=TFLM))


def text_table(columns, rows):
    """Lines of a table: two columns set left, all others right, as wide as they need."""
    cells = [columns, *rows]
    widths = [max(len(row[k]) for row in cells) for k in range(len(columns))]
    return [
        "  ".join(
            cell.ljust(width) if k < 2 else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]


def yes(reached):
    """A verdict; "-" where there is no goal."""
    return "-" if reached is None else "yes" if reached else "NO"


def instructions_line(model, row):
    goal = INSTRUCTIONS.get((row.model, row.variant))
    return (
        row.model,
        row.variant,
        f"{row.macs:,}",
        f"{row.instructions:,}",
        "-" if row.gcc_instructions is None else f"{row.gcc_instructions:,}",
        f"{model.tflm.reference_instructions:,}",
        f"{model.tflm.instructions:,}",
        f"{model.tflm.instructions / row.instructions:.2f}",
        "-" if goal is None else f"{goal:,}",
        yes(None if goal is None else row.instructions <= goal),
    )


def allowed_flash_bytes(model, variant):
    """The most that a variant may take in flash: as much as TFLM, or a share of it for size."""
    share = SIZE_SHARE if variant == "size" else 1
    return int(share * model.tflm.flash_bytes)


def memory_line(model, row):
    allowed = allowed_flash_bytes(model, row.variant)
    return (
        row.model,
        row.variant,
        f"{row.code_bytes:,}",
        yes(row.code_bytes <= CODE_BYTES),
        f"{row.flash_bytes:,}",
        f"{model.tflm.flash_bytes:,}",
        f"{100 * row.flash_bytes / model.tflm.flash_bytes:.0f} %",
        f"{allowed:,}",
        yes(row.flash_bytes <= allowed),
        f"{row.arena_bytes:,}",
        f"{model.tflm.arena_bytes:,}",
        yes(row.arena_bytes <= model.tflm.arena_bytes),
        f"{row.stack_bytes:,}",
    )


def millions(cycles):
    return f"{cycles / 1e6:.3f}"


def band_text(band, scale=1e-6, digits=3):
    return f"{band.low * scale:.{digits}f}-{band.high * scale:.{digits}f}"


def is_record(model, cycles):
    return cycles.high < mlperf_tiny.cycles(model.published_ms.plumerai)


def cycles_line(model, row):
    ours = row.cycles[mlperf_tiny.BOARD]
    cmsis_nn, x_cube_ai, plumerai = (
        mlperf_tiny.cycles(each)
        for each in (
            model.published_ms.cmsis_nn,
            model.published_ms.x_cube_ai,
            model.published_ms.plumerai,
        )
    )
    faster = row.variant != "size"
    return (
        row.model,
        row.variant,
        band_text(ours),
        millions(cmsis_nn),
        f"{cmsis_nn / ours.high:.2f}-{cmsis_nn / ours.low:.2f}",
        yes(cmsis_nn / ours.high >= CYCLES_RATIO if faster else None),
        millions(x_cube_ai),
        millions(plumerai),
        yes(is_record(model, ours) if faster else None),
        millions(model.macs / 2),
    )


def checks_line(_model, row):
    nano = row.cycles["nano33ble"]
    return (
        row.model,
        row.variant,
        band_text(nano),
        band_text(nano, 1000 / 64_000_000, 1),
        f"{row.build_s:.1f}",
        yes(row.build_s <= BUILD_S),
        f"{row.inputs:,}",
        f"{row.values:,}",
        f"{row.mismatches:,}",
    )


TABLES = (
    (
        "Instructions of an inference, counted; TFLM: cited",
        ("model", "variant", "MACs", "zig", "gcc", "TFLM reference", "TFLM+CMSIS-NN", "ratio",
         "goal", "reached"),
        instructions_line,
    ),
    (
        "Memory in bytes",
        ("model", "variant", "code", "<=12 KB", "flash", "TFLM", "share", "goal", "ok", "arena",
         "TFLM", "ok", "stack"),
        memory_line,
    ),
    (
        "Millions of cycles on the NUCLEO-L4R5ZI: ours modelled, others published",
        ("model", "variant", "ours", "microTVM", "over ours", ">=1.7", "X-CUBE-AI", "Plumerai",
         "record", "bound"),
        cycles_line,
    ),
    (
        "Nano 33 BLE, modelled; building, measured here; output values that differ from TFLM",
        ("model", "variant", "million cycles", "ms", "build s", "<=5 s", "inputs", "values",
         "mismatches"),
        checks_line,
    ),
)  # fmt: skip
