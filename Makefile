# Every target is one line that calls `qinghe` or a tool; `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
YEAR ?= 2021
READY := $(VENV)/.ready

.PHONY: help setup report test check bench lab lock clean

help: ## List the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 12

setup: $(READY) ## Set up .venv with the pinned dependencies and fonts

$(READY): requirements.lock pyproject.toml
	PYTHON="$(PYTHON)" sh .ci/setup $(VENV)

report: $(READY) ## Make the year-end assessment from the example deliveries (PDF and HTML)
	@$(BIN)/qinghe example --year $(YEAR) && $(BIN)/qinghe report --year $(YEAR)

test: $(READY) ## Run all tests
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(READY) ## Style, types, layers and the catalog
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports && $(BIN)/qinghe plan --lint

bench: $(READY) ## Measure time and memory
	for what in "" .classes ".classes --rows 100000000 --times 1" .trend .reading .gate; do \
		$(BIN)/python -m tests.bench$$what || exit 1; done

lab: $(READY) ## Open JupyterLab on the explore notebooks
	$(BIN)/qinghe lab

lock: ## Pin all dependencies with hashes (needs uv)
	uv pip compile pyproject.toml --extra dev --extra lab --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --output-file requirements.lock

clean: ## Delete what can be made again
	rm -rf data/staged data/warehouse.duckdb data/runs.jsonl reports/build build dist
