"""How does a table leave for pandas or Polars? From Arrow, with times, integers and maps as they are.

Neither library is needed to use headwater; where one is asked for and not installed, the error says how to
get it.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl


def polars_of(table: pa.Table) -> "pl.DataFrame":
    """The table as a Polars frame.

    Raises:
        ImportError: Polars is not installed.
    """
    frame: pl.DataFrame = _module("polars").from_arrow(table)
    return frame


def pandas_of(table: pa.Table) -> "pd.DataFrame":
    """The table as a pandas frame: integers and truth values that may be missing stay what they are.

    Raises:
        ImportError: pandas is not installed.
    """
    pandas = _module("pandas")
    kept = {pa.int64(): pandas.Int64Dtype(), pa.bool_(): pandas.BooleanDtype()}  # else floats and objects
    frame: pd.DataFrame = table.to_pandas(types_mapper=kept.get, maps_as_pydicts="strict")
    return frame


def _module(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError:
        raise ImportError(
            f"to_{name}() needs {name}, which is not installed; get it with: pip install 'headwater[{name}]'",
            name=name,
        ) from None
