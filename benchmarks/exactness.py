"""Emulated machine code against TensorFlow Lite Micro: 100 random inputs for each model.

The MLPerf Tiny models are read from the folder that TINYMLEDU_REAL_MODELS names; the demo's own
model is trained here, briefly, because weights do not matter for this question.
"""

import os
from pathlib import Path

import tinymledu as tml

N_INPUTS = 100
MLPERF_TINY = ("kws_ref_model.tflite", "pretrainedResnet_quant.tflite", "vww_96_int8.tflite")


def demo_model():
    data = tml.load_dataset("cats_vs_dogs", n_labelled=1000)
    model = tml.models.tiny_cnn(data.card.shape, n_classes=2)
    tml.train(model, data, epochs=3, seed=7)
    return tml.quantize(model, calibration=data.calibration(n=200, seed=7))


def report(model, board):
    result = tml.verify(model, board, n_inputs=N_INPUTS, seed=1)
    figures = tml.deploy(model, board).profile
    print(
        f"{model.name}: {result.mismatches} of {result.values:,} values differ from "
        f"{result.oracle}, {result.inputs} inputs; {figures.instructions:,} instructions",
        flush=True,
    )


def main():
    board = tml.board("nano33ble")
    report(demo_model(), board)
    folder = os.environ.get("TINYMLEDU_REAL_MODELS")
    if folder is None:
        print("Skipped the MLPerf Tiny models: TINYMLEDU_REAL_MODELS names no folder.")
        return
    for name in MLPERF_TINY:
        report(tml.load_model(Path(folder) / name), board)


if __name__ == "__main__":
    main()
