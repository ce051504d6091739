.DEFAULT_GOAL := help
.PHONY: help setup run demo demo-reset test test-heavy check faults bench bench-data bench-automl scaling fuzz screenshots lock
.DELETE_ON_ERROR:

PYTHON ?= $(or $(shell command -v python3.11),python3)
HOST ?= 127.0.0.1
PORT ?= 8501
BIN := .venv/bin
READY := .venv/.ready
DEMO := PORTAL_DATA_DIR=var/demo PORTAL_DEMO=true

help: ## list what you can do
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{sub(/:.*/, "", $$1); printf "  make %-12s %s\n", $$1, $$2}'

setup: $(READY) ## install the locked environment into .venv

# The lock names every file by its hash. The second time nothing is done unless the lock or the project changed. Compiled once
# here: where Python may not write what it compiles, every start would take two seconds longer.
$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info[:2] != (3, 11))" 2>/dev/null || \
		{ echo "Python 3.11 is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(sed -n 's/^\(uv==[^ ]*\).*/\1/p' requirements.txt)"
	$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

run: setup ## start an empty portal and one worker; prints a one-time set-up link
	@$(BIN)/python -m portal run --host $(HOST) --port $(PORT)

demo: setup ## the same with a demo company, one person per role
	@$(DEMO) $(BIN)/python -m portal demo --port $(PORT)

demo-reset: ## forget the demo company
	rm -rf var/demo

# All as nice as the children of workers are, which would starve beside them otherwise. In the order of their names, so that
# the long walks come first.
test: setup ## run the tests, on SQLite and PostgreSQL
	nice -n 19 $(BIN)/pytest -q -n 2 --dist loadfile --no-loadscope-reorder

test-heavy: setup ## the tests that take minutes each, and every page and every long test on both databases
	$(BIN)/pytest -q -n 2 --dist loadfile -m heavy
	$(BIN)/pytest -q -n 2 --dist loadfile --every-database tests/pages
	$(BIN)/pytest -q -n 2 --dist loadfile --every-database -m "slow and not browser and not fault"

check: setup ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup ## measure what the README's figures come from
	$(BIN)/python -m benchmarks.reruns

fuzz: setup ## read 10,000 damaged files and compare what became of them
	@nice $(BIN)/python -m benchmarks.fuzz_reader

faults: setup ## kill, hang and fill the disk of workers at every phase of a run, on both databases (minutes)
	$(BIN)/pytest -q -m fault

scaling: setup ## search with more workers, rows and columns; ARGS="rows --rows 10000 100000"
	$(BIN)/python -m benchmarks.scaling $(ARGS)

bench-automl: setup ## search in files beside other AutoML systems; ARGS="--data FOLDER ..."
	$(BIN)/python -m benchmarks.automl $(ARGS)

bench-data: setup ## measure a large table from its bytes to its pages; PEER=/path/to/python with ydata-profiling
	$(BIN)/python -m benchmarks.data $(if $(PEER),--peer $(PEER))

screenshots: setup ## walk the portal in a browser and save what the README shows
	PORTAL_SCREENSHOTS=docs/screenshots $(BIN)/pytest -q tests/browser

lock: setup ## resolve requirements.txt anew from pyproject.toml
	$(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --group dev --python-version 3.11 \
		--upgrade --output-file requirements.txt pyproject.toml
