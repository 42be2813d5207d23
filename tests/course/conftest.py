"""One warm parent for all tests of the course; without TensorFlow, which only one test needs."""

import pytest

from tinymledu.course import sandbox
from tinymledu.course.zygote import Zygote


@pytest.fixture(scope="session")
def warm():
    isolation = sandbox.available()
    if isolation.level != sandbox.FULL:
        pytest.skip(f"untrusted code cannot be isolated here: {isolation.refusal()}")
    with Zygote(tensorflow=False) as zygote:
        yield zygote
