# Everything that is done to this project from a shell. `make help` lists it.

-include .env

PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
SANDBOX_PORT ?= 8001
DATA_DIR ?= var
PUBLIC_URL ?= http://127.0.0.1:$(PORT)
SANDBOX := $(BIN)/python -m sandbox --port $(SANDBOX_PORT) --data $(DATA_DIR)/sandbox
# Development: DEBUG, and file names may go to inspection (the sandbox reads wishes from them).
# honcho gives each process a PORT of its own, so the public address is said outright.
DEV := DEBUG=1 PORT=$(PORT) SANDBOX_PORT=$(SANDBOX_PORT) PUBLIC_URL=$(PUBLIC_URL) DATA_DIR=$(DATA_DIR) \
	INSPECT_WITH_FILE_NAMES=1 \
	NOTICE="Sandbox: pictures by a local stand-in, not by Astria."

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test test-samples check test-services test-browser bench bench-quick
.PHONY: api-coverage clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

.venv/.runtime: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.development: .venv/.runtime requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

setup: .venv/.runtime ## Install the runtime packages and make the database
	@$(BIN)/python manage.py setup

setup-dev: .venv/.development
	@sh tests/install-chromium.sh
	@sh tests/install-node.sh

run: .venv/.runtime ## Set up what is missing and start web, worker, clock and sandbox
	@$(DEV) $(BIN)/python manage.py setup
	@$(DEV) $(BIN)/python manage.py demo --with "$(SANDBOX)"
	@$(DEV) RELOAD=1 $(BIN)/honcho start --port $(PORT) || test $$? = 130 # Ctrl-C

test: setup-dev ## Run every test that needs no outside service
	@$(BIN)/python -m pytest -n 2 --dist loadfile

test-services: setup-dev ## Run accounts, catalogue and pipeline on PostgreSQL
	@address=$$(sh tests/start-postgres.sh) && DAASE_URL=$$address \
		$(BIN)/python -m pytest -n 2 --dist loadfile tests/accounts tests/packs tests/studio
	@$(BIN)/python -m pytest -m postgres tests/test_processes.py

test-samples: setup-dev ## Run the samples of Astria's documentation, as printed, against the sandbox
	@$(BIN)/python -m pytest tests/astria/docs

test-browser: setup-dev ## Run the browser journeys alone, with their screenshots in test-artefacts/
	@$(BIN)/python -m pytest tests/browser -m browser

bench: .venv/.runtime ## Measure the pages against their budgets
	@$(BIN)/python -m benchmarks.pages

bench-quick: .venv/.runtime ## The same in seconds; ratios may miss their budgets by half
	@$(BIN)/python -m benchmarks.pages --quick

api-coverage: .venv/.development ## Write docs/api-coverage.md from client, sandbox and contract tests
	@$(BIN)/python -m tools.api_coverage

check: .venv/.development ## Lint, types, templates, migrations, settings
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/djlint --lint templates --quiet
	@$(BIN)/python manage.py makemigrations --check --dry-run
	@PUBLIC_URL=https://studio.example.org EMAIL_URL=smtp://mail.example.org \
		ASTRIA_BASE_URL=https://api.astria.ai ASTRIA_IDEMPOTENT=1 \
		$(BIN)/python manage.py check --deploy --fail-level WARNING

clean: ## Remove what was installed and made, pictures and database included
	@rm -rf .venv var test-artefacts .mypy_cache .ruff_cache .pytest_cache
