"""Which model of a run to take: three worth a look, and what each costs against what it is worth."""

import streamlit as st

from portal.ui.charts import kept_chart
from portal.ui.figures.front import front_dots
from portal.ui.layout import note, section
from portal.ui.text import escape_markdown
from services.automl.front import COSTS, describe_front, measured_costs, pareto_front
from services.automl.podium import Place, describe_podium, name_in_run, podium
from services.automl.sentences import format_result, format_score, metric_label
from services.automl.views import RunView


def draw_podium(run: RunView) -> None:
    """Best, simplest and fastest, then worth against cost; nothing while there is only one model."""
    if run.n_complete < 2:
        return
    places = podium(run)
    if places:
        words = "Out of fold, in the search. Simplest and fastest are worth at most 2% less than the best"
        with section(escape_markdown(describe_podium(run, places)), words), st.grid(3, min_column_width=220):
            for place in places:
                _draw_place(run, place)
    _draw_front(run)


def _draw_place(run: RunView, place: Place) -> None:
    trial = place.trial
    worth = f"{format_result(run, trial)} a year · " if run.has_money else ""
    with st.container(border=True, height="stretch", gap="xxsmall"):
        note(place.title)
        st.markdown(f"**{escape_markdown(name_in_run(trial))}**")
        st.markdown(escape_markdown(f"{worth}{metric_label(run.metric)} {format_score(trial.score)}"))
        note(escape_markdown(place.words[:1].upper() + place.words[1:]))


def _draw_front(run: RunView) -> None:
    names = measured_costs(run)
    if not names:
        return
    pressed = str(st.session_state.get("cost", ""))
    chosen = pressed if pressed in names else names[0]
    cost = COSTS[chosen]
    said = describe_front(run, pareto_front(run, cost), cost)
    with section(escape_markdown(said), "Each dot is a model that was tried, at what was measured of it"):
        st.segmented_control(
            "Against",
            names,
            default=names[0],
            required=True,
            format_func=lambda name: COSTS[name].label,
            key="cost",
        )
        alt = f"{'Yearly value' if run.has_money else metric_label(run.metric)} against {cost.label.lower()}. {said}."
        shown = (run.id, run.state, run.generation, run.n_complete, chosen)
        kept_chart(lambda: front_dots(run, cost), alt, of=("front", *shown), key="front")
