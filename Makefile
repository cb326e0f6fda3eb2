# make demo        three full spectra and a figure
# make test        Julia's tests and the Python tests
# make test-all    the slow ones too
# make test-machines   the numerical tests as other processors would run them; under an hour
# make test-oldest     the tests with the oldest versions that pyproject.toml allows, in .venv-oldest
# make image       an image of Julia with the core, for starts in seconds; make test makes it, too
# make fuzz        2000 odd calls and 1000 odd files, each of which gives a result or a named error; FUZZ="--calls 100 --files 0 --seed 1"
# make lint        ruff and mypy
# make bench       how fast it is, beside other programs; results in build/bench
# make docs        the site, in build/site; figures whose code has not changed are kept
# make clean-runtime   remove the Julia that was fetched
#
# All of them need Python 3.10 or newer and make, at the first time also the internet; PYTHON=... chooses the Python.
# WORKERS=... is the number of processes that run the Python tests.
# TORCH=... chooses the torch of the tests and of the site, any from 2.0: this release, because a build of it for CPUs is what
# pip finds on many mirrors (a plain "torch" may be a build for GPUs, of several GB). Without it its tests are skipped,
# and `make docs` fails.

PYTHON ?= python3
TORCH ?= torch==2.13.0
WORKERS ?= 2
WHICH ?= not slow
BIN := .venv/bin
READY := .venv/ready
TESTS_READY := .venv/tests-ready
LINT_READY := .venv/lint-ready
DOCS_READY := .venv/docs-ready

demo: $(READY)
	$(BIN)/pylyap demo

# The core's tests mostly compile, on one core, so that they run beside the others. The Python tests compile much that
# no image holds and that runs for a moment: "test" has Julia compile it with less care, in about half of the time. Code
# of the image and of the core's tests has the full care, as has everything in test-all and test-oldest.
test: $(TESTS_READY)
	@$(MAKE) --no-print-directory -j 2 core-tests python-tests CARE=PYTHON_JULIACALL_OPTIMIZE=1

test-all: $(TESTS_READY)
	@$(MAKE) --no-print-directory -j 2 core-tests python-tests WHICH="slow or not slow"

# An image saves each of the hundred starts of Julia tens of seconds; where it cannot be made, they take their time.
python-tests: image

image: $(TESTS_READY)
	$(BIN)/pylyap julia image --if-possible

core-tests: $(TESTS_READY)
	$(BIN)/pylyap julia test

python-tests: $(TESTS_READY)
	$(CARE) $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m "$(WHICH)"

test-machines: image
	$(BIN)/python tests/machines.py

test-oldest: .venv-oldest/ready
	.venv-oldest/bin/python -m pytest

fuzz: $(TESTS_READY)
	$(BIN)/python tests/fuzz/fuzz.py $(FUZZ)

lint: $(LINT_READY)
	$(BIN)/ruff check
	$(BIN)/mypy

# Alone on the machine: pylyap beside other programs, what a run is made of, work against precision. The other scripts of
# benchmarks/ are run by hand.
bench: $(READY)
	mkdir -p build/bench
	$(BIN)/python benchmarks/core_speed.py build/bench
	$(BIN)/python benchmarks/work_precision.py 120 build/bench
	TORCH='$(TORCH)' $(BIN)/python benchmarks/beside.py build/bench

# without --quiet, which makes mkdocs overlook the very warnings that --strict is to stop at
docs: $(DOCS_READY)
	$(BIN)/python tools/site/gallery.py
	$(BIN)/python tools/site/figures.py
	$(BIN)/python tools/site/notebooks.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict
	@echo "make docs: the site is in build/site; look at it with $(BIN)/python -m http.server --directory build/site"

clean-runtime:
	@if [ -x $(BIN)/pylyap ]; then $(BIN)/pylyap julia remove; else echo "no .venv, so nothing was fetched from here"; fi

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
	    || { echo "make: Python 3.10 or newer is needed; name one with PYTHON=..."; exit 1; }
	@$(PYTHON) -m venv .venv \
	    || { rm -rf .venv; echo "make: this Python cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

# what only the tests need
$(TESTS_READY): $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check '$(TORCH)' \
	    || echo "make: $(TORCH) cannot be installed here; the tests of torch will be skipped (TORCH=... names another)"
	@touch $@

# every dependency at its lower bound, read from pyproject.toml; needs a Python that these old releases have wheels for
.venv-oldest/ready: pyproject.toml tests/oldest.py
	@$(PYTHON) -m venv .venv-oldest
	$(PYTHON) tests/oldest.py > .venv-oldest/requirements.txt
	.venv-oldest/bin/python -m pip install --quiet --disable-pip-version-check --requirement .venv-oldest/requirements.txt
	.venv-oldest/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(LINT_READY): $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[lint]'
	@touch $@

$(DOCS_READY): $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check '$(TORCH)'
	@touch $@

.PHONY: demo test test-all image core-tests python-tests test-machines test-oldest fuzz lint bench docs clean-runtime
