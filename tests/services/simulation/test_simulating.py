"""The simulation without a job: what it may claim, keeps to, and says of models that a lever does not move."""

from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd
import pytest

from services.automl.candidates import Candidate
from services.automl.preparation import Preparation, prepare
from services.automl.training import fit_pipeline, new_pipeline
from services.errors import InvalidInputError
from services.proposals.lever import Lever
from services.simulation.cases import Terms
from services.simulation.ortools_bound import is_installed
from services.simulation.simulated import Simulated
from services.simulation.simulating import simulate
from services.simulation.worth import Worth
from tests.makers_datasets import make_frame
from tests.makers_simulation import CONTRACT

LINEAR = Candidate("linear", {"numbers": "standard", "strength": 1.0})
FRAME = make_frame(400)
TERMS = Terms(
    worth=Worth(480.0),
    worth_in_words="as the payoffs say",
    currency="EUR",
    base_rate=0.3,
    cases_per_month=1_000.0,
    budget_amount=None,
    capacity=None,
    is_guarded=True,
)


@cache
def prepared(*columns: str) -> Preparation:
    return prepare(FRAME, target="churn", positive_label="Yes", feature_columns=columns or None)


def run(lever: Lever = CONTRACT, *columns: str, said: list[float] | None = None, **terms: Any) -> Simulated:
    preparation = prepared(*columns)
    pipeline = fit_pipeline(new_pipeline(preparation, LINEAR), LINEAR, preparation.train.x, preparation.train.y)
    shares = [] if said is None else said
    return simulate(
        pipeline, "linear", preparation, FRAME, (lever,), replace(TERMS, **terms), lambda share, _: shares.append(share)
    )


def test_of_a_lever_set_by_judgement_nothing_claims_money() -> None:
    found = run(replace(CONTRACT, assignment="judgement"))
    assert found.report.grade == "C"
    assert found.report.money is None
    assert found.report.pilot is not None
    assert not {"gain", "chance today", "chance then"} & set(found.header)
    assert all(case.gain is None for case in found.report.first)


def test_limits_are_kept_and_progress_only_grows() -> None:
    shares: list[float] = []
    found = run(said=shares, capacity=100.0).report
    assert shares == sorted(shares)
    assert found.acts <= 12 * 100 + 1e-6
    assert found.money is not None
    assert found.money.capacity_price is not None
    assert found.money.budget_price is None
    spent = run(budget_amount=500.0).report
    assert spent.spent <= 12 * 500 + 1e-6


def test_where_a_limit_binds_the_choice_is_held_against_the_best_within_it() -> None:
    found = run(capacity=100.0).report
    assert found.money is not None
    assert found.allocation is not None
    assert found.allocation.amount == pytest.approx(found.money.claim)
    assert found.allocation.bound is not None
    assert found.allocation.bound >= found.money.claim - 1e-6
    assert found.allocation.is_asked == is_installed()
    assert (found.allocation.beside is not None) == is_installed()
    assert found.allocation.warning("EUR") is None


def test_where_none_binds_there_is_nothing_to_hold_it_against() -> None:
    assert run().report.allocation is None
    assert run(capacity=1e6, budget_amount=1e9).report.allocation is None


def test_of_a_lever_set_by_judgement_the_bound_is_no_money() -> None:
    found = run(replace(CONTRACT, assignment="judgement"), capacity=100.0).report
    assert found.allocation is not None
    assert found.allocation == found.allocation.without_money


def test_no_sealed_row_is_listed_or_known_to_the_guard() -> None:
    found = run()
    sealed = set((prepared().holdout.positions + 1).tolist())
    assert sealed.isdisjoint(found.guard.rows.tolist())
    assert sealed.isdisjoint(int(str(line[0])) for line in found.lines)


def test_the_outcome_is_as_frequent_as_in_use_and_that_is_said() -> None:
    found = run(base_rate=0.1).report
    assert found.n_cases < found.n_known
    assert "10.0%" in found.notes[-1]


def test_a_model_that_says_the_same_whatever_is_set_is_found_out() -> None:
    flat = FRAME.assign(churn=["Yes", "No"] * 200)
    preparation = prepare(flat, target="churn", positive_label="Yes", feature_columns=["contract", "tenure"])
    frozen = Candidate("linear", {"numbers": "standard", "strength": 1e-12})
    pipeline = fit_pipeline(new_pipeline(preparation, frozen), frozen, preparation.train.x, preparation.train.y)
    report = simulate(pipeline, "linear", preparation, flat, (CONTRACT,), TERMS).report
    assert report.moves_nothing
    assert report.acts == 0


def test_the_same_question_has_the_same_answer() -> None:
    one, other = run().report, run().report
    assert replace(one, seconds=0.0) == replace(other, seconds=0.0)


def test_reasons_name_columns_but_not_the_lever() -> None:
    reasons = [reason for case in run().report.first for reason in case.reasons]
    assert reasons
    assert not any("“contract”" in reason for reason in reasons)


def test_a_cost_that_divides_by_zero_in_some_rows_is_counted() -> None:
    with pytest.raises(InvalidInputError, match=r"has no value in \d+ of \d+ rows"):
        run(replace(CONTRACT, cost_formula="100 / tenure"))


def test_too_few_cases_as_in_use_are_refused() -> None:
    few = pd.concat([FRAME[FRAME["churn"] == "No"].head(40), FRAME[FRAME["churn"] == "Yes"].head(15)])
    preparation = prepare(few.reset_index(drop=True), target="churn", positive_label="Yes")
    pipeline = fit_pipeline(new_pipeline(preparation, LINEAR), LINEAR, preparation.train.x, preparation.train.y)
    with pytest.raises(InvalidInputError, match="40 are needed to simulate"):
        simulate(
            pipeline, "linear", preparation, few.reset_index(drop=True), (CONTRACT,), replace(TERMS, base_rate=0.9)
        )
