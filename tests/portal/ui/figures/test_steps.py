"""The graph of the steps of a run: every step below what it needs, and no two at one place."""

from portal.ui.figures.steps import step_graph, step_places
from services.portfolio.run_graph import FAILED, WAITING, RunStep

STEPS = (
    RunStep("file", "File", ""),
    RunStep("table", "Read", "", after=("file",)),
    RunStep("payoffs", "Payoffs", ""),
    RunStep("split", "Split", "", after=("table",), reused="run 1 dealt them alike"),
    RunStep("search", "Search", "", after=("split", "payoffs"), state=FAILED),
    RunStep("team", "Best model", "", after=("search",), state=WAITING),
    RunStep("holdout", "Hold-out check", "", after=("team",), state=WAITING),
    RunStep("explanation", "Explanation", "", after=("team",), state=WAITING),
)


def test_every_step_stands_below_what_it_needs_and_on_its_own() -> None:
    places = step_places(STEPS)
    for step in STEPS:
        assert all(places[before][1] < places[step.key][1] for before in step.after)
    assert len(set(places.values())) == len(STEPS)
    assert places["payoffs"][1] == places["search"][1] - 1


def test_each_state_has_a_name_and_each_need_a_line() -> None:
    figure = step_graph(STEPS)
    assert {trace.name for trace in figure.data if trace.showlegend is not False} <= {
        "Done", "Taken over", "Not yet", "Ended here",
    }  # fmt: skip
    assert sum(trace.mode == "lines" for trace in figure.data) == sum(len(step.after) for step in STEPS)
    shown = [title.strip() for trace in figure.data if trace.mode != "lines" for title in trace.text]
    assert sorted(shown) == sorted(step.title for step in STEPS)


def test_steps_after_one_that_is_not_shown_are_drawn_all_the_same() -> None:
    assert step_places((RunStep("holdout", "Hold-out check", "", after=("threshold",)),)) == {"holdout": (0.0, 0.0)}
