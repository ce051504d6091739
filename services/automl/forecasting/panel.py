"""From a table to series on one time axis, with what had to be left out and what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from services.automl.columns import as_numbers, as_words
from services.automl.errors import UnusableDataError
from services.automl.forecasting.lag_table import History, read_histories, series_names
from services.automl.forecasting.time_axis import as_moments, place_of
from services.automl.forecasting.timeline import Timeline, infer_timeline, is_numeric

MAX_SERIES = 2_000
MAX_HORIZON = 1_000
_MAX_UNREAD = 0.05  # of the rows may lack a readable time
_MAX_GAPS_PER_ROW, _MIN_REACH = 50, 10_000


@dataclass(frozen=True)
class Question:
    """What shall be forecast: which column, by which time, for how many steps.

    Attributes
    ----------
    series
        The column that tells series apart; None where there is one.
    known
        Columns whose future values are known in advance, such as a price or a holiday.
    gap
        Steps after the last known value that nobody needs a forecast for, because they are past when it is made.
    season
        After how many steps a pattern repeats; None lets the step decide.
    """

    target: str
    time: str
    horizon: int
    series: str | None = None
    known: tuple[str, ...] = ()
    gap: int = 0
    season: int | None = None


@dataclass(frozen=True)
class Panel:
    """Series on one time axis.

    Attributes
    ----------
    histories
        Those that are forecast: they have a value in the last stretch.
    first, end
        The first and the last place with a value, in any series.
    ended, n_gaps
        Names of series that ended long before, and places without a value between values.
    """

    question: Question
    timeline: Timeline
    histories: tuple[History, ...]
    first: int
    end: int
    ended: tuple[str, ...]
    n_gaps: int
    n_values: int
    notes: tuple[str, ...]


def read_panel(frame: pd.DataFrame, question: Question) -> Panel:
    """Find the step of time, and put every series on it.

    Raises
    ------
    UnusableDataError
        A column is missing or cannot be read, a time occurs twice, or there is no step. The sentence says what to do.
    """
    _check_question(frame, question)
    notes: list[str] = []
    rows = _readable(frame, question, notes)
    times, names = rows[question.time], series_names(rows, question.series)
    timeline = infer_timeline(question.time, times, names)
    if question.season is not None:
        timeline = replace(timeline, season=question.season)
    _check_known(rows, question)
    _check_reach(rows, question, timeline)
    schema = {**vars(question), "axis": timeline.axis}
    rows = _without_twins(rows, question, timeline, names, notes)
    histories = list(read_histories(rows, schema))
    if not histories:
        raise UnusableDataError(f"“{question.target}” has no number in any row. Choose another column to forecast.")
    if len(histories) > MAX_SERIES:
        raise UnusableDataError(
            f"“{question.series}” tells {len(histories):,} series apart; at most {MAX_SERIES:,} are forecast at a "
            "time. Add them up to fewer, or leave some out."
        )
    end = max(len(history.values) for history in histories) - 1
    patience = max(2 * timeline.season, question.horizon)
    ended = tuple(history.name for history in histories if len(history.values) - 1 < end - patience)
    alive = tuple(history for history in histories if history.name not in ended)
    first = min(int(np.flatnonzero(np.isfinite(history.values))[0]) for history in alive)
    if question.season is None and end - first + 1 < 2 * timeline.season:
        timeline = replace(timeline, season=1)  # what was not seen twice is no pattern
    for history in alive:
        _check_future(history, question, end)
    gaps = [_count_gaps(history) for history in alive]
    n_values = sum(int(np.isfinite(history.values).sum()) for history in alive)
    return Panel(question, timeline, alive, first, end, ended, sum(gaps), n_values, tuple(notes))


def _check_question(frame: pd.DataFrame, question: Question) -> None:
    wanted = [question.target, question.time, *([question.series] if question.series else []), *question.known]
    absent = [f"“{name}”" for name in wanted if name not in frame.columns]
    if absent:
        raise UnusableDataError(f"The table has no column {', '.join(absent)}. Choose one of its columns.")
    if len(set(wanted)) < len(wanted):
        raise UnusableDataError(
            "The value, the time, the series and what is known in advance must be different columns."
        )
    if not 1 <= question.horizon <= MAX_HORIZON:
        raise UnusableDataError(f"Between 1 and {MAX_HORIZON:,} steps can be forecast. Choose a number in this range.")
    if question.gap < 0 or (question.season is not None and question.season < 1):
        raise UnusableDataError("The gap is 0 or more steps, and the season 1 or more.")


def _readable(frame: pd.DataFrame, question: Question, notes: list[str]) -> pd.DataFrame:
    """The rows with a time, values as numbers; a word that is no number is an error, a blank is a gap."""
    rows = frame.reset_index(drop=True)
    words = as_words(rows[question.target])
    numbers = as_numbers(rows[question.target])
    n_wrong = int((words.notna() & numbers.isna()).sum())
    if n_wrong > _MAX_UNREAD * max(int(words.notna().sum()), 1):
        raise UnusableDataError(
            f"“{question.target}” is not a number in {n_wrong:,} rows, so it cannot be forecast. Correct them, or "
            "choose another column."
        )
    if n_wrong:
        notes.append(f"{n_wrong:,} values of “{question.target}” are no numbers and count as gaps.")
    times = rows[question.time]
    is_read = times.notna() if is_numeric(times) else as_moments(times).notna()
    n_lost = int((~is_read).sum())
    if n_lost > _MAX_UNREAD * len(rows):
        raise UnusableDataError(
            f"“{question.time}” cannot be read as a time in {n_lost:,} rows. Write dates as 2024-03-01 or "
            "2024-03-01 13:00, or choose another column as the time."
        )
    if n_lost:
        notes.append(f"{n_lost:,} rows without a time are left out.")
    return rows.assign(**{question.target: numbers})[is_read.to_numpy()].reset_index(drop=True)


def _without_twins(
    rows: pd.DataFrame, question: Question, timeline: Timeline, names: Any, notes: list[str]
) -> pd.DataFrame:
    """Equal rows once; different values of one moment are an error, because nobody knows which is meant."""
    places = np.round(place_of(rows[question.time], timeline.axis))
    key = pd.DataFrame({"series": names, "place": places})
    twins = key.duplicated(keep=False).to_numpy()
    if not twins.any():
        return rows
    told = key.assign(value=rows[question.target])[twins]
    n_different = int((told.groupby(["series", "place"])["value"].nunique(dropna=False) > 1).sum())
    if n_different:
        advice = "name the column that tells the series apart, or add" if question.series is None else "add"
        raise UnusableDataError(
            f"{n_different:,} moments of “{question.time}” have more than one value of “{question.target}”. "
            f"{advice[0].upper()}{advice[1:]} the values of a moment up first."
        )
    notes.append(f"{int(key.duplicated().sum()):,} rows that repeat another are left out.")
    return rows[~key.duplicated().to_numpy()].reset_index(drop=True)


def _check_reach(rows: pd.DataFrame, question: Question, timeline: Timeline) -> None:
    """A date mistyped as 9999-12-31 would make a line of millions of gaps."""
    reach = float(np.nanmax(place_of(rows[question.time], timeline.axis)))
    if reach > max(_MAX_GAPS_PER_ROW * len(rows), _MIN_REACH):
        raise UnusableDataError(
            f"“{question.time}” spans {reach:,.0f} {timeline.steps}, but there are {len(rows):,} rows. Correct the "
            "first or the last of its times, or add the values up over longer steps."
        )


def _check_known(rows: pd.DataFrame, question: Question) -> None:
    for name in question.known:
        if bool(rows[name].isna().all()):
            raise UnusableDataError(f"“{name}” is empty, so nothing of it is known in advance. Leave it out.")


def _check_future(history: History, question: Question, end: int) -> None:
    """A column is known in advance only if the table holds it for the steps that are forecast."""
    wanted = np.arange(end + 1 + question.gap, end + 1 + question.gap + question.horizon)
    for name, values in history.known.items():
        n_missing = int(values.reindex(wanted).isna().sum())
        if n_missing:
            which = f" of “{history.name}”" if history.name else ""
            raise UnusableDataError(
                f"“{name}” is said to be known in advance, but {n_missing:,} of the {question.horizon:,} steps to "
                f"forecast{which} do not have it. Add rows for them with an empty “{question.target}”, or leave it out."
            )


def _count_gaps(history: History) -> int:
    known = np.flatnonzero(np.isfinite(history.values))
    return int(len(history.values) - known[0] - len(known))


def constant_target(histories: Sequence[History]) -> bool:
    """Whether no series ever changes."""
    return all(float(np.nanmax(history.values) - np.nanmin(history.values)) == 0 for history in histories)
