# Everything a checkout can do. `make` alone lists it.
#
#   make serve ARGS='--port 0'    passes options on (serve, test, fuzz, bench, fidelity, lock)
#   make serve PYTHON=python3.13  takes another Python, 3.11 or later

PYTHON ?= python3
UV     ?= uv
ARGS   ?=

BIN     := .venv/bin
RUNTIME := .venv/.runtime
DEV     := .venv/.dev
FUZZ    := .venv/.fuzz
INSTALL := $(BIN)/python -m pip --disable-pip-version-check install --quiet
COMPILE  = $(UV) pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
           --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' $(ARGS)
SOURCES := mockserver examples scripts tests $(if $(wildcard bench/*.py),bench)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help serve test check fuzz bench fidelity lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

serve: $(RUNTIME) ## run the server; needs nothing but Python
	@exec $(BIN)/python -m mockserver serve $(ARGS)

test: $(DEV) ## run the tests on all cores
	@$(BIN)/python -m pytest -n auto $(ARGS)

check: $(DEV) ## lint, formatting and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict $(SOURCES)

fuzz: $(FUZZ) ## try a server against its OpenAPI document
	@.venv/fuzz/bin/python scripts/fuzz/run.py $(ARGS)

bench: $(RUNTIME) ## measure this machine
	@$(BIN)/python -m bench $(ARGS)

fidelity: $(DEV) ## write FIDELITY.md anew; ARGS=--check only says whether it would change
	@$(BIN)/python -m scripts.fidelity $(ARGS)

lock: ## write the locks anew (needs uv); ARGS=--upgrade takes newer versions
	@command -v $(UV) >/dev/null || { echo 'make lock needs uv, for example from: pipx install uv' >&2; exit 1; }
	$(COMPILE) --extra tls --output-file requirements.lock
	$(COMPILE) --extra dev --constraint requirements.lock --output-file requirements-dev.lock
	$(COMPILE) --extra contract --constraint requirements-dev.lock --output-file requirements-contract.lock

clean: ## remove the virtual environment, builds and caches
	rm -rf .venv build dist htmlcov .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment is made anew only when a lock has changed. What these rules say goes to stderr: the
# standard output of `make serve` begins with the server's ready line.
$(RUNTIME): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Python 3.11 or later is needed; name one: make PYTHON=python3.13 …' >&2; exit 1; }
	@$(PYTHON) -m venv --clear .venv >/dev/null 2>&1 || \
	  { rm -rf .venv; echo 'This Python cannot make virtual environments: apt-get install python3-venv' >&2; exit 1; }
	@echo 'Installing what requirements.lock names into .venv …' >&2
	@$(INSTALL) --require-hashes -r requirements.lock >&2
	@touch $@

$(DEV): requirements-dev.lock pyproject.toml $(RUNTIME)
	@echo 'Installing what requirements-dev.lock names into .venv …' >&2
	@$(INSTALL) --require-hashes -r requirements-dev.lock >&2
	@$(INSTALL) --no-deps --no-build-isolation --editable . >&2
	@touch $@

# Beside the other environment, not in it: what only schemathesis needs is imported by no test.
$(FUZZ): requirements-contract.lock $(RUNTIME)
	@echo 'Installing what requirements-contract.lock names into .venv/fuzz …' >&2
	@$(PYTHON) -m venv --clear .venv/fuzz >/dev/null
	@.venv/fuzz/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes -r requirements-contract.lock >&2
	@touch $@
