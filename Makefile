PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt
export PYTHONUNBUFFERED = 1

.PHONY: help setup demo serve test evals evals-mutants bench chaos audit format clean

help:  ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 15

setup: .venv/.runtime  ## install what the service needs into .venv

demo: .venv/.runtime  ## make a demo pair and print its agenda
	@$(BIN)/coach demo

serve: .venv/.runtime  ## serve on http://127.0.0.1:8000
	@$(BIN)/coach serve

test: .venv/.dev  ## lint, types, import contracts, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

evals: .venv/.dev  ## the offline evals
	$(BIN)/python -m evals $(OPTIONS)

evals-mutants: .venv/.dev  ## break the coach in known ways; every one must turn a gate red
	$(BIN)/python -m evals.mutants

bench: .venv/.bench  ## this service against a plain LangChain chain, side by side
	$(BIN)/python -m evals.bench
	$(BIN)/python -m evals.bench.search

chaos: .venv/.dev  ## kill, fill, cut off and overload a running service; it must keep its promises
	$(BIN)/python -m evals.chaos $(OPTIONS)

# pip-audit calls it a success where nothing could be checked, but for --strict; and "not run" must never look like it.
audit: .venv/.audit  ## hold the locked packages against known weaknesses; needs a network
	@rm -f $(BIN)/audit.json
	@if $(BIN)/pip-audit --strict --no-deps --disable-pip -r constraints.txt -f json -o $(BIN)/audit.json; then \
	  echo "No known weakness in the $$(grep -c == constraints.txt) locked packages."; \
	elif [ -s $(BIN)/audit.json ]; then \
	  echo "Packages with known weaknesses: see $(BIN)/audit.json."; exit 1; \
	else \
	  echo "NOT RUN: the data on weaknesses could not be reached, so nothing was checked."; exit 2; \
	fi

format: .venv/.dev  ## format and mend what ruff can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## remove the virtual environment and caches; data stays
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info

# A stamp for each set of packages; it is newer than what it was installed from.
.venv/bin/python:
	@echo "Making .venv; installing takes a few minutes the first time."
	$(PYTHON) -m venv .venv

.venv/.runtime: .venv/bin/python pyproject.toml constraints.txt
	$(PIP) -e .
	@touch $@

.venv/.dev: .venv/.runtime
	$(PIP) -e '.[dev]'
	@touch $@

.venv/.audit: .venv/.runtime
	$(PIP) -e '.[audit]'
	@touch $@

.venv/.bench: .venv/.runtime
	$(PIP) -e '.[bench]'
	@touch $@
