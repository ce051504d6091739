"""Versions of the figures side by side: what each is worth, and what they say differently."""

from collections.abc import Sequence

import streamlit as st

from portal.ui.layout import note, section
from portal.ui.text import escape_markdown
from services.valuation.differences import differences
from services.valuation.queries import SavedValuation
from services.valuation.readings import readings
from services.valuation.uncertainty.simulation import simulate

_NOT_THERE = "not there"


def draw_versions(versions: Sequence[SavedValuation]) -> None:
    """Two versions to choose, the latest and the one before it at first. Nothing where there is only one."""
    if len(versions) < 2:
        note("Every change is a new version. From the second one on they stand here side by side.")
        return
    names = {
        one.version: f"Version {one.version} by {one.created_by_name}, {one.created_at.day} {one.created_at:%B}"
        for one in versions
    }
    numbers = list(names)
    with section("Versions side by side", "What each is worth, and what the two say differently."):
        with st.grid(2, min_column_width=280, gap="small"):
            first = st.selectbox("One", numbers, index=1, format_func=names.__getitem__, key=f"one of {numbers[0]}")
            second = st.selectbox(
                "Other", numbers, index=0, format_func=names.__getitem__, key=f"other of {numbers[0]}"
            )
        chosen = {one.version: one for one in versions if one.version in (first, second)}
        _draw_readings(chosen[first], chosen[second])
        _draw_differences(chosen[first], chosen[second])


def _draw_readings(one: SavedValuation, other: SavedValuation) -> None:
    columns = []
    for saved in (one, other):
        plan = saved.assumptions.plan
        gains = simulate(plan).worth.chance_of_gain
        found = {reading.name: reading.shown for reading in readings(plan)}
        columns.append(found | {"Simulations that gain, of 100": f"{gains * 100:.0f}"})
    names = [*columns[0], *(name for name in columns[1] if name not in columns[0])]
    st.table(
        {
            "": names,
            f"Version {one.version}": [columns[0].get(name, _NOT_THERE) for name in names],
            f"Version {other.version} ": [columns[1].get(name, _NOT_THERE) for name in names],
        },
        border="horizontal",
    )


def _draw_differences(one: SavedValuation, other: SavedValuation) -> None:
    found = differences(one.assumptions, other.assumptions)
    if not found:
        note("The two say the same.")
        return
    lines = [
        f"- **{escape_markdown(each.title)}**: {escape_markdown(each.before or _NOT_THERE)} → "
        f"{escape_markdown(each.after or _NOT_THERE)}"
        for each in found
    ]
    st.markdown("\n".join(lines))
