# Every target does its own set-up; a bare `make` tells what there is.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?=
PIP_INSTALL := $(BIN)/python -m pip install --quiet --compile --disable-pip-version-check
COMPILE := $(BIN)/uv pip compile pyproject.toml --group build --universal --python-version 3.12 \
	--generate-hashes --no-emit-index-url --custom-compile-command "make pins" --quiet $(UPGRADE)

DEMO_OUT ?= outputs/demo
DEMO_OPTIONS ?= --policy case-by-case --policy closed-borders --policy visa-free-neighbours --policy fast-track \
	--policy transit-corridor --policy coalition --policy information-campaign --policy humane-treatment \
	--scale 0.01 --runs 20 --seed 1
SUITES ?= studies quick docking oracle statistical walks browser

.PHONY: help demo test lint ruff types walls docstrings docs bench golden torture app pins format clean

help: ## Say what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-11s %s\n", $$1, $$2 }'

demo: $(VENV)/.core ## Compare the shipped asylum policies on the 2022 mobilisation
	$(BIN)/desertion compare russia-2022 $(DEMO_OPTIONS) --out $(DEMO_OUT)

test: $(VENV)/.dev ## Run all test suites (SUITES="quick docking" for some)
	$(BIN)/python -m tests.checks.suites $(SUITES)

lint: ruff types walls docstrings docs ## Run all checks that read the code without running it

ruff: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/basedpyright --warnings

walls: $(VENV)/.dev
	$(BIN)/lint-imports

docstrings: $(VENV)/.dev
	$(BIN)/python -m tests.checks.docstrings

docs: $(VENV)/.dev
	$(BIN)/python -m tests.checks.documents

site: $(VENV)/.dev ## Build the documentation into outputs/site and check its links
	$(BIN)/python -m tests.checks.site

bench: $(VENV)/.dev ## Measure speed and print a table
	$(BIN)/python -m tests.benchmarks

golden: $(VENV)/.dev ## Say how today's runs differ from the stored ones (RENEW=1 stores today's)
	$(BIN)/python -m tests.golden $(if $(RENEW),--renew)

torture: $(VENV)/.dev ## Hours of faults, odd inputs and random worlds, resumable (PART=faults CASES=20 for some)
	$(BIN)/python -m tests.torture $(addprefix --part ,$(PART)) $(addprefix --cases ,$(CASES))

app: $(VENV)/.dev ## Open the browser app on this machine
	$(BIN)/desertion app

format: $(VENV)/.dev ## Put the code into its standard form
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

pins: $(VENV)/.dev ## Renew the pinned requirements (UPGRADE=--upgrade takes the newest of all)
	$(COMPILE) --all-extras --output-file requirements-dev.txt
	$(COMPILE) --constraint requirements-dev.txt --output-file requirements.txt

clean: ## Remove the environment, caches and built packages (results in outputs/ stay)
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find model tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The first Python of at least 3.12 that can make an environment; PYTHON=/path/to/python3 overrides the search.
$(VENV)/.made:
	@for python in $(PYTHON) python3.12 python3.13 python3.14 python3; do \
		if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; then \
			echo "Making $(VENV) with $$("$$python" --version)"; \
			"$$python" -m venv $(VENV); touch $@; exit 0; \
		fi; \
	done; \
	echo "No Python >= 3.12 with its venv module was found; install one, or name it: make PYTHON=/path/to/python3" >&2; \
	exit 2

$(VENV)/.core: requirements.txt pyproject.toml | $(VENV)/.made
	@echo "Installing what the simulation needs into $(VENV)"
	$(PIP_INSTALL) --require-hashes --requirement requirements.txt
	$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q model/desertion
	@touch $@

$(VENV)/.dev: requirements-dev.txt pyproject.toml | $(VENV)/.made
	@echo "Installing what the simulation, its app and its checks need into $(VENV) (about 2 GB, a few minutes)"
	$(PIP_INSTALL) --require-hashes --requirement requirements-dev.txt
	$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q model/desertion
	@touch $(VENV)/.core $@
