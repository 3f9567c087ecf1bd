# make run   installs what is needed into .venv and opens the page
# make test  installs what the tests need into .venv and runs them all
# make evals asks the shipped cases, offline, and fails where answers fall below evals/gate.toml
# make check everything that CI checks
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: run test evals check lint types imports lock clean

run: .venv/run.stamp
	$(BIN)/paperchat

test: .venv/dev.stamp
	$(BIN)/python -m tests.setup_browser
	$(BIN)/python -m pytest

# With nothing of the user's environment and a store of its own; the run is kept in runs/gate.
evals: .venv/run.stamp
	@rm -rf runs/gate
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	cat evals/cases/sample.jsonl evals/cases/collection.jsonl > "$$folder/cases.jsonl" && \
	awk 'NR % 10 == 1' evals/cases/tuning.jsonl >> "$$folder/cases.jsonl" && \
	env -i PATH="$$PATH" HOME="$$folder" $(BIN)/paperchat eval run "$$folder/cases.jsonl" \
		--store "$$folder/store" --model extractive --embedder minilm --offline \
		--out runs/gate --gate evals/gate.toml --junit runs/gate/junit.xml

check: lint types imports evals test

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev.stamp
	$(BIN)/mypy

imports: .venv/dev.stamp
	$(BIN)/lint-imports

.venv/python.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "paperchat needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@echo "Installing into .venv, once; this takes a minute."
	$(PYTHON) -m venv .venv
	@touch $@

.venv/run.stamp: .venv/python.stamp requirements.lock pyproject.toml
	$(PIP) --require-hashes --requirement requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements-dev.lock
	$(PIP) --require-hashes --requirement requirements-dev.lock
	@touch $@

# Needs uv on the PATH. Both files hold hashes and name no host.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --group build pyproject.toml --output-file requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --group build --group dev pyproject.toml --constraint requirements.lock --output-file requirements-dev.lock

clean:
	rm -rf .venv build dist
