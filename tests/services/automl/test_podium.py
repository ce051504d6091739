"""The three models of a run worth a look."""

from services.automl.podium import describe_podium, podium
from services.automl.views import RunView, TrialView
from tests.services.automl.test_sentences import make_trial, make_view

BEST = make_trial(
    1,
    "neural_network",
    value_amount=100_000.0,
    value_low=80_000.0,
    value_high=118_000.0,
    latency_ms=30.0,
    size_bytes=9e6,
)
NEAR = make_trial(2, "linear", value_amount=99_000.0, latency_ms=6.0, size_bytes=1e5)
QUICK = make_trial(3, "lightgbm", value_amount=98_500.0, latency_ms=3.0, size_bytes=1e6)
FAR = make_trial(4, "linear", value_amount=50_000.0, latency_ms=1.0, size_bytes=1e4)


def in_money(*trials: TrialView) -> RunView:
    return make_view(*trials, currency="EUR")


def places(run: RunView) -> list[tuple[str, int]]:
    return [(place.title, place.trial.number) for place in podium(run)]


def test_best_simplest_and_fastest_each_within_two_per_cent() -> None:
    assert places(in_money(BEST, NEAR, QUICK, FAR)) == [
        ("Best value", 1),
        ("Simplest within 2%", 2),
        ("Fastest within 2%", 3),
    ]


def test_each_place_says_what_it_costs_and_gives_up() -> None:
    assert [place.words for place in podium(in_money(BEST, NEAR, QUICK))] == [
        "95% interval €80k to €118k",
        "one formula, a file of 0.1 MB; €1k a year less",
        "answers one row in 3.0 ms; €1.5k a year less",
    ]


def test_one_model_may_stand_on_every_place() -> None:
    run = in_money(NEAR, FAR)
    assert places(run) == [("Best value", 2), ("Simplest within 2%", 2), ("Fastest within 2%", 2)]
    assert describe_podium(run, podium(run)) == (
        "Linear model 2 is best with €99k a year and is simplest and fastest too"
    )


def test_the_headline_names_one_that_costs_less() -> None:
    run = in_money(BEST, NEAR, QUICK)
    assert describe_podium(run, podium(run)) == (
        "Neural network 1 is best with €100k a year; Linear model 2 is nearly as good and costs less"
    )


def test_what_is_beyond_a_limit_does_not_stand_there() -> None:
    slow = make_trial(5, value_amount=900_000.0, beyond_limits="too slow: 63 ms, at most 20 ms")
    assert places(in_money(slow, NEAR))[0] == ("Best value", 2)
    assert podium(in_money(slow)) == ()


def test_without_payoffs_the_metric_counts_in_its_direction() -> None:
    errors = [
        make_trial(1, "lightgbm", score=10.0, score_low=9.0, score_high=11.5, latency_ms=5.0),
        make_trial(2, "linear", score=10.1, latency_ms=2.0),
        make_trial(3, score=12.0, latency_ms=1.0),
    ]
    run = make_view(*errors, metric="rmse", greater_is_better=False)
    assert places(run) == [("Best score", 1), ("Fastest within 2%", 2)]
    assert podium(run)[0].words == "95% interval 9.000 to 11.500"
    assert "0.1000 behind in " in podium(run)[1].words


def test_what_was_not_measured_is_said() -> None:
    run = in_money(make_trial(1, value_amount=10_000.0))
    assert [place.words for place in podium(run)] == ["how sure that is was not measured"]
    assert describe_podium(run, podium(run)) == "Linear model 1 is best with €10k a year"
