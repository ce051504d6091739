"""What a model says of one case with its levers set otherwise."""

import time
from typing import Any

import numpy as np
import pandas as pd
import pytest

from services.deployments import what_if
from services.deployments.queries import ServedModel
from services.deployments.what_if import ask_what_if
from services.errors import InvalidInputError
from services.models.signature import Signature, SignatureColumn
from services.simulation.views import CaseView
from services.simulation.worth import Worth
from tests.makers_simulation import CONTRACT, PRICE

SIGNATURE = Signature(
    columns=(
        SignatureColumn("price", "number", False, (), None, None, None),
        SignatureColumn("contract", "category", False, (), None, None, None),
    ),
    task="binary",
    classes=("No", "Yes"),
    positive_label="Yes",
    target="accepted",
)
MODEL = ServedModel("m", "m-1", 1, "p", "d", "s", None, SIGNATURE, None)


class Linear:
    """A chance that falls with the price."""

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        assert list(frame.columns) == ["price", "contract"]
        chance = 1.0 - frame["price"].to_numpy() / 1_000
        return np.column_stack([1 - chance, chance])


@pytest.fixture(autouse=True)
def _scorer(monkeypatch: pytest.MonkeyPatch) -> None:
    class Cache:
        def get(self, _model: ServedModel) -> Linear:
            return Linear()

    monkeypatch.setattr(what_if, "get_scorer_cache", Cache)


def make_case(**changes: Any) -> CaseView:
    rows = pd.DataFrame({"price": [400.0], "contract": pd.Series(["One year"], dtype="str"), "calls": [0.0]})
    facts: dict[str, Any] = {
        "model_id": "m",
        "row": 7,
        "names": ("price", "contract"),
        "labels": {},
        "units": {},
        "rows": rows,
        "levers": (PRICE,),
        "worth": Worth(0.0, "(price - 300) * chance"),
        "currency": "EUR",
        "base_rate": None,
    }
    return CaseView(**{**facts, **changes})


def test_today_and_then_are_told_in_chance_and_money() -> None:
    found = ask_what_if(MODEL, make_case(), [500.0])
    assert (found.today, found.then) == pytest.approx((0.6, 0.5))
    assert (found.worth_today, found.worth_then) == pytest.approx((60.0, 100.0))
    assert found.cost == 0.0


def test_the_cost_of_the_levers_is_taken_off() -> None:
    case = make_case(levers=(PRICE, CONTRACT))
    found = ask_what_if(MODEL, case, [500.0, "Two year"])
    assert found.cost == 20.0
    assert found.worth_then == pytest.approx(80.0)


def test_chances_are_those_of_use() -> None:
    found = ask_what_if(MODEL, make_case(base_rate=0.1), [500.0], learned_at=0.6)
    assert found.today == pytest.approx(0.1)
    assert found.then < found.today


def test_where_a_formula_divides_by_zero_there_is_no_money() -> None:
    found = ask_what_if(MODEL, make_case(worth=Worth(0.0, "chance / calls")), [500.0])
    assert found.worth_today is None
    assert found.worth_then is None


def test_each_lever_needs_a_value() -> None:
    with pytest.raises(InvalidInputError, match="Give each lever a value"):
        ask_what_if(MODEL, make_case(), [])


def test_an_answer_takes_milliseconds_beside_the_model() -> None:
    case = make_case()
    ask_what_if(MODEL, case, [500.0])
    began = time.perf_counter()
    for price in range(20):
        ask_what_if(MODEL, case, [200.0 + price])
    assert (time.perf_counter() - began) / 20 < 0.15
