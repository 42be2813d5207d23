"""What a model can be exported as. The files of a kind are the templates in its folder.

A template's path may hold NAME, which becomes the model's C name.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of export that is a folder.

    content: "c", the model as C of ours, NAME.h and NAME.c; or "bytes", the .tflite file as an
        array, with the known answers as C beside it.
    place: where in the written folder these files go; NAME as in the templates.
    """

    name: str
    title: str
    content: Literal["c", "bytes"]
    place: str


KINDS = {
    kind.name: kind
    for kind in (
        Kind("c-library", "C library: one header, one source", "c", "."),
        Kind("arduino", "Arduino library with a sketch", "c", "src"),
        Kind("platformio", "PlatformIO project for five boards", "c", "src"),
        Kind("zephyr", "Zephyr application", "c", "src"),
        Kind("esp-idf", "ESP-IDF project", "c", "main"),
        Kind(
            "tflm-sketch", "Arduino sketch for TensorFlow Lite Micro, to compare with", "bytes",
            "NAME_tflm",
        ),
        Kind("array", "the .tflite file as a C array", "bytes", "."),
    )
}  # fmt: skip

EIM = "eim"  # is a program, not a folder: tinymledu.edge_impulse.write
KIND_NAMES = (*KINDS, EIM)
