# relcheck. `make` lists the targets; everything is installed into .venv.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
EXAMPLE := tests/fixtures/billing_broken
REPO ?= $(EXAMPLE)

.DEFAULT_GOAL := help
.PHONY: help scan test check bench clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

scan: $(VENV)/installed ## scan the bundled example, or REPO=path
	@$(BIN)/relcheck scan "$(REPO)"

test: $(VENV)/installed-test ## run all tests
	@$(BIN)/python -m pytest -q

check: $(VENV)/installed-check ## lint, types, relcheck on itself
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/relcheck scan

bench: $(VENV)/installed-bench ## measure against peers (prints a table; asserts nothing)
	$(BIN)/python -m bench

clean: ## remove what make created
	rm -rf $(VENV) dist .relcheck_cache

$(VENV)/installed: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/installed-%: pyproject.toml $(VENV)/installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$*]'
	@touch $@
