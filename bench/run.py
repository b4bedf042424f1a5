"""Runs every benchmark of this folder, each a file with a function `main`, and prints what it measured.

Run as `make bench`. One benchmark alone: `python bench/run.py ingest`.
"""

import sys
from importlib import import_module
from pathlib import Path


def main(names: list[str]) -> None:
    """Runs the benchmarks named, or all."""
    found = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem != "run")
    unknown = sorted(set(names) - set(found))
    if unknown:
        raise SystemExit(f"no benchmark is called {unknown[0]}; there are: {', '.join(found)}")
    for name in names or found:
        module = import_module(name)
        if hasattr(module, "main"):
            print(f"\n== {name}: {(module.__doc__ or '').splitlines()[0]}", flush=True)
            module.main()


if __name__ == "__main__":
    main(sys.argv[1:])
