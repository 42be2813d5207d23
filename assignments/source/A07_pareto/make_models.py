"""Make the candidates of A07 and their table: run once by the author; the files are kept.

The networks are those of lesson 08 (notebooks/models/make_08.py), with other names. One is made
here: the widest network with a bias moved towards dogs, as a threshold set for dogs alone would do.
Where there are four dogs for each cat, its mean stays high, and its cats do not. Accuracy is counted
on drawings of a seed that no lesson uses; bytes come from the linked program. Needs TensorFlow's
flatbuffer tools and the virtual board, half a minute on 2 cores:

    python assignments/source/A07_pareto/make_models.py
"""

import json
import zlib
from pathlib import Path

import numpy as np

import tinymledu as tml
from tinymledu.datasets.drawings import Block, draw_block, drawing_labels
from tinymledu.graph.macs import macs_of

HERE = Path(__file__).parent
LESSON = HERE.parents[2] / "notebooks" / "models"
SEED, N = 5005, 1000
N_CATS = 125  # of 500; all dogs are used: four for each cat
# Name here, and in the lesson. Names say nothing, so that the table has to be read.
SOURCES = {
    "osprey": "08_int16x8",
    "heron": "08_half",
    "ibis": "08_half_pruned",
    "kiwi": "08_quarter",
    "weaver": "08_shallow",
    "emu": "08_wide_clustered",
}
LOPSIDED, MOVED_FROM = "jacana", "08_wide"
UNKNOWN = ("emu",)  # nobody linked it: its flash is None in the table
MOVED_BY = 20000  # codes of the last layer's bias, from the first class to the second


def lopsided(content):
    """The same network, whose last layer favours the second class."""
    from tensorflow.lite.python import schema_py_generated as schema
    from tensorflow.lite.tools import flatbuffer_utils

    model = flatbuffer_utils.read_model_from_bytearray(bytearray(content))
    graph = model.subgraphs[0]
    dense = next(
        op for op in graph.operators
        if flatbuffer_utils.opcode_to_name(model, op.opcodeIndex) == "FULLY_CONNECTED"
    )  # fmt: skip
    buffer = model.buffers[graph.tensors[dense.inputs[2]].buffer]
    bias = np.frombuffer(bytes(buffer.data), np.int32) + np.array([-MOVED_BY, MOVED_BY])
    buffer.data = np.frombuffer(bias.astype("<i4").tobytes(), np.uint8)
    assert schema.BuiltinOperator.FULLY_CONNECTED == 9
    return bytes(flatbuffer_utils.convert_object_to_bytearray(model))


def row_of(name, content, pictures, labels):
    model = tml.load_model(content, name=name)
    answers = tml.Interpreter(model).run(pictures).reshape(len(labels), -1).argmax(axis=1)
    memory = tml.deploy(model, tml.board("nano33ble")).memory
    known = name not in UNKNOWN
    classes = range(len(model.labels))
    return {
        "name": name,
        "right": [int((answers[labels == k] == k).sum()) for k in classes],
        "of": [int((labels == k).sum()) for k in classes],
        "flash_bytes": memory.flash_bytes if known else None,
        "ram_bytes": memory.ram_bytes,
        "macs": sum(macs_of(model.graph, op) for op in model.graph.ops),
        "zipped_bytes": len(zlib.compress(content, 9)),
    }


def main():
    pictures = draw_block(Block("cats_vs_dogs", "easy", "test", 0, N, size=24, seed=SEED))
    labels = drawing_labels("cats_vs_dogs", "test", N, SEED)
    cats = np.flatnonzero(labels == 0)[:N_CATS]
    chosen = np.sort(np.concatenate([cats, np.flatnonzero(labels == 1)]))
    pictures, labels = pictures[chosen], labels[chosen]
    contents = {n: (LESSON / f"{source}.tflite").read_bytes() for n, source in SOURCES.items()}
    contents[LOPSIDED] = lopsided((LESSON / f"{MOVED_FROM}.tflite").read_bytes())
    rows = [row_of(name, contents[name], pictures, labels) for name in sorted(contents)]
    for name, content in contents.items():
        (HERE / f"{name}.tflite").write_bytes(content)
    lines = ",\n".join(f" {json.dumps(row)}" for row in rows)
    (HERE / "candidates.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(lines)


if __name__ == "__main__":
    main()
