# Everything a person runs here. Each target does its own set-up; `make help` prints the list.
# Paths are relative, so that the project may lie in a folder whose name has spaces.

.DEFAULT_GOAL := help
.PHONY: help setup demo run test soak shots check viewer compose-check bench docs clean

PYTHON := .venv/bin/python
# mypy loads the settings but ends without leaving: with addresses given, it starts no servers.
MYPY := DATABASE_URL=postgresql://localhost/none REDIS_URL=redis://localhost $(PYTHON) -m mypy
LINT_IMPORTS := -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

setup: ## Build .venv from the locked requirements (the others do this by themselves)
	@sh bootstrap.sh

demo: setup ## Carry the demonstration study through all tiers, then serve it (SERVE=0, PORT, CASES, CONSILIUM_HOME)
	@$(PYTHON) manage.py demo

run: setup ## Start the service with its jobs and its sealer (PORT, CONSILIUM_HOME)
	@$(PYTHON) manage.py serve

test: setup ## Run the tests on servers of their own (ARGS="tests/audit -x" narrows them)
	@$(PYTHON) -m pytest -n 2 $(ARGS)

soak: setup ## Run the tests that draw at random far longer (SOAK=20 multiplies their examples; ARGS narrows them)
	@SOAK=$(or $(SOAK),20) $(PYTHON) -m pytest -n 2 $(or $(ARGS),tests/api/test_fuzz.py tests/tasks/test_random_walk.py tests/imaging/test_fuzz.py tests/tasks/test_races.py tests/tasks/test_soak.py)

shots: setup ## Drive every screen in a real browser and keep pictures of it in .consilium/shots
	@SHOTS=1 $(PYTHON) -m pytest -n 2 tests/browser

# The checks that load the settings have a home of their own, so that they never touch anybody's data.
check: export CONSILIUM_HOME = .consilium/check
check: setup ## Check style, types, imports between packages, migrations, links of the docs, and the viewer's build
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(MYPY) .
	$(PYTHON) $(LINT_IMPORTS)
	$(PYTHON) manage.py makemigrations --check --dry-run
	$(PYTHON) docs/check_links.py
	$(PYTHON) frontend/build.py

viewer: setup ## Build the viewer island from frontend/ into static/viewer
	@$(PYTHON) frontend/build.py --write

compose-check: setup ## Run docker-compose.yml's commands on this machine's PostgreSQL and Redis, without containers
	@$(PYTHON) -m tests.by_hand.compose_commands

# The benches have servers of their own: with addresses given, no others are started.
bench: export DATABASE_URL = postgresql://localhost/none
bench: export REDIS_URL = redis://localhost
bench: setup ## Measure against the named baselines (NAMES="log export", ARGS="--scale small --json OUT")
	@$(PYTHON) manage.py bench $(NAMES) $(ARGS)

docs: setup ## Check every link in the docs
	@$(PYTHON) docs/check_links.py

clean: ## Stop the embedded servers and remove all that make built, the demonstration's data too
	@if [ -x $(PYTHON) ]; then $(PYTHON) -m config.stop .consilium; fi
	rm -rf .venv .consilium frontend/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
