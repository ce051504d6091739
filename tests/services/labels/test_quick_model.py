"""Labelling in money: rows with their own amounts, in the quick model and in the worth of more labels."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from db.session import transaction
from services.automl.errors import UnusableDataError
from services.automl.money import MoneyGoal
from services.automl.preparation import prepare
from services.automl.priced_rows import priced_train
from services.labels.execution import _money
from services.labels.learning_curve import trace_curve
from services.labels.quick_model import fit_quick_model, out_of_fold, prepare_labelled
from services.people.permissions import Role
from services.valuation.commands import save_valuation
from services.valuation.details import Details
from services.valuation.row_amounts import AmountRule
from tests.makers import make_actor, make_project
from tests.makers_automl import make_cases, make_goal
from tests.makers_datasets import make_dataset
from tests.makers_money import CALLS

BY_ROW = make_goal(amounts=AmountRule("spend", 100.0, 0.33))


def labelled(goal: MoneyGoal) -> tuple[pd.DataFrame, dict[int, str], dict[str, object]]:
    cases = make_cases(120)
    labels = {int(row): str(cases["left"].iloc[row]) for row in range(0, 120, 2)}
    options = {
        "column": "left", "feature_columns": ["months", "plan"], "classes": ["No", "Yes"], "positive_class": "Yes",
        "money": goal,
    }  # fmt: skip
    return cases, labels, options


def test_the_quick_model_prices_labelled_rows_by_their_own_amounts() -> None:
    cases, labels, options = labelled(BY_ROW)
    preparation, everything = prepare_labelled(cases, labels, **options)  # type: ignore[arg-type]
    np.testing.assert_array_equal(preparation.train.amounts, cases["spend"].to_numpy()[::2])
    assert "spend" not in everything.columns
    found = fit_quick_model(preparation, everything, frozenset()).score
    priced = priced_train(preparation)
    assert priced is not None
    assert found.yearly_amount == priced.best_yearly(out_of_fold(preparation)[:, 1])
    assert found.yearly_low is not None
    assert found.yearly_low <= found.yearly_amount <= (found.yearly_high or 0.0)


def test_an_amount_that_cannot_be_computed_is_said() -> None:
    cases, labels, options = labelled(make_goal(amounts=AmountRule("fee", 100.0, 0.33)))
    with pytest.raises(UnusableDataError, match="names fee, which is not known"):
        prepare_labelled(cases, labels, **options)  # type: ignore[arg-type]


def test_the_learning_curve_is_in_the_money_of_the_rows() -> None:
    curves = []
    for amounts in (None, AmountRule("100 + 0 * spend", 100.0, 0.33), AmountRule("spend", 100.0, 0.33)):
        goal = make_goal(amounts=amounts)
        preparation = prepare(make_cases(160), target="left", feature_columns=("months", "plan"), money=goal)
        curves.append(trace_curve(preparation))
    plain, same, by_row = curves
    assert plain.amounts is not None
    assert same.amounts is not None
    np.testing.assert_allclose(plain.amounts, same.amounts)
    assert by_row.amounts != plain.amounts
    assert by_row.scores == plain.scores


def test_a_version_that_lacks_a_column_of_the_formula_is_labelled_without_money(engine: Engine) -> None:
    with transaction(engine) as session:
        scientist, business = make_actor(session, Role.DATA_SCIENTIST), make_actor(session)
        project = make_project(session, scientist, business)
        dataset = make_dataset(session, scientist, project.id)
        figures = replace(CALLS, details=Details(amount_formula="charges * 12"))
        save_valuation(session, actor=business, project_id=project.id, assumptions=figures, based_on=0)
        goal = _goal(session, scientist, dataset)
        assert goal is not None
        assert goal.amounts == AmountRule("charges * 12", 480.0, 0.4)
        fewer = replace(dataset, columns=tuple(column for column in dataset.columns if column.name != "charges"))
        assert _goal(session, scientist, fewer) is None


def _goal(session: Session, actor: object, dataset: object) -> MoneyGoal | None:
    return _money(session, actor, dataset)  # type: ignore[arg-type]
