"""A search that goes on, in words."""

from dataclasses import replace
from datetime import timedelta

from services.automl import live
from tests.services.automl.test_sentences import MOMENT, make_trial, make_view


def test_the_first_usable_model_is_the_first_that_ended() -> None:
    late, early = make_trial(1, second=9.0), make_trial(2, "lightgbm", second=4.0, score=0.84)
    run = make_view(late, early)
    assert live.describe_first_model(run) == "A first usable model after 4 s: Gradient boosting, AUC 0.840."
    rich = make_view(replace(early, value_amount=120_000.0), currency="EUR")
    assert live.describe_first_model(rich) == (
        "A first usable model after 4 s: Gradient boosting, AUC 0.840, €120k a year."
    )
    assert live.describe_first_model(make_view()) is None
    assert live.describe_first_model(make_view(make_trial(1, beyond_limits="too slow: 63 ms, at most 20 ms"))) is None


def test_a_restriction_says_what_is_tried() -> None:
    assert live.describe_restriction(make_view()) is None
    assert live.describe_restriction(make_view(families=("linear", "lightgbm"))) == (
        "It tries only linear model and gradient boosting."
    )
    narrowed = make_view(families=("linear", "lightgbm"), only_families=("lightgbm",))
    assert live.describe_restriction(narrowed) == "Only gradient boosting is tried now."


def test_a_plateau_comes_with_its_numbers() -> None:
    best = make_trial(2, score=0.9006, second=20.0)
    others = [make_trial(number, score=0.8, second=10.0 * number) for number in range(3, 33)]
    run = make_view(make_trial(1, score=0.9, second=10.0), best, *others, used_seconds=320.0)
    assert live.describe_plateau(run) == (
        "No better model in the last 30 of 32 variants (5 min). If the next are like these, 10 more find a better one "
        "in about 2 of 10 cases; the last gain was 0.0006. Stopping now would probably lose little."
    )
    assert live.describe_plateau(replace(run, state="finished")) is None
    assert live.describe_plateau(make_view(best)) is None


def test_a_plateau_in_money_names_the_last_gain_in_money() -> None:
    trials = [make_trial(1, value_amount=100_000.0), make_trial(2, value_amount=103_000.0)]
    trials += [make_trial(number, value_amount=90_000.0, score=0.99) for number in range(3, 30)]
    assert "the last gain was €3k a year" in (live.describe_plateau(make_view(*trials, currency="EUR")) or "")


def test_the_latest_happenings_come_first_and_name_each_new_best() -> None:
    trials = [
        make_trial(1, score=0.8),
        make_trial(2, "lightgbm", score=0.85),
        make_trial(3, score=0.7),
        make_trial(4, state="failed", score=None, failure="It took longer than 25 s."),
    ]
    ended = [replace(t, finished_at=MOMENT + timedelta(seconds=t.second)) for t in trials]
    run = make_view(*ended, make_trial(5, state="running", score=None))
    assert [item.what for item in live.list_happenings(run, limit=3)] == [
        "Linear model 4 gave no model: It took longer than 25 s.",
        "Linear model 3, AUC 0.700.",
        "Gradient boosting 2, AUC 0.850, the best so far.",
    ]
    assert live.list_happenings(run, limit=9)[-1].at == ended[0].finished_at


def test_folds_say_how_much_the_rows_decide() -> None:
    trial = make_trial(1, fold_scores=(0.79, 0.81, 0.80))
    assert live.describe_folds(trial) == "3 folds, 0.790 to 0.810: so much depends on the rows it is judged on"
    assert live.describe_folds(make_trial(1, fold_scores=(0.8,))) is None
