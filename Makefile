# make demo        three full spectra and a figure
# make test        Julia's tests and the Python tests
# make test-all    the slow ones too
# make lint        ruff and mypy
# make bench       the benchmarks
# make clean-runtime   remove the Julia that was fetched
#
# All of them need Python 3.10 or newer and make, nothing else; PYTHON=... chooses the Python.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
TESTS_READY := .venv/tests-ready
LINT_READY := .venv/lint-ready

demo: $(READY)
	$(BIN)/pylyap demo

test: $(TESTS_READY)
	$(BIN)/pylyap julia test
	$(BIN)/python -m pytest

test-all: $(TESTS_READY)
	$(BIN)/pylyap julia test
	$(BIN)/python -m pytest -m "slow or not slow"

lint: $(LINT_READY)
	$(BIN)/ruff check
	$(BIN)/mypy

bench: $(READY)
	@ls benchmarks/*.py >/dev/null 2>&1 || { echo "make bench: there are no benchmarks yet"; exit 1; }
	set -e; for file in benchmarks/*.py; do $(BIN)/python $$file; done

clean-runtime:
	@if [ -x $(BIN)/pylyap ]; then $(BIN)/pylyap julia remove; else echo "no .venv, so nothing was fetched from here"; fi

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
	    || { echo "make: Python 3.10 or newer is needed; name one with PYTHON=..."; exit 1; }
	@$(PYTHON) -m venv .venv \
	    || { rm -rf .venv; echo "make: this Python cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

# torch and the like, which only the tests need
$(TESTS_READY): $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

$(LINT_READY): $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[lint]'
	@touch $@

.PHONY: demo test test-all lint bench clean-runtime
