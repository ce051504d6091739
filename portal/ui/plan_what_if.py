"""Sliders over the figures that matter: the worth is computed anew while one moves, and nothing is saved."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from portal.ui.charts import chart
from portal.ui.figures.plan import exceedance_figure
from portal.ui.forms.drafts import show_problems
from portal.ui.layout import note
from portal.ui.text import escape_markdown
from services.errors import InvalidInputError
from services.valuation.amounts import format_money
from services.valuation.assumptions import Assumptions
from services.valuation.business_case import make_business_case
from services.valuation.details import Details
from services.valuation.reference_policies import task_in_words
from services.valuation.uncertainty.estimates import Estimate
from services.valuation.uncertainty.sentences import chance_title, worth_sentence
from services.valuation.uncertainty.simulation import Spread, simulate

_MOST_TIMES = 3  # a slider reaches from nothing to so many times the saved figure
_STEPS = 60


@dataclass(frozen=True, slots=True)
class _Slider:
    name: str
    label: str
    is_rate: bool = False


_SLIDERS = (
    _Slider("caught_value_amount", "Value of a caught case"),
    _Slider("success_rate", "Acting works, % of cases", is_rate=True),
    _Slider("cases_per_month", "Cases a month"),
    _Slider("base_rate", "Cases that matter, %", is_rate=True),
    _Slider("quality", "Pairs a model ranks right, of 100"),
    _Slider("project_amount", "Cost of the project"),
)


@st.fragment
def draw_what_if(
    assumptions: Assumptions, worth: Spread, *, key: str, save: Callable[[Assumptions], None] | None
) -> None:
    """The sliders, and what they make of the worth beside the saved figures.

    Parameters
    ----------
    worth
        Of the saved figures.
    save
        Called with the figures of the sliders when somebody wants to keep them; None for those who may not.
    """
    with st.grid(3, min_column_width=240, gap="small"):
        moved = {slider.name: _draw_slider(slider, assumptions, key) for slider in _SLIDERS}
    try:
        changed = _changed(assumptions, moved)
        simulation = simulate(changed.plan)
    except InvalidInputError as error:
        show_problems(error)
        return
    if changed == assumptions:
        note("All stand as saved. Move one to see what it changes; nothing is saved until you say so.")
        return
    by = simulation.worth.percentile(50) - worth.percentile(50)
    amount = escape_markdown(format_money(by, assumptions.currency, sign=True))
    st.markdown(f"**{escape_markdown(worth_sentence(simulation))}**")
    note(f"{amount} against the saved figures. {escape_markdown(task_in_words(make_business_case(changed)))}")
    chart(exceedance_figure(simulation, worth), chance_title(simulation), key=f"what if {key}")
    if save is not None and st.button("Save these as a new version", key=f"keep {key}"):
        save(changed)


def _draw_slider(slider: _Slider, assumptions: Assumptions, key: str) -> float | None:
    """The figure as moved; None where it stands as saved."""
    known = assumptions.quality.mode if slider.name == "quality" else float(getattr(assumptions, slider.name))
    if slider.name == "quality":
        low, high, shown, step = 50.0, 100.0, known * 100, 1.0
    elif slider.is_rate:
        low, high, shown, step = (0.5 if slider.name == "base_rate" else 0.0), 99.5, known * 100, 0.5
        high = 100.0 if slider.name == "success_rate" else high
    else:
        top = _MOST_TIMES * (known or 10_000.0)
        low, high, shown, step = (0.0 if slider.name != "cases_per_month" else top / _STEPS), top, known, top / _STEPS
    start = min(high, max(low, low + round((shown - low) / step) * step))
    place = st.slider(slider.label, low, high, start, step, format="localized", key=f"{slider.name} {key}")
    if abs(place - start) < step / 2:
        return None
    return place / 100 if slider.is_rate or slider.name == "quality" else place


def _changed(assumptions: Assumptions, moved: dict[str, float | None]) -> Assumptions:
    figures: dict[str, Any] = {name: value for name, value in moved.items() if value is not None}
    likely = figures.pop("quality", None)
    if likely is not None:
        by = likely - assumptions.quality.mode
        low, high = (min(1.0, max(0.5, end + by)) for end in (assumptions.quality.low, assumptions.quality.high))
        quality = Estimate(min(low, likely), max(high, likely), likely)
        figures["details"] = replace(assumptions.details or Details(), quality=quality)
    return replace(assumptions, **figures) if figures else assumptions
