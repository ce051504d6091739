"""The figure of a run."""

from portal.ui.figures.run import trial_dots
from services.automl.family_names import FAMILY_LABELS
from tests.services.automl.test_sentences import make_trial, make_view


def test_each_trial_is_a_dot_of_its_kind_and_the_best_never_falls() -> None:
    run = make_view(
        make_trial(1, score=0.80), make_trial(2, "lightgbm", score=0.85), make_trial(3, score=0.82), n_complete=3
    )
    figure = trial_dots(run)
    assert [trace.name for trace in figure.data] == ["Linear model", "Gradient boosting", "Best so far"]
    assert list(figure.data[-1].y) == [0.80, 0.85, 0.85, 0.85]
    assert len({trace.marker.symbol for trace in figure.data[:-1]}) == 2


def test_what_is_beyond_a_limit_is_never_the_best_so_far() -> None:
    slow = make_trial(2, score=0.95, beyond_limits="too slow: 63 ms, at most 20 ms")
    figure = trial_dots(make_view(make_trial(1, score=0.80), slow))
    assert set(figure.data[-1].y) == {0.80}


def test_where_less_is_better_the_best_never_rises() -> None:
    run = make_view(make_trial(1, score=0.5), make_trial(2, score=0.6), metric="log_loss", greater_is_better=False)
    assert list(trial_dots(run).data[-1].y) == [0.5, 0.5, 0.5]


def test_money_has_its_references_named_at_their_lines() -> None:
    run = make_view(
        make_trial(1, value_amount=298_000.0),
        currency="EUR",
        references={"nothing": 0.0, "everyone": 92_000.0, "break_even": 56_000.0},
    )
    words = [annotation.text for annotation in trial_dots(run).layout.annotations]
    assert words == ["Acting on everyone €92k", "Break-even €56k"]


def test_references_that_would_write_over_each_other_share_a_label() -> None:
    run = make_view(
        make_trial(1, value_amount=298_000.0),
        currency="EUR",
        references={"nothing": 0.0, "everyone": 49_000.0, "break_even": 52_000.0},
    )
    words = [annotation.text for annotation in trial_dots(run).layout.annotations]
    assert words == ["Acting on everyone €49k · Break-even €52k"]


def test_a_reference_far_below_does_not_flatten_the_dots() -> None:
    run = make_view(
        make_trial(1, value_amount=100_000.0), currency="EUR", references={"everyone": -3_000_000.0, "break_even": 0.0}
    )
    assert trial_dots(run).layout.yaxis.range[0] > -100_000


def test_dots_that_would_be_one_line_are_looked_at_closely_and_the_references_are_named_below() -> None:
    trials = [make_trial(number, value_amount=700_000.0 + 1_000 * number) for number in range(1, 7)]
    run = make_view(*trials, currency="EUR", references={"nothing": 0.0, "everyone": 437_000.0, "break_even": 56_000.0})
    figure = trial_dots(run)
    low, high = figure.layout.yaxis.range
    assert 437_000 < low < 700_000  # room for the words below the lowest dot
    assert high < 710_000
    assert [note.text for note in figure.layout.annotations] == ["↓ Acting on everyone €437k · Break-even €56k"]


def test_a_short_search_counts_seconds_and_a_long_one_minutes() -> None:
    assert trial_dots(make_view(make_trial(1), used_seconds=30.0, eta_seconds=60.0)).layout.xaxis.title.text == (
        "Seconds of search"
    )
    assert trial_dots(make_view(make_trial(1))).layout.xaxis.title.text == "Minutes of search"


def test_a_run_without_models_gives_an_empty_figure() -> None:
    assert len(trial_dots(make_view()).data) == 0


def test_no_two_kinds_of_model_look_the_same() -> None:
    kinds = [*FAMILY_LABELS, "made_elsewhere", "other_make"]
    run = make_view(*(make_trial(number, kind) for number, kind in enumerate(kinds, start=1)))
    dots = trial_dots(run).data[:-1]
    assert len({(trace.marker.color, trace.marker.symbol) for trace in dots}) == len(dots) == len(kinds)
