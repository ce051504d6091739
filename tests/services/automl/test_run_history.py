"""What the runs of a project reached, one after another."""

from typing import Any

from services.automl.run_history import Checked, currency_of, describe_history, money_levels, score_levels
from services.automl.views import RunView
from tests.services.automl.test_sentences import make_trial, make_view


def run(number: int, *, score: float = 0.8, state: str = "finished", **changes: Any) -> RunView:
    amounts = {name: changes.pop(name) for name in ("value_amount", "value_low", "value_high") if name in changes}
    best = make_trial(1, score=score, score_low=score - 0.02, score_high=score + 0.02, **amounts)
    return make_view(best, id=f"r{number}", number=number, state=state, **changes)


def test_the_score_of_a_model_on_rows_kept_aside_counts_before_that_of_the_search() -> None:
    runs = [run(2, score=0.86, dataset_version=2), run(1, score=0.80)]
    levels = score_levels(runs, {"r2": Checked(0.84, 0.82, 0.87)})
    assert [(level.run_number, level.value, level.low) for level in levels] == [(1, 0.80, 0.78), (2, 0.84, 0.82)]
    assert [level.dataset_version for level in levels] == [1, 2]
    assert describe_history(runs, [], levels) == "Run 2 is better than run 1 by 0.040 in AUC"


def test_a_gain_within_the_interval_is_called_so_and_less_of_an_error_is_better() -> None:
    runs = [run(1, score=0.80), run(2, score=0.81)]
    said = describe_history(runs, [], score_levels(runs, {}))
    assert said == "Run 2 is better than run 1 by 0.010 in AUC, which lies within the interval of run 1"
    errors = [run(1, score=0.5, metric="log_loss"), run(2, score=0.9, metric="log_loss")]
    assert "Run 2 is worse than run 1 by 0.400" in describe_history(errors, [], score_levels(errors, {}))
    same = [run(1, score=0.8), run(2, score=0.8)]
    assert describe_history(same, [], score_levels(same, {})) == "Run 2 is as good as run 1"


def test_money_is_told_where_it_was_priced_and_only_in_the_newest_currency() -> None:
    runs = [
        run(1, currency="USD", value_amount=900_000.0),
        run(2, currency="EUR", value_amount=100_000.0, value_low=90_000.0, value_high=110_000.0),
        run(3, currency="EUR", value_amount=150_000.0),
        run(4),
    ]
    money = money_levels(runs)
    assert currency_of(runs) == "EUR"
    assert [(level.run_number, level.value) for level in money] == [(2, 100_000.0), (3, 150_000.0)]
    assert describe_history(runs, money, score_levels(runs, {})) == "Run 3 is better than run 2 by €50k a year"


def test_what_still_changes_found_nothing_or_has_another_metric_is_left_out() -> None:
    runs = [run(1, metric="log_loss"), run(2), run(3, state="running"), make_view(id="r4", number=4, state="failed")]
    assert [level.run_number for level in score_levels(runs, {})] == [2]
    assert money_levels(runs) == []
    assert currency_of(runs) is None
    assert score_levels([], {}) == []
