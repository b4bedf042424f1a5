# headwater: every target sets up what it needs. `make demo` and `make test` work on a bare Debian machine.
SHELL := /bin/bash
PY := .venv/bin/python
UV := .venv/bin/uv
export PYTHONHASHSEED := 0
export UV_PROJECT_ENVIRONMENT := .venv
# Tests start many processes, and each would translate all that it imports again: 5 s for a hunt's instead of 3.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-slow check bench setup system format clean

demo: setup
	$(PY) -m headwater demo --out demo

# Debian's packages come while Python's are set up and the code is checked; what each says is shown when it is done.
test:
	$(MAKE) --no-print-directory --jobs=2 --output-sync=target system check
	.venv/bin/pytest -n auto --dist loadgroup

check: setup
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

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
