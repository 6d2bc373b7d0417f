# Two commands serve a fresh machine: `make demo` and `make test`. Both may be run again.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: demo test check fast docs clean

demo: $(VENV)/installed
	$(BIN)/graphface demo demo

test: check
	$(BIN)/pytest

check: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The tests that need no database.
fast: check
	$(BIN)/pytest tests/unit

# The site, from docs/ and from the code. A warning is an error.
docs: $(VENV)/installed-docs
	$(BIN)/python docs/sitegen/draw.py
	$(BIN)/python -m sphinx -E -W --keep-going -q -b html docs build/site
	@echo "the site lies at build/site/index.html"

clean:
	rm -rf $(VENV) demo dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --progress-bar on --editable .
	touch $@

$(VENV)/installed-docs: $(VENV)/installed
	$(BIN)/python -m pip install --progress-bar on --editable '.[docs]'
	touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(BIN)/python -m pip install --progress-bar on --editable '.[dev]'
	touch $@
