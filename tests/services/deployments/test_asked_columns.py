"""What a caller gives where a model learned from a derived column."""

import numpy as np
import pandas as pd
import pytest

from services.datasets.profiling import profile_table
from services.datasets.recipe.steps import checked_steps
from services.deployments import serving
from services.deployments.asked_columns import asked_signature, without_sources
from services.deployments.serving import ScorerCache, predict
from services.errors import InvalidInputError
from services.models.signature import Signature, SignatureColumn
from tests.makers_predictions import EvenScorer, make_served

TABLE = pd.DataFrame({"charges": [10.0, 20.0, 30.0], "calls": [2, 1, 3], "plan": ["a", "b", "a"]})
STEPS = tuple(
    checked_steps(
        [{"kind": "derive", "column": "per call", "formula": "charges / calls * (plan == 'a')", "reason": "It matters"}]
    )
)


def number(name: str) -> SignatureColumn:
    return SignatureColumn(name, "number", True, (), None, None, 5.0)


OWN = Signature((number("calls"), number("per call")), "binary", ("No", "Yes"), "Yes", "left")


def asked() -> Signature:
    return asked_signature(OWN, STEPS, profile_table(TABLE).columns)


def test_instead_of_a_derived_column_its_sources_are_asked_for_once() -> None:
    assert [(column.name, column.kind) for column in asked().columns] == [
        ("calls", "number"),
        ("charges", "number"),
        ("plan", "category"),
    ]
    assert asked().columns[1].example == 10.0
    assert set(asked().columns[2].categories) == {"a", "b"}
    assert asked_signature(OWN, (), ()) is OWN


def test_the_model_gets_its_own_columns_and_neither_more_nor_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    scorer = EvenScorer()
    monkeypatch.setattr(serving, "get_scorer_cache", lambda: ScorerCache(lambda model: scorer))
    model = make_served(signature=OWN, steps=STEPS, asked=asked())
    predict(model, {"calls": [2.0, 0.0], "charges": [10.0, 3.0], "plan": ["a", "a"]})
    assert list(scorer.seen[0]) == ["calls", "per call"]
    assert scorer.seen[0]["per call"].tolist()[0] == 5.0
    assert np.isnan(scorer.seen[0]["per call"][1])  # by zero: missing, as in the version
    predict(model, {"calls": ["2"], "charges": ["NA"], "plan": ["a"]})
    assert np.isnan(scorer.seen[1]["per call"][0])
    with pytest.raises(InvalidInputError, match="needs the column “per call”"):
        predict(model, {"calls": [2.0], "charges": [10.0]})
    with pytest.raises(InvalidInputError, match="does not know the column “age”"):
        predict(model, {"calls": [2.0], "charges": [10.0], "plan": ["a"], "age": [3.0]})


def test_only_sources_are_taken_out() -> None:
    rows = {"calls": [1], "charges": [2], "per call": [2], "age": [3]}
    assert set(without_sources(rows, OWN, asked())) == {"calls", "per call", "age"}
