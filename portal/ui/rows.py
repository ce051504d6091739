"""Rows to look at, a page at a time, and the two ways to leave some out: by a condition, or by hand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
import streamlit as st

from portal.ui.layout import note, section
from portal.ui.text import escape_cell, escape_markdown
from services.datasets.profile import ColumnProfile
from services.datasets.queries import RowPage
from services.datasets.recipe.conditions import OPERATORS, Condition
from services.datasets.recipe.words import describe_step
from services.datasets.views import Dataset

ROWS_PER_PAGE = 50
TABLE_HEIGHT = 560  # pixels: about fifteen rows
MAX_SHOWN_COLUMNS = 24
REASON_LENGTH = 300
_OF_KIND = {
    "number": ("is", "is_not", "less", "more", "between", "is_missing"),
    "date": ("before", "after", "between", "is", "is_not", "is_missing"),
    "text": ("is", "is_not", "contains", "is_missing"),
}


@dataclass(frozen=True, slots=True)
class RowActions:
    """What a person who may change the data can do with rows."""

    count: Callable[[Condition], tuple[int, int]]
    exclude_where: Callable[[Condition, str], None]
    exclude_rows: Callable[[Sequence[int], str], None]
    restore: Callable[[int], None]
    is_busy: bool = False


def ask_columns(dataset: Dataset) -> list[str]:
    """Which columns to show: the first few, or those a person picks."""
    names = [column.name for column in dataset.columns]
    if len(names) <= MAX_SHOWN_COLUMNS:
        return names
    chosen = st.multiselect(
        "Columns to show",
        names,
        default=names[:8],
        max_selections=MAX_SHOWN_COLUMNS,
        key="shown_columns",
        help=f"At most {MAX_SHOWN_COLUMNS} of {len(names):,} at a time",
    )
    return [name for name in names if name in set(chosen)][:MAX_SHOWN_COLUMNS] or names[:8]


def ask_page(n_rows: int) -> int:
    """The page a person looks at, from 0."""
    n_pages = max(1, -(-n_rows // ROWS_PER_PAGE))
    if n_pages == 1:
        return 0
    return int(st.pagination(n_pages, key="rows_page")) - 1


def draw_rows(rows: RowPage, *, of: str, actions: RowActions | None) -> None:
    """The rows of this page under their numbers in the table as it was read; those who may can leave some out.

    Parameters
    ----------
    of
        The table and page they are from: a tick is true of them only.
    """
    places = rows.numbers if rows.numbers is not None else range(rows.start, rows.start + len(rows.table))
    shown = shown_rows(rows.table).set_axis(pd.Index([place + 1 for place in places], name="Row"), axis="index")
    alt = f"{len(shown)} of {rows.n_rows:,} rows"
    if actions is None or rows.numbers is None:
        st.dataframe(shown, alt=alt, height=TABLE_HEIGHT)
        if actions is not None:
            note("This table is too large to pick rows by hand after others were left out. Use a condition.")
        return
    state = st.dataframe(
        shown, alt=alt, key=f"rows_{of}", on_select="rerun", selection_mode="multi-row", height=TABLE_HEIGHT
    )
    picked = picked_rows(state.get("selection", {}).get("rows", ()), rows.numbers)
    if not picked:
        note("Tick rows at the left to leave them out by hand.")
        return
    with st.form("by_hand", border=True):
        reason = st.text_input("Why should a model not learn from them?", max_chars=REASON_LENGTH, key="by_hand_reason")
        label = f"Leave out {_rows(len(picked))}"
        if st.form_submit_button(label, key="by_hand_now", icon=":material/block:", disabled=actions.is_busy):
            actions.exclude_rows(picked, reason or "")


def picked_rows(ticked: object, numbers: Sequence[int]) -> list[int]:
    """The row numbers behind the ticks. The browser says the ticks, so that only places on this page count."""
    if not isinstance(ticked, list | tuple):
        return []
    places = {place for place in ticked if isinstance(place, int) and not isinstance(place, bool)}
    return [number for place, number in enumerate(numbers) if place in places]


def draw_condition(dataset: Dataset, actions: RowActions) -> None:
    """Leave rows out by a condition: how many it would be is said before anything is changed."""
    text = "Rows that should not be learned from: tests, another market, values that cannot be."
    with section("Leave rows out by a condition", text), st.container(border=True, gap="small"):
        condition = _ask_condition(dataset)
        if condition is None:
            note("Choose a column and a value; how many rows fit is counted at once.")
            return
        n_found, n_rows = actions.count(condition)
        if n_found < 0:
            return
        st.markdown(
            f"**{_rows(n_found)} of {n_rows:,}** {'fits' if n_found == 1 else 'fit'} ({_share(n_found, n_rows)})."
        )
        with st.form("by_condition", border=False):
            reason = st.text_input("Why?", max_chars=REASON_LENGTH, key="condition_reason")
            is_empty = n_found in (0, n_rows)
            label = f"Leave out {_rows(n_found)}" if n_found else "Leave them out"
            if st.form_submit_button(
                label, key="condition_now", icon=":material/filter_alt_off:", disabled=actions.is_busy or is_empty
            ):
                actions.exclude_where(condition, reason or "")
        if n_found == n_rows:
            note("That would leave no row to learn from.", "orange")


def draw_left_out(steps: Sequence[Mapping[str, Any]], actions: RowActions | None) -> None:
    """The steps that left rows out, each with the button that brings them back."""
    found = [
        (position, step) for position, step in enumerate(steps) if step["kind"] in ("exclude_rows", "drop_duplicates")
    ]
    if not found:
        return
    with section("Left out so far", "Nothing is deleted: to restore rows is to undo the step."):
        for position, step in found:
            with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
                with st.container(width=720):
                    reason = escape_markdown(str(step.get("reason", "")))
                    st.markdown(f"{escape_markdown(describe_step(step))}  \n:small[:gray[{reason}]]")
                if actions and st.button(
                    "Restore", key=f"restore_{position}", icon=":material/undo:", disabled=actions.is_busy
                ):
                    actions.restore(position)


def operators_of(column: ColumnProfile) -> tuple[str, ...]:
    """How the values of a column can be compared."""
    return _OF_KIND[_type_of(column)]


def shown_rows(table: pd.DataFrame) -> pd.DataFrame:
    """The rows as text that cannot be a formula, and days without a time of day."""
    texts = [name for name, dtype in table.dtypes.items() if dtype == "str"]
    cells = {str(name): table[name].map(escape_cell, na_action="ignore") for name in texts}
    moments = [name for name, dtype in table.dtypes.items() if getattr(dtype, "kind", "") == "M"]
    cells |= {str(name): table[name].dt.date for name in moments if _are_days(table[name])}
    return table.assign(**cells).rename(columns=escape_cell)


def _are_days(column: "pd.Series[Any]") -> bool:
    """Whether no time of day stands in these rows: then nobody wants to read 00:00:00."""
    present = column.dropna()
    return bool((present == present.dt.normalize()).all())


def _type_of(column: ColumnProfile) -> str:
    if column.kind == "date":
        return "date"
    return "number" if isinstance(column.low, int | float) else "text"


def _ask_condition(dataset: Dataset) -> Condition | None:
    columns = {column.name: column for column in dataset.columns}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            "Column", list(columns), index=None, placeholder="Choose", key="condition_column", width=220
        )
        if name not in columns:
            return None
        column = columns[name]
        operator = st.selectbox(
            "Comparison",
            operators_of(column),
            format_func=OPERATORS.__getitem__,
            key=f"condition_operator_{_type_of(column)}",
            width=180,
        )
        if operator == "is_missing":
            return {"column": name, "operator": operator}
        value = _ask_value(column, operator)
    return None if value is None else {"column": name, "operator": operator, "value": value}


def _ask_value(column: ColumnProfile, operator: str) -> Any:
    kind = _type_of(column)
    if operator == "between":
        low, high = _ask_one(column, kind, "From", "low"), _ask_one(column, kind, "To", "high")
        return None if low is None or high is None else [low, high]
    if kind == "text" and operator != "contains" and 0 < column.n_distinct <= len(column.top_values):
        labels = [label for label, _count in column.top_values]
        return st.selectbox(
            "Value", labels, index=None, placeholder="Choose", key=f"condition_label_{column.name}", width=220
        )
    return _ask_one(column, kind, "Value", "value")


def _ask_one(column: ColumnProfile, kind: str, label: str, part: str) -> Any:
    key = f"condition_{part}_{column.name}"
    if kind == "number":
        return st.number_input(label, value=None, key=key, width=160, format="%g")
    if kind == "date":
        lowest, highest = (datetime.fromisoformat(str(edge)).date() for edge in (column.low, column.high))
        chosen = st.date_input(label, value=None, min_value=lowest, max_value=highest, key=key, width=180)
        return chosen.isoformat() if isinstance(chosen, date) else None
    return st.text_input(label, key=key, width=220) or None


def _rows(n: int) -> str:
    return "1 row" if n == 1 else f"{n:,} rows"


def _share(n: int, n_rows: int) -> str:
    share = n / n_rows if n_rows else 0.0
    return f"{share:.1%}" if share < 0.1 else f"{share:.0%}"
