# `make` alone lists every command.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
STAMPS := .make

.DEFAULT_GOAL := help
.PHONY: help run setup test check bench lock clean 

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

run: setup ## build everything and start the server with the demo app
	$(BIN)/sojourn dev

setup: $(STAMPS)/python $(STAMPS)/frontend ## .venv with everything; seconds when nothing changed

$(BIN)/python:
	$(PYTHON) -m venv .venv

$(STAMPS)/python: requirements/dev.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	SOJOURN_SKIP_FRONTEND=1 $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/frontend: frontend/package.json frontend/package-lock.json frontend/build_hook.py $(STAMPS)/python
	$(BIN)/python frontend/build_hook.py
	@mkdir -p $(STAMPS) && touch $@

test: setup ## install what the tests need and run them all
	$(BIN)/python tools/chromium.py
	$(BIN)/python -m pytest

check: setup ## ruff, pyright, import rules, and the security requirements still without a test
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/python tools/requirement_ids.py

bench: setup ## the benchmarks, each a ratio to a limit measured in the same run
	$(BIN)/python bench/run.py

lock: ## pin the dependencies anew, with hashes
	$(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
		--all-extras --group dev pyproject.toml -o requirements/dev.txt

clean: ## remove what was built
	rm -rf .make dist build src/sojourn/ui/assets
