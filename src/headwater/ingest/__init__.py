"""Bytes to Arrow batches of FLOW: one reader per format, one file per reader.

Importing the package imports every module in it, so a new reader is a new file and nothing else.
"""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
