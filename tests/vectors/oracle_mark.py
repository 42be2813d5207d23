"""The mark of tests that ask TensorFlow Lite Micro itself, the package tflite-micro."""

import platform
import sys

import pytest

from tinymledu.graph.oracle import tflm_available

_PUBLISHED = (
    sys.platform == "linux" and platform.machine() == "x86_64" and sys.version_info < (3, 13)
)
NO_ORACLE = (
    f"tflite-micro is {'not installed' if _PUBLISHED else 'not published for this system'}; "
    "recorded vectors are used instead"
)
needs_oracle = pytest.mark.skipif(not tflm_available(), reason=NO_ORACLE)
