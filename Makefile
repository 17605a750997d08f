# relcheck. `make` lists the targets; everything is installed into .venv.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
EXAMPLE := tests/fixtures/billing_broken
REPO ?= $(EXAMPLE)
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help scan test test-postgres check bench docs lock fuzz clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

# The example is broken on purpose: that findings are shown is what should happen, so they do not fail this target.
scan: $(VENV)/installed ## scan the bundled example, or REPO=path
	@$(BIN)/relcheck scan "$(REPO)" $(if $(filter $(EXAMPLE),$(REPO)),--exit-zero) $(ARGS)

test: $(VENV)/installed-test ## run all tests, or ARGS="tests/unit -k lock"
	@$(BIN)/python -m pytest -q --numprocesses auto --dist loadfile $(ARGS)

test-postgres: $(VENV)/installed-test ## what migrations lock, read and lose, beside a real PostgreSQL started for it
	@RELCHECK_TESTS_REQUIRE=postgres $(BIN)/python -m pytest -q tests/postgres $(ARGS)

check: $(VENV)/installed-check ## lint, types, relcheck on itself
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/relcheck scan

bench: $(VENV)/installed ## measure beside other tools (prints tables; asserts nothing)
	@$(BIN)/python -m bench $(ARGS)

docs: $(VENV)/installed ## write the pages that are made of the rules
	@$(BIN)/relcheck rules --format markdown > docs/rules.md

lock: $(VENV)/installed ## lock what the GitHub Action installs; ARGS=--upgrade takes newer releases
	@$(PIP) uv
	@$(BIN)/uv --no-config --quiet pip compile --universal --python-version 3.11 --generate-hashes --only-binary :all: \
		--no-annotate --index-url https://pypi.org/simple --custom-compile-command 'make lock' \
		--output-file action/requirements.txt $(ARGS) pyproject.toml action/requirements.in >/dev/null

fuzz: $(VENV)/installed-fuzz ## mutated input for every parser, or ARGS="--runs 100000 python"
	@$(BIN)/python -m fuzz $(ARGS)

clean: ## remove what make created
	rm -rf $(VENV) dist .relcheck_cache .tools

$(VENV)/installed: pyproject.toml
	@test -x $(BIN)/pip || { echo "setting up $(VENV) ..." >&2; $(PYTHON) -m venv $(VENV); }
	@$(PIP) --editable .
	@touch $@

$(VENV)/installed-%: pyproject.toml $(VENV)/installed
	@$(PIP) --editable '.[$*]'
	@touch $@
