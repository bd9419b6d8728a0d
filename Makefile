# Two commands matter: `make run` and `make test`. Each first brings the checkout up to date, which costs
# a fraction of a second when nothing has changed. What the steps do stands in scripts/.
.DEFAULT_GOAL := help
.PHONY: help run setup test check fmt lint types layers web unit interaction integration e2e bench docs lock wheel piper clean
MAKEFLAGS += --no-print-directory

# Spoken to by name: PYTHON=/path/to/python3, CHROMIUM=/path/to/chromium, ARGS="--port 9000".
ARGS ?=
PYTHON_311 := sh scripts/python.sh
PREPARE := $(PYTHON_311) -m scripts.prepare
CHECK := @$(PREPARE) --development --without-page && .venv/bin/python -m scripts.check

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

run: setup ## Set up what is missing and start the server (ARGS="--port 9000 --llm NAME")
	@exec .venv/bin/vivavoce serve $(ARGS)

setup: ## Private environment, locked packages, the web page; leaves .venv/bin/vivavoce
	@$(PREPARE)

test: ## Every check and every test, with the real models and a browser
	$(CHECK) all

check: ## The fast part: format, lint, layers, types, the wire, web lint and types
	$(CHECK) fast

fmt: ## Format the sources and mend what lint can mend
	$(CHECK) fmt

lint: ## Ruff
	$(CHECK) lint

types: ## mypy --strict
	$(CHECK) types

layers: ## Which package may import which
	$(CHECK) layers

web: ## Lint, types and unit tests of the page
	$(CHECK) web web-unit

unit: ## Tests of the pure parts and of single modules
	$(CHECK) unit

interaction: ## Whole conversations with fake engines on virtual time
	$(CHECK) interaction

integration: ## Tests with the real models
	$(CHECK) models integration

e2e: ## The page in a real browser with a recording as its microphone
	$(CHECK) models e2e

bench: ## Measure what the project promises (ARGS="--help" says what there is, ARGS=NAME does one)
	@$(PREPARE) --development
	@.venv/bin/python -m bench $(or $(ARGS),all)

docs: ## Write anew what repeats the code: pages of docs/, and the types of the wire for the page
	$(CHECK) docs

lock: ## Resolve the lock files anew (ARGS=--upgrade takes the newest versions)
	@$(PYTHON_311) -m scripts.lock $(ARGS)

wheel: setup ## Build dist/vivavoce-*.whl with the page inside
	@$(PYTHON_311) -m scripts.wheel

piper: ## Add the Piper voices (GPL-3, therefore never installed unasked)
	@$(PREPARE) --extra piper

clean: ## Remove everything that was built or fetched into this checkout
	@rm -rf .venv .node .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage \
		dist build artefacts web/node_modules web/dist src/vivavoce/server/page
	@find src tests bench scripts -name __pycache__ -type d -prune -exec rm -rf {} +
