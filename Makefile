# The verbs a maintainer types. `make demo` and `make test` set up everything they need.

# Real data and models, for checks and benchmarks, where somebody has put them beside the project.
ifneq ($(wildcard ../shared/real),)
export TINYMLEDU_REAL_DATA ?= $(abspath ../shared/real)
endif
ifneq ($(wildcard ../shared/models),)
export TINYMLEDU_REAL_MODELS ?= $(abspath ../shared/models)
endif

.PHONY: demo test check-slow lint notebooks book slides vectors bench bench-firmware bench-grading lock venv clean

demo: venv
	.venv/bin/tinymledu demo

# The course's tests run by themselves: some compare the machine before and after.
test: venv
	.venv/bin/python -m pytest -q -m "not slow" -n 2 --dist loadfile --ignore=tests/course
	.venv/bin/python -m pytest -q -m "not slow" tests/course

# Full-size checks: minutes each, run by .ci/run after `make test`. Lessons and boards side by side;
# those of the course use both cores themselves.
check-slow: venv
	.venv/bin/python -m pytest -q -m slow -n 2 --dist loadfile --ignore=tests/course
	.venv/bin/python -m pytest -q -m slow tests/course

lint: venv
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

# Build every .ipynb from its text source.
notebooks: venv
	.venv/bin/python scripts/build_notebooks.py

# The course as a site that opens from a memory stick, lessons executed: build/book/index.html.
# BOOK_LESSONS=00,06 executes only these. The first run takes as long as the lessons do.
book: .venv/stamp-book
	.venv/bin/python scripts/build_book.py

# Slides of each lesson, with the figures of build/executed: build/slides/index.html.
slides: .venv/stamp-book
	.venv/bin/python scripts/build_slides.py

.venv/stamp-book: requirements/book.txt | venv
	.venv/bin/python -m pip install --disable-pip-version-check --quiet --no-compile --require-hashes \
	    --no-build-isolation -r requirements/book.txt
	touch $@

# Record the test vectors again from TensorFlow Lite Micro; say in the commit why they change.
vectors: venv
	for maker in make make_elementwise make_structural make_int16; do \
	    .venv/bin/python tests/vectors/$$maker.py || exit 1; done

bench: venv
	.venv/bin/python -m benchmarks

# The four MLPerf Tiny models beside TensorFlow Lite Micro with CMSIS-NN: about 20 minutes.
bench-firmware: venv
	.venv/bin/python -m benchmarks.firmware

# Our grading beside plain nbgrader, a class of 40: about 8 minutes, as root.
bench-grading: venv
	.venv/bin/python -m benchmarks.against_nbgrader

# Needs uv (pip install uv). Universal, hashed, and naming no package index.
lock:
	uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header \
	    -c requirements/constraints.txt pyproject.toml -o requirements/lite.txt
	uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header \
	    -c requirements/constraints.txt --extra full --extra oracle --extra dev \
	    pyproject.toml -o requirements/full.txt
	uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header \
	    -c requirements/constraints.txt -c requirements/full.txt --extra book \
	    pyproject.toml -o requirements/book.txt
	uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header \
	    -c requirements/constraints.txt requirements/build.in -o requirements/build.txt
	uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header \
	    -c requirements/constraints.txt requirements/audio.in -o requirements/audio.txt

venv:
	@scripts/make_venv.sh full

clean:
	rm -rf .venv demo build dist
