"""The map of a search: paths through parameters and results, and the part of them a person looks at."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from portal.ui.charts import brush_chart
from portal.ui.figures import search_map as figures
from portal.ui.layout import note, section
from portal.ui.leaderboard import leaderboard_columns, leaderboard_rows
from portal.ui.text import escape_markdown
from services.automl import map_sentences as words
from services.automl.hyperparameters import Axis, Brush, within
from services.automl.importance import BEST_SHARE
from services.automl.pins import Pinned
from services.automl.ranking import rank_trials
from services.automl.search_map import SearchMap
from services.automl.sentences import count_of
from services.automl.views import TrialView
from services.valuation.amounts import format_money

MOST_AXES, LISTED = 4, 200
_CHART, _N_STOPS = "parallel", 41


def draw_parallel(shown: SearchMap) -> list[TrialView]:
    """All variants as paths, the brush, and beside it the table of what lies inside; returns those, best first."""
    head, body = st.container(), st.container()
    with st.expander("Narrow down by numbers", icon=":material/tune:"):
        axes: list[Axis] = [*_choose_axes(shown), *shown.results]
        brushes = _ask_brushes(shown.family, axes)
    inside = within(shown.trials, list(brushes.values()))
    ranked = rank_trials([t for t in inside if t.score is not None], greater_is_better=shown.run.greater_is_better)
    finding = words.describe_brush(shown.run, len(shown.trials), inside, is_brushed=bool(brushes))
    with head, section(finding, "Each path is one variant. Draw a box over a part of a line to narrow down"):
        pass
    with body:
        left, right = st.columns([7, 4], gap="large")
        with left:
            figure = figures.parallel_coordinates(
                [_column(shown, axis) for axis in axes],
                _lines(shown, axes, inside),
                {place: (b.low, b.high) for place, axis in enumerate(axes) if (b := brushes.get(axis.name))},
            )
            brush_chart(
                figure,
                f"Paths through parameters and results. {finding}.",
                key=_CHART,
                on_brush=_Take(shown.family, tuple(axes)),
            )
            st.button(
                "Clear the brush",
                icon=":material/ink_eraser:",
                disabled=not brushes,
                on_click=_clear,
                args=(shown.family, axes),
            )
        with right:
            _draw_table(shown, ranked)
    return ranked


def _column(shown: SearchMap, axis: Axis) -> figures.Column:
    if axis.name == "value_amount" and shown.run.currency:
        return figures.Column(axis.label, *(format_money(end, shown.run.currency) for end in (axis.low, axis.high)))
    return figures.Column(axis.label, axis.label_at(0.0), axis.label_at(1.0))


def _lines(shown: SearchMap, axes: Sequence[Axis], inside: Sequence[TrialView]) -> list[figures.Line]:
    ranked = rank_trials([t for t in inside if t.score is not None], greater_is_better=shown.run.greater_is_better)
    best = {trial.number for trial in ranked[: max(1, round(len(ranked) * BEST_SHARE))]}
    there = {trial.number for trial in inside}

    def group(trial: TrialView) -> str:
        if trial.number in best:
            return "Best"
        if trial.number not in there:
            return "Outside"
        return "Inside" if trial.score is not None else "No model"

    return [figures.Line(tuple(axis.place(trial) for axis in axes), group(trial)) for trial in shown.trials]


def _draw_table(shown: SearchMap, ranked: Sequence[TrialView]) -> None:
    items = [Pinned(shown.run, trial) for trial in ranked[:LISTED]]
    if not items:
        note("Nothing inside the brush gave a model.")
        return
    columns = ["Model", *(["Value"] if shown.run.has_money else []), "Score"]
    st.dataframe(
        [{name: row[name] for name in columns} for row in leaderboard_rows(items)],
        hide_index=True,
        height=380,
        alt=f"{count_of(len(items), 'variant')} inside the brush, best first",
        column_config=leaderboard_columns(items),
        key="inside",
    )


def _choose_axes(shown: SearchMap) -> list[Axis]:
    """The parameters to draw; those that decide most at first."""
    labels = {axis.label: axis for axis in shown.axes}
    key, first = f"drawn_{shown.family}", list(labels)[:MOST_AXES]
    chosen = st.multiselect("Parameters drawn", list(labels), default=first, key=key, bind="query-params")
    return [labels[label] for label in chosen]


def _ask_brushes(family: str, axes: Sequence[Axis]) -> dict[str, Brush]:
    """A slider for each axis, which the address remembers. An axis whose slider spans everything is not brushed."""
    brushes = {}
    with st.grid(3, min_column_width=240, gap="medium"):
        for axis in axes:
            stops = _stops(axis)
            if len(stops) < 2:
                continue
            low, high = st.select_slider(
                escape_markdown(axis.label),
                list(stops),
                value=(next(iter(stops)), next(reversed(stops))),
                key=_key(family, axis),
                bind="query-params",
            )
            if (low, high) != (next(iter(stops)), next(reversed(stops))):
                brushes[axis.name] = Brush(axis, stops[low], stops[high])
    return brushes


def _stops(axis: Axis) -> dict[str, float]:
    """Words for places along the axis, from its lower to its upper end; the ends are exact."""
    n = len(axis.options) if axis.kind == "choice" else _N_STOPS
    places = [step / max(1, n - 1) for step in range(n)]
    stops: dict[str, float] = {}
    for place in places:
        stops.setdefault(axis.label_at(place), place)
    stops[next(reversed(stops))] = 1.0
    return stops


@dataclass(frozen=True)
class _Take:
    """Turns a drawn box into sliders: every line it crosses is brushed, or else the nearest one."""

    family: str
    axes: tuple[Axis, ...]

    def __call__(self) -> None:
        boxes = st.session_state[_CHART]["selection"]["box"]
        for box in boxes:
            left, right = sorted(map(float, box["x"]))
            low, high = sorted(map(float, box["y"]))
            crossed = [place for place in range(len(self.axes)) if left <= place <= right]
            for place in crossed or [min(range(len(self.axes)), key=lambda p: abs(p - (left + right) / 2))]:
                self._brush(self.axes[place], low, high)

    def _brush(self, axis: Axis, low: float, high: float) -> None:
        stops = _stops(axis)
        names = list(stops)
        caught = [name for name in names if low <= stops[name] <= high]
        if not caught:
            nearest = min(names, key=lambda name: abs(stops[name] - (low + high) / 2))
            caught = [nearest]
        st.session_state[_key(self.family, axis)] = (caught[0], caught[-1])


def _clear(family: str, axes: Sequence[Axis]) -> None:
    for axis in axes:
        stops = list(_stops(axis))
        if len(stops) > 1:
            st.session_state[_key(family, axis)] = (stops[0], stops[-1])


def _key(family: str, axis: Axis) -> str:
    return f"brush_{family}_{axis.name}"
