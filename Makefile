# `make help` lists the targets. run and test need only python3 (3.11 or later), make and git.

export DEBUG ?= True
export PORT ?= 8000
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PYTHONUNBUFFERED := 1

# Renovate takes these from the head of each lock file, and reads values only after an equals sign.
LOCK := --universal --python-version=3.11 --generate-hashes

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1 \t/p' Makefile

run: export WEB_CONCURRENCY ?= 1
run: .venv/run.installed ## Migrate the local database, load a demo week once, serve on port 8000 (PORT=...)
	@sh -c "$$(sed -n 's/^release: //p' Procfile)"
	@python manage.py load_demo_week
	@python manage.py create_admin
	@bin/port
	@bin/announce & exec python -m gunicorn --config python:config.gunicorn --bind "127.0.0.1:$$PORT" config.wsgi

test: .venv/dev.installed ## Run every test, on SQLite and on PostgreSQL 18 (or TEST_DATABASE_URL); ARGS="-k name" for some, ARGS=--coverage to measure
	@python -m tests $(ARGS)

prove: .venv/dev.installed ## Run the proofs that take minutes: hangs, kills, busy writers, rollbacks, every page, the documents' commands; on both engines
	@python -m tests -m proof

bench: .venv/bench.installed ## Measure requests, and the release beside alternatives; ONLY=, ROWS=, RUNS=, SIZES=
	@python -m benchmarks

rehearse: .venv/dev.installed ## A deploy as on Railway, on a throwaway PostgreSQL under traffic; ARGS="--dump FILE", ARGS="--rows N", ARGS=--help
	@python -m releases.rehearsal --scenario rehearsal.Planner $(ARGS)

check: .venv/dev.installed ## Lint, types, migrations, deployment settings, templates, CI's own settings
	@python -m tests.checks

lint: .venv/dev.installed ## The checks that take seconds
	@python -m tests.checks --quick

hooks: .venv/dev.installed ## Run `make lint` before each commit
	@pre-commit install

lock: .venv/dev.installed ## Resolve requirements*.in into requirements*.txt
	@for name in requirements requirements-dev requirements-bench; do \
		uv pip compile --quiet --upgrade $(LOCK) --output-file=$$name.txt $$name.in || exit; \
	done

clean: ## Remove the environment and the tools' caches; the database stays
	@rm -rf .venv staticfiles .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*

.venv/run.installed: requirements.txt
	@bin/install requirements.txt
	@touch $@

.venv/bench.installed: requirements-bench.txt .venv/dev.installed
	@bin/install requirements-bench.txt
	@touch $@

.venv/dev.installed: requirements-dev.txt .venv/run.installed
	@bin/install requirements-dev.txt
	@touch $@

.PHONY: help run test prove bench rehearse check lint hooks lock clean
