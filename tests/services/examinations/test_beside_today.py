"""The model beside today's rule on the same rows: paired, within capacity, and silent where there is too little."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from services.automl.preparation import Preparation
from services.automl.priced_rows import priced_judged
from services.examinations.beside_today import BesideToday, compare_with_today
from services.models.plain_rules import compare_with_plain
from tests.makers_prepared import Prepared, make_plain_table, make_prepared

RULE = "tenure < 20"


@pytest.fixture(scope="module")
def model() -> Prepared:
    return make_prepared(make_plain_table(1_500), todays_rule=RULE)


def beside(model: Prepared, preparation: Preparation | None = None) -> BesideToday:
    found = compare_with_today(preparation or model.preparation, model.copies.predictions, model.threshold)
    assert found is not None
    return found


def test_the_money_is_that_of_both_and_their_difference_is_paired(model: Prepared) -> None:
    found, priced = beside(model), priced_judged(model.preparation)
    assert priced is not None and model.threshold is not None
    scores = model.copies.predictions[model.preparation.judged, 1]
    assert found.model_yearly == pytest.approx(priced.yearly(scores, model.threshold), rel=0.1)
    typed = compare_with_today(model.preparation, model.copies.predictions, 0.4)
    assert typed is not None
    assert typed.model_yearly == pytest.approx(priced.yearly(scores, 0.4))
    plain = compare_with_plain(model.preparation, model.copies.predictions)
    assert plain is not None
    assert found.rule_yearly == pytest.approx(plain.alternatives[0].yearly_value)
    assert found.money is not None and found.rule_yearly is not None and found.model_yearly is not None
    assert found.money.value == pytest.approx(found.model_yearly - found.rule_yearly)
    assert found.money.low is not None and found.money.high is not None
    widths = plain.model_between, plain.alternatives[0].between
    apart = sum(((one.value_high or 0) - (one.value_low or 0)) ** 2 for one in widths) ** 0.5
    assert found.money.high - found.money.low < 0.9 * apart, "Rows that are hard for one are hard for the other."


def test_who_has_a_rule_as_good_as_the_model_is_told_that_chance_may_be_all(model: Prepared) -> None:
    """The rule decides as the model does, but misses five cases, and spares as many false alarms as pay for them."""
    preparation, priced = model.preparation, priced_judged(model.preparation)
    assert model.threshold is not None and priced is not None
    acted = model.copies.predictions[:, 1] >= model.threshold
    caught, alarms = np.flatnonzero(acted & priced.y), np.flatnonzero(acted & ~priced.y)
    acts = acted.astype(np.float64)
    acts[caught[:5]] = acts[alarms[: round(5 * priced.goal.payoffs.gain / priced.goal.payoffs.loss)]] = 0.0
    found = beside(model, replace(preparation, todays_answers=acts))
    assert found.is_enough
    assert found.money is not None and not found.money.is_clear
    same = beside(model, replace(preparation, todays_answers=acted.astype(np.float64)))
    assert (same.n_apart, same.is_enough) == (0, False)


def test_a_rule_beyond_capacity_acts_by_chance_and_may_do_no_more_than_the_model(model: Prepared) -> None:
    goal = model.preparation.money
    assert goal is not None
    tight = replace(model.preparation, money=replace(goal, capacity_rate=0.05))
    found, free = beside(model, tight), beside(model)
    share = float((model.copies.predictions[model.preparation.judged, 1] >= (model.threshold or 0)).mean())
    acts = model.preparation.todays_answers
    assert acts is not None
    assert found.rule_yearly == pytest.approx((free.rule_yearly or 0) * min(1, share / acts.mean()), rel=1e-6)


def test_the_interval_of_a_rule_by_chance_knows_that_its_share_varies(model: Prepared) -> None:
    from services.models.plain_rules import rule_money

    priced = priced_judged(model.preparation)
    assert priced is not None
    acts = np.random.default_rng(0).random(len(priced.y)) < 0.5
    bound, influences = rule_money(priced, acts, 0.1), []
    random = np.random.default_rng(2)
    for _ in range(400):
        rows = random.integers(0, len(acts), len(acts))
        influences.append(rule_money(priced.take(rows), acts[rows], 0.1).value)
    assert bound.influences.std() / len(acts) ** 0.5 == pytest.approx(np.std(influences), rel=0.15)


def test_without_payoffs_or_of_a_number_the_score_is_compared() -> None:
    free = make_prepared(make_plain_table(800), todays_rule=RULE, is_priced=False)
    found = beside(free)
    assert found.money is None
    assert found.score.method == "paired DeLong" and found.score.value > 0
    random = np.random.default_rng(3)
    table = pd.DataFrame({"size": random.uniform(1, 100, 400), "kind": random.integers(0, 2, 400).astype(float)})
    table["price"] = 3 * table["size"] + 20 * table["kind"] + random.normal(size=400)
    number = beside(make_prepared(table, target="price", todays_rule="3 * size + 10", is_priced=False))
    assert number.score.high is not None and number.score.high < 0, "An error that is smaller is a negative difference."
    assert number.n_apart == number.n


def test_where_nobody_said_a_rule_there_is_nothing_beside() -> None:
    plain = make_prepared(make_plain_table(300))
    assert compare_with_today(plain.preparation, plain.copies.predictions, plain.threshold) is None


def test_scores_that_know_nothing_seldom_beat_a_rule_that_knows_nothing(model: Prepared) -> None:
    """A threshold that earns most on the rows it is judged on finds something in any scores."""
    preparation, random = model.preparation, np.random.default_rng(0)
    priced = priced_judged(preparation)
    assert priced is not None
    n, n_better = len(preparation.train), 0
    rule = np.full(n, float(priced.everyone_yearly > 0))
    for _ in range(60):
        scores = random.random(n)
        said, threshold = np.column_stack([1 - scores, scores]), priced.threshold(scores[preparation.judged])
        found = compare_with_today(replace(preparation, todays_answers=rule), said, threshold)
        assert found is not None and found.money is not None and found.money.low is not None
        assert found.money.high is not None
        n_better += found.money.low > 0
    assert n_better <= 4
