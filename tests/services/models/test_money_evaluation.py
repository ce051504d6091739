"""A model whose rows have their own amounts: threshold, hold-out, plain rules and today's rule, priced alike."""

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from services.audit.canonical import canonical_json
from services.automl.preparation import Preparation, prepare
from services.automl.priced_rows import PricedRows, priced_holdout, priced_judged
from services.models.choosing import Tried
from services.models.finishing import FinishedModel, finish
from services.models.money_evaluation import choose_threshold, curve_points, money_report
from services.models.outcomes import outcome_at
from services.models.plain_rules import compare_with_plain
from services.models.report import Evaluation
from services.models.sentences import describe_evaluated_amounts
from services.reviews.stakes import price
from services.valuation.details import Details
from services.valuation.row_amounts import AmountRule
from tests.makers_automl import CANDIDATES, FEATURES, finished, make_cases, make_goal, prepared, trained
from tests.makers_money import CALLS

FIGURES = replace(
    CALLS,
    caught_value_amount=100.0,
    success_rate=0.33,
    action_amount=10.0,
    false_alarm_amount=0.0,
    cases_per_month=1_000.0,
    base_rate=0.2,
    capacity_per_month=400.0,
    details=Details(amount_formula="where(months > 55, 1 / 0, spend - 20)"),
)
RULE = AmountRule("where(months > 55, 1 / 0, spend - 20)", usual_amount=100.0, success_rate=0.33)


@cache
def by_row(base_rate: float | None = None, capacity: float | None = None) -> Preparation:
    goal = make_goal(amounts=RULE, base_rate=base_rate, capacity_rate=capacity)
    return prepare(
        make_cases(), target="left", feature_columns=FEATURES, n_folds=3, money=goal, todays_rule="months < 9"
    )


@cache
def model() -> FinishedModel:
    return finish(by_row(), [Tried(CANDIDATES["linear"], trained("linear").predictions)])


def rows_of(preparation: Preparation) -> PricedRows:
    rows = priced_holdout(preparation)
    assert rows is not None
    return rows


def test_the_threshold_is_chosen_out_of_fold_on_the_amounts_of_those_rows() -> None:
    predictions, judged = trained("linear").predictions, priced_judged(by_row())
    assert judged is not None
    threshold, _ = choose_threshold(by_row(), predictions)
    assert threshold == judged.threshold(predictions[by_row().judged, 1]) == model().threshold
    assert threshold != choose_threshold(prepared(with_money=True), predictions)[0]


@pytest.mark.parametrize(("base_rate", "capacity"), [(None, None), (0.2, None), (0.2, 0.4), (None, 0.1)])
def test_the_hold_out_is_priced_row_by_row(base_rate: float | None, capacity: float | None) -> None:
    preparation = by_row(base_rate, capacity)
    p = np.linspace(0.01, 0.99, len(preparation.holdout))
    report = money_report(preparation, np.column_stack([1 - p, p]), 0.4, "")
    assert report is not None
    y, amount = preparation.holdout.y == 1, preparation.holdout.amounts
    assert amount is not None
    amount = np.where(np.isnan(amount) | (amount < 0), 100.0, amount)
    weight = np.ones(len(y))
    if base_rate is not None:
        weight = np.where(y, base_rate / y.mean(), (1 - base_rate) / (1 - y.mean()))
    worth = weight * np.where(y, 23.0 + 0.33 * (amount - 100.0), -10.0) / weight.sum() * 12_000
    assert report.yearly_value == pytest.approx(worth[p >= 0.4].sum())
    share = 1.0 if capacity is None else capacity
    assert report.treat_all == pytest.approx(share * worth.sum())
    assert report.perfect >= max(0.0, report.treat_all, report.yearly_value if capacity is None else 0.0)
    if capacity is None:
        assert report.perfect == pytest.approx(worth[worth > 0].sum())
    assert report.low is not None
    assert report.high is not None
    assert report.low < report.yearly_value < report.high
    assert report.caught_amount == pytest.approx(amount[y & (p >= 0.4)].mean())


def test_each_point_of_the_curve_is_the_report_at_its_threshold() -> None:
    p = trained("linear").predictions[: len(by_row().holdout), 1]
    p = np.nan_to_num(p, nan=0.5)
    both = np.column_stack([1 - p, p])
    for point in curve_points(by_row(), both)[::7]:
        report = money_report(by_row(), both, point.threshold, "")
        assert report is not None
        assert report.yearly_value == pytest.approx(point.yearly_value)
        assert (report.caught_amount, report.recall) == pytest.approx((point.caught_amount, point.recall))


def test_the_evaluation_says_in_how_many_rows_the_usual_value_counted() -> None:
    evaluation = model().evaluation
    assert evaluation.money is not None
    found = evaluation.money.amounts
    assert found is not None
    assert found.n_rows == evaluation.n_holdout
    assert found.n_usual > 0
    said = describe_evaluated_amounts(evaluation)
    assert said.startswith(f"The value of a caught case is that of its row: {RULE.formula}.")
    assert f"Priced at the usual value of €100 in {found.n_usual} of 80 rows: " in said
    assert describe_evaluated_amounts(finished("linear", with_money=True).evaluation) == ""


def test_it_is_stored_and_comes_back_as_it_was() -> None:
    stored = json.loads(canonical_json(model().evaluation.document()))
    assert Evaluation.from_document(stored) == model().evaluation
    assert stored["money"]["amounts"]["formula"] == RULE.formula


def test_without_a_formula_a_report_is_written_as_before() -> None:
    """The same keys, so that what was stored before keeps its hash when it is written again."""
    money = finished("linear", with_money=True).evaluation.document()["money"]
    assert money is not None
    assert not {"amounts", "caught_amount"} & money.keys()
    assert list(money)[-2:] == ["chosen_on", "reported_on"]
    point = finished("linear", with_money=True).evaluation.document()["profit_curve"][1]
    assert list(point) == ["share_acted", "threshold", "yearly_value", "low", "high", "recall", "precision"]


def test_plain_rules_and_todays_rule_stand_beside_the_model_on_the_same_amounts() -> None:
    judged, preparation = priced_judged(by_row()), by_row()
    assert judged is not None
    found = compare_with_plain(preparation, trained("linear").predictions)
    assert found is not None
    today, first, *_ = found.alternatives
    acts = make_cases()["months"].to_numpy()[preparation.train.positions[preparation.judged]] < 9
    assert today.name == "rule used today"
    assert today.yearly_value == pytest.approx(judged.worth[acts].sum() / len(acts) * 12_000)
    assert found.everyone_value == pytest.approx(judged.worth.mean() * 12_000)
    assert found.model_value == judged.best_yearly(trained("linear").predictions[preparation.judged, 1])
    assert first.yearly_value is not None
    plain = compare_with_plain(prepared(with_money=True), trained("linear").predictions)
    assert plain is not None
    assert plain.everyone_value != found.everyone_value


def test_amounts_that_reverse_which_candidate_is_better_reverse_the_choice() -> None:
    """Who stays short is many and small; who stays long is few and large. Each candidate sees one of them."""
    random = np.random.default_rng(1)
    n = 600
    kind = random.choice(["small", "large", "none"], n, p=[0.4, 0.1, 0.5])
    fee = np.select([kind == "small", kind == "large"], [10.0, 4_000.0], 40.0)
    frame = pd.DataFrame({"x": random.random(n), "fee": fee, "left": np.where(kind == "none", "No", "Yes")})
    chosen = []
    for amounts in (None, AmountRule("fee", 100.0, 0.33)):
        goal = make_goal(amounts=amounts)
        preparation = prepare(frame, target="left", feature_columns=["x"], money=goal, positive_label="Yes")
        seen = {name: np.where(kind[preparation.train.positions] == name, 0.9, 0.2) for name in ("small", "large")}
        values = {}
        for name, p in seen.items():
            judged = priced_judged(preparation)
            assert judged is not None
            values[name] = judged.best_yearly(p[preparation.judged])
        chosen.append(max(values, key=values.__getitem__))
    assert chosen == ["small", "large"]


def test_a_sign_off_prices_what_the_page_of_the_model_shows() -> None:
    """The same figures: the same money, with its interval, at the proposed threshold and at another."""
    figures = replace(FIGURES, base_rate=float(by_row().holdout.y.astype(bool).mean()), capacity_per_month=None)
    evaluation = model().evaluation
    assert evaluation.money is not None
    for threshold in (evaluation.money.threshold, evaluation.profit_curve[20].threshold):
        outcome, stakes = outcome_at(evaluation, threshold), price(evaluation, figures, threshold)
        assert outcome is not None
        assert stakes is not None
        assert stakes.yearly_value == pytest.approx(outcome.yearly_value)
        assert stakes.low == outcome.low is not None
        assert not stakes.is_by_usual_value


def test_under_figures_without_the_formula_a_sign_off_prices_all_cases_alike() -> None:
    figures = replace(FIGURES, base_rate=0.5, details=None)
    with_formula = price(model().evaluation, replace(figures, details=FIGURES.details), 0.4)
    alike = price(model().evaluation, figures, 0.4)
    other = price(model().evaluation, replace(figures, details=Details(amount_formula="spend")), 0.4)
    assert alike is not None
    assert other is not None
    assert with_formula is not None
    assert alike.yearly_value == other.yearly_value != with_formula.yearly_value
    assert [each.is_by_usual_value for each in (alike, other, with_formula)] == [False, True, False]
    per_case = 0.5 * alike.recall * 23.0 - (alike.share_acted - 0.5 * alike.recall) * 10.0
    assert alike.yearly_value == pytest.approx(per_case * 12_000)


def test_the_perfect_choice_is_worth_no_less_than_the_model() -> None:
    money = model().evaluation.money
    assert money is not None
    assert money.perfect >= money.yearly_value
    assert money.perfect == rows_of(by_row()).perfect_yearly
