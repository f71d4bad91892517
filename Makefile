# Two commands matter: `make demo` and `make test`. CI runs what `make test` runs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# what is never imported need not be compiled: half of an installation is that
PIP_OPTIONS := --quiet --disable-pip-version-check --no-compile
LOCK_OPTIONS := --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate

.PHONY: demo up test lint bench bench-scale nightly audit lock settings clean

# the seeded demo company, live on a board; CHECK=1 runs without a person;
# DATA=path FORMAT=maven-crm brings a real set instead
demo: $(VENV)/runtime
	$(BIN)/python -m deploy.local.demo $(if $(CHECK),--check) \
		$(if $(DATA),--data "$(DATA)") $(if $(FORMAT),--format $(FORMAT))

up: $(VENV)/runtime
	$(BIN)/salespulse up

# AREA=unit|properties|contracts|scenarios|mutations|integration|acceptance|reports|access|browser|changes|faults
test: $(VENV)/dev
	$(BIN)/python -m tests.areas $(AREA)

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# QUICK=1: small and short; PARTS=throughput,ingest: some parts; PAGE=1: into docs/benchmarks.md
bench: $(VENV)/dev
	$(BIN)/python -m tests.compiled tests.benchmarks

# cost and latency from 10 thousand to a million customers, and more; takes half an hour;
# SHARE=4: a fourth of every size; PARTS=customers,workers: some curves; PAGE=1 as above
bench-scale: $(VENV)/dev
	$(BIN)/python -m tests.compiled tests.benchmarks.scale

# what is too long for every change: the large fault runs, the same on the compiled core, and an
# audit of the dependencies
nightly: audit
	SALESPULSE_TEST_NIGHTLY=1 $(BIN)/python -m tests.areas
	for area in scenarios properties faults; do \
		$(BIN)/python -m tests.compiled tests.areas $$area || exit 1; \
	done

# known vulnerabilities of what is locked, by the reviewed list deploy/advisories.toml; asks the
# network, and says 'not run' where nobody can be asked; part of `make test` too
audit: $(VENV)/dev
	$(BIN)/python -m tests.unit.dependency_audit

lock: $(VENV)/dev
	$(BIN)/uv pip compile $(LOCK_OPTIONS) --extra build --extra embedded \
		-o requirements.lock pyproject.toml
	$(BIN)/uv pip compile $(LOCK_OPTIONS) --extra build --extra embedded --extra dev \
		-o requirements-dev.lock pyproject.toml
	$(BIN)/uv pip compile $(LOCK_OPTIONS) -c requirements-dev.lock \
		-o deploy/build.lock deploy/build.in
	for place in tests/benchmarks/peers/quix tests/benchmarks/curves; do \
		$(BIN)/uv pip compile $(LOCK_OPTIONS) -o $$place/requirements.lock \
			$$place/requirements.in || exit 1; \
	done

# refresh the README's table of settings
settings: $(VENV)/dev
	$(BIN)/python -m tests.unit.settings_table

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/runtime: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "installing Salespulse into $(VENV)"
	$(BIN)/python -m pip install $(PIP_OPTIONS) --require-hashes -r requirements.lock
	$(BIN)/python -m pip install $(PIP_OPTIONS) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	@echo "installing Salespulse and its tests into $(VENV)"
	$(BIN)/python -m pip install $(PIP_OPTIONS) --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install $(PIP_OPTIONS) --no-deps --no-build-isolation -e .
	@touch $(VENV)/runtime $@

clean:
	rm -rf $(VENV) build .salespulse
