"""Rows as people read them: a few cells of text each, kept beside the queue so that the next row appears at once."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

MAX_TEXT = 2_000  # characters of a cell


@dataclass(frozen=True, slots=True)
class Card:
    """One row: its number in the base table and its cells, None where missing; `said` is a model's probabilities."""

    row: int
    cells: dict[str, str | None]
    said: tuple[float, ...] = ()


def write_cards(
    frame: pd.DataFrame, positions: Mapping[int, int], columns: Sequence[str], said: Mapping[int, Sequence[float]]
) -> bytes:
    """The rows as JSON.

    Parameters
    ----------
    positions
        Row of the base table -> position in the frame.
    said
        Row of the base table -> probabilities of each class, where a model said something.
    """
    part = frame.iloc[list(positions.values())][list(columns)]
    rows = {
        str(row): {
            "cells": [_spell(value) for value in values],
            "said": [round(float(share), 4) for share in said.get(row, ())],
        }
        for row, values in zip(positions, part.itertuples(index=False, name=None), strict=True)
    }
    return json.dumps({"columns": list(columns), "rows": rows}, ensure_ascii=False).encode()


def read_cards(content: bytes) -> dict[int, Card]:
    """The rows that `write_cards` wrote, by number."""
    document = json.loads(content)
    return {
        int(row): Card(int(row), dict(zip(document["columns"], entry["cells"], strict=True)), tuple(entry["said"]))
        for row, entry in document["rows"].items()
    }


def _spell(value: Any) -> str | None:
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat() if value == value.normalize() else value.isoformat(sep=" ")
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)[:MAX_TEXT]
