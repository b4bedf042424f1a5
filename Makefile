# headwater: every target sets up what it needs. `make demo` and `make test` work on a bare Debian machine.
SHELL := /bin/bash
PY := .venv/bin/python
UV := .venv/bin/uv
export PYTHONHASHSEED := 0
export UV_PROJECT_ENVIRONMENT := .venv

.PHONY: demo test test-slow bench setup system format clean

demo: setup
	$(PY) -m headwater demo --out demo

test: system setup
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/pytest -n auto --dist loadgroup

test-slow: system setup
	.venv/bin/pytest -n auto --dist loadgroup -m slow

bench: system setup
	$(PY) bench/run.py

format: setup
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

setup: .venv/.done

.venv/.done: pyproject.toml uv.lock tools/setup.sh
	bash tools/setup.sh python
	touch $@

system:
	bash tools/setup.sh system

clean:
	rm -rf .venv demo .mypy_cache .ruff_cache .pytest_cache .hypothesis
