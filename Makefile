# Two commands matter: `make serve` and `make test`. Everything is installed inside this checkout.
PYTHON ?= python3
TOOLS := .tools
UV := UV_PYTHON_DOWNLOADS=never $(TOOLS)/bin/uv
BIN := .venv/bin
# A test run starts a hundred processes: each should find its modules compiled, whatever the user's settings.
COMPILED := PYTHONDONTWRITEBYTECODE=
PYTEST := $(COMPILED) $(BIN)/pytest
LINK = $(UV) pip install --quiet --python .venv --no-deps --build-constraints requirements/build.txt --editable .
# Three processes on two cores: tests also wait for databases.
IN_PARALLEL := -n 3 --dist worksteal

.PHONY: help serve test test-pages test-long one check install linked clients fuzz failovers lock assets translations docs screenshot format clean
.PHONY: bench bench-quick bench-check bench-growth bench-threads bench-writers bench-transfers bench-uploads bench-all

serve: linked  ## serve Everpost on 127.0.0.1:8000 over SQLite in everpost.db; another port: make serve PORT=8001
	@$(BIN)/everpost serve $(if $(PORT),--port $(PORT))

help:  ## list the targets
	@sed -nE 's/^([a-z-]+):.*  ## (.*)/  \1\t\2/p' Makefile | expand -t 20

test: test-pages  ## run the test suite, on every database that is available
	@$(PYTEST) $(IN_PARALLEL) -m 'not long' --ignore tests/browser

test-pages: install  ## run only its tests in Chromium, of the desk and of the blog's pages
	@$(PYTEST) $(IN_PARALLEL) -m 'not long' tests/browser

test-long: install clients  ## test the same promises with larger volumes and repeated kills
	@$(PYTEST) $(IN_PARALLEL) -m long

one: install  ## run one test, long or not, in one process: make one T=tests/unit/domain/test_paging.py::test_name
	@$(PYTEST) $(or $(T),$(error name a test: make one T=path::test))

fuzz: install  ## run the tests that draw examples with new ones, up to fifteen times as many: at most half an hour
	@EVERPOST_TEST_FUZZ=15 $(PYTEST) $(IN_PARALLEL) -m hypothesis -o faulthandler_timeout=0 $(FUZZ)

failovers: install  ## make replicated databases fail over, ten times for each kind of fault
	@EVERPOST_TEST_FAILOVERS=10 $(PYTEST) -m long -s -o faulthandler_timeout=0 tests/failovers

check: install  ## check versions of libraries, lint, format, strict types and import rules
	@$(PYTEST) tests/unit/project/test_private_names.py
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(PYTEST) tests/unit/project/test_layers.py

bench: install  ## measure requests per second, compared with the tutorial's way and the limit: 5 to 8 minutes
	@$(BIN)/python -m bench.http $(BENCH)

bench-quick: install  ## measure some of these, in about a minute
	@$(BIN)/python -m bench.http --quick $(BENCH)

bench-check: install  ## fail if a ratio is below its floor in bench/floors.toml
	@$(BIN)/python -m bench.http --check $(BENCH)

bench-growth: install  ## measure up to 1,000,000 posts, 2 workers and 256 connections: an hour
	@$(BIN)/python -m bench.growth $(BENCH)

bench-threads: install  ## measure threads of up to 1,000,000 comments
	@$(BIN)/python -m bench.threads $(BENCH)

bench-writers: install  ## measure comments per second on one post, from 1, 2 and 4 processes
	@$(BIN)/python -m bench.writers $(BENCH)

bench-transfers: install  ## measure how fast a blog moves
	@$(BIN)/python -m bench.transfers $(BENCH)

bench-uploads: install  ## measure reads while 50 pictures are uploaded at once, in about 20 seconds
	@$(BIN)/python -m bench.uploads $(BENCH)

bench-all: bench bench-growth bench-threads bench-writers bench-transfers  ## run every benchmark

format: install  ## format the code, and fix lint errors that can be fixed automatically
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

install: .venv/develop.stamp linked  ## set up .venv for development

$(TOOLS)/bin/uv: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Everpost needs Python 3.11 or newer: make PYTHON=/path/to/python3.11")'
	@$(PYTHON) -m venv $(TOOLS)
	@$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

.venv/bin/python: $(TOOLS)/bin/uv
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	@touch $@

.venv/serve.stamp: .venv/bin/python requirements/serve.txt requirements/build.txt pyproject.toml
	@$(UV) pip install --quiet --compile-bytecode --python .venv --require-hashes -r requirements/serve.txt
	@$(LINK)
	@touch $@

# After `pip install .`, the tests would run a copy of the code.
linked: .venv/serve.stamp
	@$(BIN)/python -c 'import sys, everpost; sys.exit(everpost.__path__ != ["$(CURDIR)/src/everpost"])' || $(LINK)

.venv/develop.stamp: .venv/serve.stamp requirements/develop.txt
	@$(UV) pip install --quiet --compile-bytecode --python .venv --require-hashes -r requirements/develop.txt
	@touch $@

clients: $(TOOLS)/clients.stamp tests/clients/typescript/node_modules  ## install generators of API clients, for make test-long; needs Node

$(TOOLS)/clients.stamp: $(TOOLS)/bin/uv requirements/clients.txt
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) $(TOOLS)/clients
	@$(UV) pip install --quiet --python $(TOOLS)/clients --require-hashes -r requirements/clients.txt
	@touch $@

tests/clients/typescript/node_modules: tests/clients/typescript/package-lock.json
	@cd tests/clients/typescript && npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

COMPILE = $(UV) pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --upgrade

lock: $(TOOLS)/bin/uv  ## resolve the dependencies again, and write the lock files
	@echo uv | $(COMPILE) - -o requirements/uv.txt
	@printf 'hatchling\neditables\n' | $(COMPILE) - -o requirements/build.txt
	@echo openapi-python-client | $(COMPILE) - -o requirements/clients.txt
	@$(COMPILE) pyproject.toml -o requirements/serve.txt
	@$(COMPILE) --extra s3 --group dev pyproject.toml -c requirements/serve.txt -o requirements/develop.txt

screenshot: install  ## write the screenshot in README; needs Chromium
	@$(BIN)/python -m devtools.screenshot

docs: install  ## write the tables of docs/themes.md
	@$(BIN)/python -m devtools.theme_variables

translations: install  ## add new texts of pages to the catalogs, and list those that are not translated
	@$(BIN)/python -m devtools.translations

assets:  ## write the files that browsers load into the package; needs Node
	@cd assets && npm ci --ignore-scripts --no-audit --no-fund
	@$(PYTHON) assets/vendor.py
	@$(PYTHON) assets/bundle.py

clean:  ## remove everything that was installed; a blog in everpost.db stays
	@rm -rf .venv $(TOOLS) tests/clients/typescript/node_modules
