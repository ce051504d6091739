"""Pandas when it is needed: the child that reads files starts without it, as loading it takes longer than most files.

Arrow loads it by itself at the first conversion, only to see whether something comes from there.
"""

import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import Any


class _Absent(MetaPathFinder):
    """Says that pandas is not installed."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        if fullname == "pandas":
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None


_ABSENT = _Absent()


def keep_pandas_away() -> None:
    """From now on pandas is not there for whoever asks, but for `load_pandas`. Once it is loaded this does nothing."""
    sys.meta_path.insert(0, _ABSENT)


def load_pandas() -> Any:
    """The module."""
    if _ABSENT in sys.meta_path:
        sys.meta_path.remove(_ABSENT)
    import pandas

    return pandas
