# `make` alone lists every command.
SHELL := /bin/bash
BIN := .venv/bin
STAMPS := .make
ASSETS := src/sojourn/ui/assets/npm/manifest.json
DASHBOARD := src/sojourn/ui/assets/dashboard/sources.sha256
DASHBOARD_SOURCES := $(shell find frontend/dashboard -type f -not -path '*/node_modules/*' -not -path '*/dist/*')
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11
# Compiled sources are kept, whatever the machine's own setting: the tests start hundreds of processes.
export PYTHONDONTWRITEBYTECODE :=
# Each app of the browser tests, installed once per lock file. Those of older majors and those that only quick starts are built from are for `make test-all` only.
OTHER_SDK_APPS := $(STAMPS)/sdk/apps/next13-clerk4 $(STAMPS)/sdk/apps/next15-clerk6 $(STAMPS)/sdk/apps/next16-clerk7 $(STAMPS)/sdk/apps/clerk-js-vite
ALL_SDK_APPS := $(patsubst tests/sdk/%/package-lock.json,$(STAMPS)/sdk/%,$(wildcard tests/sdk/apps/*/package-lock.json tests/sdk/node/package-lock.json))
SDK_APPS := $(filter-out $(OTHER_SDK_APPS),$(ALL_SDK_APPS))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run setup test test-all check bench bench-dashboard timing coverage docs lock release wheel clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

run: $(STAMPS)/run ## build what running needs and start the server with the demo app
	@$(MAKE) --no-print-directory $(ASSETS) $(DASHBOARD)
	$(BIN)/sojourn dev

setup: $(STAMPS)/python $(ASSETS) $(DASHBOARD) ## .venv with everything; seconds when nothing changed

.venv/pyvenv.cfg:
	@python="$(PYTHON)"; for name in python3.11 python3.12 python3.13 python3; do \
		[ -n "$$python" ] && break; \
		$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && python=$$name; \
	done; \
	[ -n "$$python" ] || { echo "Python 3.11 or newer is needed: install it, or say where: make PYTHON=/path/to/python"; exit 1; }; \
	$$python -m venv .venv

# A new .venv is newer than the stamp, so that a removed one is filled again.
$(STAMPS)/python: requirements/dev.txt pyproject.toml .venv/pyvenv.cfg
	$(PIP) install --require-hashes -r requirements/dev.txt
	SOJOURN_SKIP_FRONTEND=1 $(PIP) install --no-deps --no-build-isolation -e .
	@mkdir -p $(@D) && touch $@

# Running needs none of the tools of the tests: a fifth of their size. Where those are, it is there too.
$(STAMPS)/run: requirements/run.txt pyproject.toml .venv/pyvenv.cfg
	$(PIP) install --require-hashes -r requirements/run.txt
	SOJOURN_SKIP_FRONTEND=1 $(PIP) install --no-deps --no-build-isolation -e .
	@mkdir -p $(@D) && touch $@

$(ASSETS): frontend/package.json frontend/package-lock.json frontend/build_hook.py | .venv/pyvenv.cfg
	@command -v npm >/dev/null || $(PIP) install --require-hashes -r requirements/node.txt
	$(BIN)/python frontend/build_hook.py

# A checkout changes times, not sources: the script compares a hash of them and runs Node only if it differs.
$(DASHBOARD): $(DASHBOARD_SOURCES) frontend/build_hook.py | .venv/pyvenv.cfg
	@command -v npm >/dev/null || $(PIP) install --require-hashes -r requirements/node.txt
	$(BIN)/python frontend/build_hook.py dashboard

# The older long-term release, for a second run of the tests that know Django.
$(STAMPS)/django-4.2: requirements/django-4.2.txt | $(STAMPS)/python
	rm -rf $@ && $(PIP) install --require-hashes --no-deps --target $@ -r $<
	@touch $@

$(STAMPS)/sdk/%: tests/sdk/%/package-lock.json
	cd tests/sdk/$* && npm ci --no-audit --no-fund --loglevel=error </dev/null
	@mkdir -p $(@D) && touch $@

test: setup $(SDK_APPS) $(STAMPS)/django-4.2 ## install what the tests need and run the gate; ARGS="tests/wire -x" runs some
	$(BIN)/python -m tools.chromium
	$(BIN)/python -m tools.debian
ifdef ARGS
	$(BIN)/python -m pytest $(ARGS)
else
	$(BIN)/python -m tools.gate
endif

test-all: setup $(ALL_SDK_APPS) $(STAMPS)/django-4.2 ## the gate, every major of each SDK, quick starts built from their text, kill -9 jobs
	$(BIN)/python -m tools.chromium
	$(BIN)/python -m tools.debian
	$(BIN)/python -m tools.gate --all

check: setup ## ruff, types, import rules, the dashboard's own checks, and the security requirements still without a test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/pyright
	$(BIN)/pyright -p tools/pyright.json # tests and examples: fewer rules
	$(BIN)/lint-imports
	$(BIN)/python -m tools.dashboard
	$(BIN)/python tools/requirement_ids.py

bench: setup ## the benchmarks, each a ratio to a limit measured in the same run; SCALE=1 with a million sessions
	$(BIN)/python -m bench.run $(if $(SCALE),--scale)

bench-dashboard: setup ## lists, counts and ends of sessions beside ten million ended ones, each with its limit; LIVE=100000 ENDED=1000000 takes a minute
	$(BIN)/python -m bench.dashboard $(if $(LIVE),--live $(LIVE)) $(if $(ENDED),--ended $(ENDED)) $(if $(DATABASE),--database $(DATABASE))

timing: setup ## whether the length of a refusal tells who has an account, for each kind of hash; ten minutes
	$(BIN)/python -m bench.timing

docs: setup ## build the documentation into site/, searchable without a server
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --clean

lock: setup ## pin the dependencies anew, with hashes
	$(UV_COMPILE) --all-extras --group dev pyproject.toml -o requirements/dev.txt
	$(UV_COMPILE) --extra server --group run -c requirements/dev.txt pyproject.toml -o requirements/run.txt
	$(UV_COMPILE) --group pyproject.toml:node -c requirements/dev.txt -o requirements/node.txt
	$(UV_COMPILE) requirements/django-4.2.in -o requirements/django-4.2.txt

release: setup ## build and check the source archive and the wheel of a tagged version into dist/
	$(BIN)/python -m tools.release

coverage: setup ## which lines the tests of one process reach, per folder and in all
	$(BIN)/python -m pytest -q -m "not extended" --ignore=tests/sdk --ignore=tests/contract/adapters --cov=sojourn --cov-branch --cov-report=term:skip-covered $(ARGS)

wheel: $(STAMPS)/run $(ASSETS) $(DASHBOARD) ## build the wheel, browser packages included, into dist/
	SOJOURN_SKIP_FRONTEND=1 $(PIP) wheel --no-deps --no-build-isolation --wheel-dir dist .

clean: ## remove what was built; the next command builds it anew
	rm -rf .make dist build site src/sojourn/ui/assets tests/sdk/apps/*/.next tests/sdk/apps/*/dist tests/sdk/apps/*/.output
