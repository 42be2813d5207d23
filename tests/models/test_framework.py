import os
import sys
import warnings

import pytest

from tinymledu.errors import MissingToolError
from tinymledu.models import framework


def test_quiet_silences_descriptor_and_warnings_and_then_stops(capfd):
    with framework.quiet():
        os.write(2, b"from compiled code\n")
        warnings.warn("from Python", stacklevel=1)
    os.write(2, b"afterwards\n")

    assert capfd.readouterr().err == "afterwards\n"


def test_quiet_lets_exceptions_pass_and_opens_the_descriptor_again(capfd):
    with pytest.raises(ValueError, match="inside"), framework.quiet():
        raise ValueError("inside")
    os.write(2, b"afterwards\n")

    assert capfd.readouterr().err == "afterwards\n"


def test_missing_tensorflow_names_the_command(monkeypatch):
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setattr(sys, "meta_path", [])

    with pytest.raises(MissingToolError, match=r"TensorFlow.*Install it with: make venv"):
        framework.load_tensorflow()
