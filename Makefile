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

# Processes are started by the hundred: nobody compiles the same modules each time.
unexport PYTHONDONTWRITEBYTECODE

# MORE="--last-failed" runs once more what failed.
PYTEST := $(BIN)/python -m pytest --dist loadfile $(MORE)

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test test-units test-long test-deploy test-samples check test-services test-browser bench bench-quick
.PHONY: chaos audit api-coverage clean

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

# Three for two cores: one worker mostly waits for the studio's processes and the browser.
test: setup-dev ## Run the tests: units, contract, a bad minute, the main ways in the browser
	@$(PYTEST) -n 3

test-units: .venv/.development ## Run of those only what is quick, starts no process and asks for no page
	@$(PYTEST) -n 2 -m unit -p no:playwright --ignore tests/browser

test-long: setup-dev ## Run what make test leaves out for its time: every page in the browser, processes killed
	@$(PYTEST) -n 2 -m long

test-services: setup-dev ## Run the suite on PostgreSQL and S3, and the pipeline on Redis, SQS and the database
	@$(BIN)/python -m tests.services

test-deploy: setup-dev ## Try what docs/deploy.md says: nginx, Caddy, systemd's units, backup and restore
	@sh tests/install-proxies.sh
	@$(BIN)/python -m pytest -m deployment

test-samples: setup-dev ## Run the samples of Astria's documentation, as printed, against the sandbox
	@$(BIN)/python -m pytest tests/astria/docs -m long

test-browser: setup-dev ## Run everything in the browser, with screenshots in test-artefacts/
	@$(PYTEST) -n 2 tests/browser -m browser

chaos: setup-dev ## Live a bad day on SQLite and on PostgreSQL: every fault at once, then count
	@TEST_DATABASE_URL=$$(sh tests/start-postgres.sh) && export TEST_DATABASE_URL && \
		$(BIN)/python -m tests.chaos

.venv/.bench: .venv/.development requirements-bench.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	@touch $@

bench: setup-dev .venv/.bench ## Measure everything against its budget: benchmarks/results.json
	@$(BIN)/python -m benchmarks

bench-quick: setup-dev .venv/.bench ## The same in two minutes; fails only by what noise cannot explain
	@$(BIN)/python -m benchmarks --quick

audit: .venv/.development ## Ask whether a package that is pinned here is known to be vulnerable
	@$(BIN)/python -m tools.audit

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
