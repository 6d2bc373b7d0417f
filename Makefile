# Two commands serve a fresh machine: `make demo` and `make test`. Both may be run again.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --progress-bar on

.PHONY: demo test check fast docs licences build lock newest hooks clean

demo: $(VENV)/installed
	$(BIN)/graphface demo demo

# Tests run in this many processes. Each has a Neo4j of its own, some 700 MB.
WORKERS ?= 2
PYTEST  := $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# Coverage is part of pytest's report; the lines that no test reached: build/coverage/html.
test: check
	$(PYTEST) --cov --cov-report=term --cov-report=html

check: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The tests that need no database, less those that take seconds each.
fast: check
	$(PYTEST) tests/unit -m "not slow"

# The site, from docs/ and from the code. A warning is an error.
docs: $(VENV)/installed-dev
	$(BIN)/python docs/sitegen/draw.py
	$(BIN)/python -m sphinx -E -W --keep-going -q -b html docs build/site
	@echo "the site lies at build/site/index.html"

# docs/licences.md, from the metadata of what the lock names; every text in build/licences.txt.
licences: $(VENV)/installed-dev
	$(BIN)/python docs/sitegen/licences.py --texts build/licences.txt

# A wheel and a source distribution in dist/.
build: $(VENV)/installed-dev
	$(BIN)/python -m build

# requirements/*.txt after pyproject.toml changed. Versions stay; UPGRADE=--upgrade takes newer ones.
# One lock serves every supported Python and system. No address of an index is written to it.
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.10 --generate-hashes \
       --no-emit-index-url --no-annotate --custom-compile-command 'make lock' $(UPGRADE)
lock: $(VENV)/installed-dev
	$(LOCK) pyproject.toml --group dev --all-extras --output-file requirements/dev.txt
	$(LOCK) pyproject.toml --constraint requirements/dev.txt --output-file requirements/runtime.txt
	$(BIN)/python docker/requirements.py pyproject.toml \
	  | $(LOCK) - --constraint requirements/dev.txt --output-file requirements/docker.txt

# The newest versions that pyproject.toml allows, instead of the lock: what a user's pip takes.
newest:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(PIP) --upgrade --upgrade-strategy eager --group dev \
	  --editable '.[plot,cluster,parquet,infomap]'
	touch $(VENV)/made $(VENV)/installed $(VENV)/installed-dev

# ruff and mypy before each commit.
hooks: $(VENV)/installed-dev
	$(BIN)/pre-commit install

clean:
	rm -rf $(VENV) demo dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/made:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	touch $@

# Packages as they are locked, each file checked by its hash; then graphface itself.
$(VENV)/installed: $(VENV)/made requirements/runtime.txt pyproject.toml
	$(PIP) --require-hashes --requirement requirements/runtime.txt
	$(PIP) --no-deps --editable .
	touch $@

$(VENV)/installed-dev: $(VENV)/made requirements/dev.txt pyproject.toml
	$(PIP) --require-hashes --requirement requirements/dev.txt
	$(PIP) --no-deps --editable .
	touch $(VENV)/installed $@
