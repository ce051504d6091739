"""What in a table may tell a model more than it will know in use, in sentences for the report of a search.

The questions are those of the checks of the data; here they are asked of the columns as the search has typed them.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.columns import Column, as_days, as_numbers, as_words
from services.automl.preparation import Preparation
from services.automl.scoring import score
from services.automl.task import Task
from services.datasets.checks import duplicate_rows, id_like, post_outcome, target_leakage
from services.datasets.checks.subject import Subject
from services.datasets.profiling import profile_table

CHECKS = (target_leakage.CHECK, post_outcome.CHECK, id_like.CHECK, duplicate_rows.CHECK)
MAX_ROWS, MAX_COLUMNS = 4_000, 300
_MAX_CELLS_COMPARED = 20_000_000
_MIN_SHARE_COPIED, _MIN_SHARE_DISTINCT = 0.001, 0.5  # the first from methods 4.4
_TOO_GOOD = 0.99
Floats = NDArray[np.float64]


def find_leaks(frame: pd.DataFrame, preparation: Preparation, *, tested: pd.DataFrame | None = None) -> tuple[str, ...]:
    """Sentences on columns that may give the answer away and on rows that are on both sides of a split.

    `tested` are the typed inputs of the rows that test the model where no rows were kept aside for that.
    At most 4,000 rows are looked at, and of wide tables the 300 columns that follow the outcome most.
    """
    columns = _looked_at(preparation)
    rows = _sampled(np.sort(np.concatenate([preparation.train.positions, preparation.holdout.positions])))
    typed = pd.DataFrame(
        {column.name: _typed(frame[column.name].iloc[rows], column) for column in columns}
        | {preparation.target: _outcome(frame[preparation.target].iloc[rows], preparation)}
    )
    subject = Subject(
        typed,
        profile=profile_table(typed),
        target=preparation.target,
        positive_label=preparation.positive_label,
    )
    findings = [finding for check in CHECKS for finding in check.run(subject) if finding.outcome == "finding"]
    grave = [finding.sentence for finding in findings if _matters(finding.code, finding.severity)]
    return (*grave, *_copies(preparation.train.x, preparation.holdout.x if tested is None else tested))


def doubt(task: Task, y: NDArray[Any], answers: Floats) -> tuple[str, ...]:
    """A sentence where the answers on rows kept aside are too good to be believed."""
    metric = "r2" if task is Task.REGRESSION else "roc_auc"
    try:
        found = score(metric, y, answers)
    except ValueError:  # a single class cannot be ranked
        return ()
    if found < _TOO_GOOD:
        return ()
    return (
        f"On the rows kept aside the model is almost never wrong ({found:.3f} of 1). That is rare: ask of the columns "
        "it looks at most whether they are known when you decide.",
    )


def _matters(code: str, severity: str | None) -> bool:
    """A name of rows is left out of every search; it matters only where it tells the outcome."""
    return severity == "red" if code == id_like.CHECK.code else severity in ("red", "amber")


def _looked_at(preparation: Preparation) -> tuple[Column, ...]:
    named = tuple(column for column in preparation.left_out if column.kind == "identifier")
    columns = preparation.columns
    if len(columns) <= MAX_COLUMNS:
        return (*columns, *named)
    numbers = [column.name for column in columns if column.kind in ("number", "date")]
    words = [column.name for column in columns if column.kind in ("category", "text")]
    followers = set(_followers(preparation, numbers)) | set(words[: MAX_COLUMNS // 3])
    return (*(column for column in columns if column.name in followers), *named[:MAX_COLUMNS])


def _followers(preparation: Preparation, names: list[str]) -> list[str]:
    """The numbers with the highest correlation with the outcome, or with one of its classes."""
    rows = _sampled(np.arange(len(preparation.train)), 1_000)
    values = preparation.train.x[names].iloc[rows].to_numpy(dtype=np.float64)
    y = preparation.train.y[rows]
    outcome = (y[:, None] == np.unique(y)[:20]).astype(np.float64) if preparation.classes else y[:, None]
    together = np.abs(_standard(values).T @ _standard(outcome)).max(axis=1)
    return [names[i] for i in np.argsort(-together, kind="stable")[:MAX_COLUMNS]]


def _standard(values: Floats) -> Floats:
    with np.errstate(all="ignore"):
        centred = values - np.nanmean(values, axis=0)
        scaled = centred / np.sqrt(np.nansum(centred**2, axis=0))
    found: Floats = np.nan_to_num(scaled, nan=0.0, posinf=0.0, neginf=0.0)
    return found


def _sampled(rows: NDArray[np.intp], n: int = MAX_ROWS) -> NDArray[np.intp]:
    if len(rows) <= n:
        return rows
    return np.sort(np.random.default_rng(0).choice(rows, n, replace=False))


def _typed(values: "pd.Series[Any]", column: Column) -> "pd.Series[Any]":
    values = values.reset_index(drop=True)
    if column.kind == "date":
        return pd.to_datetime(as_days(values), unit="D", errors="coerce")
    numbers = as_numbers(values)
    is_number = column.kind == "number" or (column.kind == "identifier" and bool(numbers.notna().any()))
    return numbers if is_number else as_words(values)


def _outcome(values: "pd.Series[Any]", preparation: Preparation) -> "pd.Series[Any]":
    values = values.reset_index(drop=True)
    return as_words(values) if preparation.classes else as_numbers(values)


def _copies(train: pd.DataFrame, holdout: pd.DataFrame) -> tuple[str, ...]:
    """Rows kept aside that are copies of rows learned from; a table of few different rows has them by nature."""
    if train.size > _MAX_CELLS_COMPARED:
        return ()
    learned = pd.util.hash_pandas_object(train, index=False).to_numpy()
    kept = pd.util.hash_pandas_object(holdout, index=False).to_numpy()
    n_copies = int(np.isin(kept, learned).sum())
    if n_copies <= _MIN_SHARE_COPIED * len(kept) or len(np.unique(learned)) < _MIN_SHARE_DISTINCT * len(learned):
        return ()
    return (
        f"{n_copies:,} of the {len(kept):,} rows kept aside say in every column what a row that was learned from says, "
        "so the score may be too good. Keep one of each, or split by what names the case.",
    )
