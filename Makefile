# The menu; `make` alone shows it. Everything runs in .venv, made from the hashed lock in requirements/.
# ARGS passes options on: make test ARGS='-k sync', make demo ARGS=--exit
.DEFAULT_GOAL := help
# Images of containers set it. The tests start dozens of Python processes, each seconds faster from compiled files.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help setup demo serve test touched drill mutations lint types bench simulate lock
BIN := .venv/bin
UV := $(BIN)/uv --quiet
# Universal: one lock for Linux, macOS, Intel and ARM, Python 3.11 and later. No registry is named in it.
COMPILE := $(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

help: ## show this menu
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

setup: .venv/.ready ## make the virtual environment from the lock
	@:
.venv/.uv: requirements/uv.txt
	@python3 -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Fieldproof needs Python 3.11 or later")'
	@python3 -m venv .venv
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@
.venv/.ready: .venv/.uv requirements/dev.txt pyproject.toml
	@echo 'Installing the locked packages into .venv ...'
	@$(UV) pip install --python $(BIN)/python --compile-bytecode --require-hashes -r requirements/dev.txt
	@$(UV) pip install --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

demo: setup ## a small company, one day in the field, sealed reports (ARGS=--exit stops at the end)
	@$(BIN)/fieldproof demo $(ARGS)

serve: setup ## the API with PostgreSQL and S3 storage
	@$(BIN)/fieldproof serve $(ARGS)

test: setup ## all tests, against the real servers
	@scripts/install-debian-packages
	@$(BIN)/pytest -n 3 --dist worksteal $(ARGS)

touched: setup ## the tests nearest to what differs from the last commit, in half a minute (ARGS='--since REVISION')
	@$(BIN)/python -m tests.touched $(ARGS)

drill: setup ## a backup is restored: dump, work on, lose the database, get it back, look at everything (ARGS='--visits 3')
	@$(BIN)/python -m tests.restore.drill $(ARGS)

mutations: setup ## 2,000 changed and 2,000 untouched records over both verifiers, with totals
	@FIELDPROOF_MUTATIONS=2000 $(BIN)/pytest -n 0 -s --timeout=0 tests/records/verify/test_mutations.py tests/records/verify_page/test_verify_page_agrees.py $(ARGS)

lint: setup ## format, lint and import rules
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports

types: setup ## mypy, strict
	@$(BIN)/mypy

simulate: setup ## sync under a hostile network, for as long as ARGS='--seconds 600' says; a failure is shrunk and replays
	@$(BIN)/python -m tests.simulation $(ARGS)

bench: setup ## all measurements; docs/benchmarks.md and bench/results.json (ARGS=--quick, ARGS=--profile, ARGS='--against REV')
	@$(BIN)/python -m bench $(ARGS)

lock: .venv/.uv ## resolve the dependencies again and write the hashes
	@$(COMPILE) pyproject.toml -o requirements/runtime.txt >/dev/null
	@$(COMPILE) pyproject.toml --group dev -o requirements/dev.txt >/dev/null
	@echo uv | $(COMPILE) - -o requirements/uv.txt >/dev/null
	@printf 'kinto[postgresql]==26.5.0\nsetuptools<81\nwaitress\n' | $(COMPILE) - -o requirements/bench-kinto.txt >/dev/null
	@! grep -nE 'https?://' requirements/*.txt || { echo 'A lock names a registry; see the lines above' >&2; exit 1; }
