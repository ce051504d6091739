"""The figure of worth against cost."""

from portal.ui.figures.front import front_dots
from services.automl.front import COSTS
from services.automl.sentences import metric_label
from services.automl.serving_limits import ServingLimits
from tests.services.automl.test_podium import BEST, NEAR, in_money
from tests.services.automl.test_sentences import make_trial, make_view

SLOW = make_trial(5, value_amount=90_000.0, latency_ms=63.0, beyond_limits="too slow: 63 ms, at most 50 ms")
WORSE = make_trial(6, value_amount=60_000.0, latency_ms=40.0)


def test_the_front_is_joined_and_what_is_beyond_a_limit_is_crossed() -> None:
    run = in_money(BEST, NEAR, SLOW, WORSE)
    figure = front_dots(run, COSTS["latency"])
    assert [trace.name for trace in figure.data] == [
        "Another is better and costs no more",
        "Beyond a limit",
        "Nothing is better in both",
    ]
    front = figure.data[-1]
    assert (list(front.x), list(front.y)) == ([6.0, 30.0], [99_000.0, 100_000.0])
    assert len({trace.marker.symbol for trace in figure.data}) == 3
    assert "Linear model 2: €99k a year, 6.0 ms" in front.hovertext
    assert figure.layout.xaxis.type == "log"
    assert {"5", "10", "20"} <= set(figure.layout.xaxis.ticktext)  # not every digit


def test_a_limit_of_the_objective_is_drawn_with_its_name() -> None:
    run = make_view(BEST, NEAR, currency="EUR", limits=ServingLimits(row_ms=50.0))
    limit = front_dots(run, COSTS["latency"]).data[-1]
    assert (limit.name, list(limit.x)) == ("Limit of the objective, 50.0 ms", [50.0, 50.0])


def test_kinds_of_model_are_named_instead_of_counted() -> None:
    axis = front_dots(in_money(BEST, NEAR), COSTS["simplicity"]).layout.xaxis
    assert list(axis.ticktext) == ["one formula", "trees", "neither a formula nor trees"]


def test_without_payoffs_the_metric_is_the_height() -> None:
    figure = front_dots(make_view(make_trial(1, latency_ms=2.0)), COSTS["latency"])
    assert figure.layout.yaxis.title.text == metric_label("roc_auc")
    assert list(figure.data[0].y) == [0.8]
