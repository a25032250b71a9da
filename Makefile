# Every command sets up what it needs. Paths are relative, so that the folder may have a space in its name.

PYTHON := $(firstword $(foreach name,python3.13 python3.12 python3.11 python3.14 python3,\
    $(shell $(name) -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $(name))))

.DEFAULT_GOAL := help
.PHONY: help demo test test-long bench bench-quick repository lint clean

help: ## what there is
	@echo "rollforward: exact, cumulative, daily snapshots of broker accounts, computed inside PostgreSQL"
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1 - \2/p' Makefile | awk -F ' - ' '{ printf "%-20s%s\n", $$1, $$2 }'

demo: .venv/installed ## import the sample statements into an embedded database and show the snapshots
	@.venv/bin/python -m rollforward.demo .demo

test: .venv/tested ## the test suite, under ten minutes
	@.venv/bin/python -m pytest -q --numprocesses auto --maxprocesses 4

test-long: .venv/tested ## kills, fuzz, races, large data
	@.venv/bin/python -m pytest -q -m long

bench: .venv/benched ## the benchmark report
	@.venv/bin/python -m bench

bench-quick: .venv/benched ## the benchmark on small data, under two minutes
	@.venv/bin/python -m bench --quick

repository: .venv/installed ## render the functions of the repository from templates/repository
	@.venv/bin/python -m rollforward.generation

lint: .venv/linted ## ruff and mypy
	@.venv/bin/python -m ruff check .
	@.venv/bin/python -m ruff format --check .
	@.venv/bin/python -m mypy

clean: ## remove the virtual environment and the demonstration
	@rm -rf .venv .demo build dist

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "rollforward needs Python 3.11 or newer, with venv" >&2; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python pyproject.toml
	@echo "setting up .venv ..." >&2
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch .venv/installed

.venv/tested: .venv/installed
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch .venv/tested

.venv/benched: .venv/installed
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@touch .venv/benched

.venv/linted: .venv/installed
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[lint]'
	@touch .venv/linted
