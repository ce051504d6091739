"""Which columns make a row unusual: those whose value, replaced by that of ordinary rows, makes it less so."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from services.automl.anomaly.detectors import unusualness
from services.automl.columns import Column
from services.automl.values_in_words import day_in_words, number_in_words, share_in_words

MAX_REASONS = 3
MIN_SHARE = 0.1  # of what makes the row unusual
N_DONORS = 16
_BEST_DONORS = 0.25  # a value that goes with the rest of the row mends it; most values of others do not
_MAX_CELLS = 200_000
_MAX_TEXT = 60
Floats = NDArray[np.float64]


def explain_rows(
    pipeline: Pipeline, rows: pd.DataFrame, ordinary: pd.DataFrame, columns: Sequence[Column], *, seed: int
) -> list[tuple[str, ...]]:
    """For each row up to three columns with its value and what is usual, the strongest first.

    Parameters
    ----------
    rows, ordinary
        Typed rows to explain (n, columns), and rows that stand for the usual.
    """
    drops = _drops(pipeline, rows, ordinary, columns, seed)
    reasons = []
    for place in range(len(rows)):
        total = float(np.clip(drops[place], 0, None).sum())
        order = np.argsort(-drops[place], kind="stable")[:MAX_REASONS]
        chosen = [number for number in order if total > 0 and drops[place, number] >= MIN_SHARE * total]
        reasons.append(
            tuple(_reason(columns[n], rows[columns[n].name].iloc[place], ordinary[columns[n].name]) for n in chosen)
        )
    return reasons


def _drops(
    pipeline: Pipeline, rows: pd.DataFrame, ordinary: pd.DataFrame, columns: Sequence[Column], seed: int
) -> Floats:
    """How much less unusual each row is with a fitting value of another row in a column: (n, columns)."""
    random = np.random.default_rng(seed)
    n_donors = int(np.clip(_MAX_CELLS // max(len(rows) * len(columns), 1), 1, N_DONORS))
    donors = ordinary.iloc[random.integers(0, len(ordinary), n_donors)]
    scores = unusualness(pipeline, rows)
    drops = np.zeros((len(rows), len(columns)))
    many = rows.loc[rows.index.repeat(n_donors)].reset_index(drop=True)
    for number, column in enumerate(columns):
        values = pd.concat([donors[column.name]] * len(rows), ignore_index=True)
        changed = many.assign(**{column.name: values.astype(rows[column.name].dtype)})
        mended = np.sort(unusualness(pipeline, changed).reshape(len(rows), n_donors), axis=1)
        drops[:, number] = scores - mended[:, : max(1, round(_BEST_DONORS * n_donors))].mean(axis=1)
    return drops


def _reason(column: Column, value: Any, usual: "pd.Series[Any]") -> str:
    known = usual.dropna()
    if pd.isna(value):
        return f"“{column.name}” is missing (known in {share_in_words(len(known) / len(usual))} of the rows)"
    if column.kind in ("number", "date"):
        spell = day_in_words if column.kind == "date" else number_in_words
        if known.empty:
            return f"“{column.name}” is {spell(float(value))} (usually missing)"
        low, high = (float(edge) for edge in np.quantile(known, [0.05, 0.95]))
        return f"“{column.name}” is {spell(float(value))} (9 of 10 rows: {spell(low)} to {spell(high)})"
    text = str(value)
    shown = text if len(text) <= _MAX_TEXT else f"{text[:_MAX_TEXT]}…"
    if column.kind == "text":
        return f"“{column.name}” says “{shown}”"
    return f"“{column.name}” is {shown} ({share_in_words(float((usual == value).mean()))} of the rows)"
