# make run: from a bare machine to a working site. make test: the same set-up, then every test.
.DEFAULT_GOAL := help
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
LOCK := requirements/development.txt
STAMP := $(VENV)/.installed
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && command -v $$p && break; done)
WORKERS ?= 3
PORT ?= 8000

.PHONY: help setup run stop test browser check bench lock docs
help:  ## show this
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1  \2/p' Makefile | column -t -l 3 2>/dev/null || grep '##' Makefile

setup: $(STAMP)  ## virtual environment with the locked dependencies; instant when nothing changed

$(STAMP): $(LOCK)
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed (set PYTHON=…)" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@if $(BIN)/python -m uv --version >/dev/null 2>&1; \
	then $(BIN)/python -m uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r $(LOCK); \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(LOCK); fi
	@touch $@

run: setup  ## serve the whole site on PORT (8000, or the next free one) until Ctrl-C
	@PORT=$(PORT) $(BIN)/python manage.py up $(ARGS)

stop:  ## stop the site and the embedded services
	@test ! -x $(BIN)/python || $(BIN)/python manage.py services stop

browser:
	@tools/install_browser

test: setup browser  ## every test on real PostgreSQL and Redis, browser tests included
	@$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

check: setup  ## lint, types, imports, migrations, deployment, API and documents in step, lock
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python tools/check_house.py
	$(BIN)/python tools/lock.py --check
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python tools/check_deploy.py
	$(BIN)/python manage.py build_docs --check

bench: setup  ## benchmarks by name: make bench search history
	@$(BIN)/python -m benchmarks $(filter-out bench,$(MAKECMDGOALS)) $(ARGS)

lock: setup  ## resolve pyproject.toml again into requirements/
	$(BIN)/python tools/lock.py

docs: setup  ## write the generated documents
	$(BIN)/python manage.py build_docs

# Words after `bench` are names of benchmarks, not targets.
NAMES := $(if $(filter bench,$(MAKECMDGOALS)),$(filter-out bench setup,$(MAKECMDGOALS)))
ifneq ($(NAMES),)
.PHONY: $(NAMES)
$(NAMES): ; @:
endif
