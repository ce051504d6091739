"""The proposals of another library: of the same choices where it is installed, and no trouble where not."""

import importlib.util
import logging
import random
import sys
import time
from importlib.metadata import PackageNotFoundError
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from services.automl.columns import Column
from services.stories import dice_ways
from services.stories.answering import Ask, Floats
from services.stories.case_settings import CaseSettings, Choices
from services.stories.dice_ways import COULD_NOT, MOST_PROPOSED, NOT_LOADED, TOO_LATE, Proposals, is_installed, propose
from tests.makers_ways import CALLS, CASE, KNOWN, PLAN, PRICE, make_settings, risk, set_to


class StandIn:
    """As DiCE is called; it proposes the rows of places that it is told to, or cannot say."""

    asked: dict[str, Any]
    rows: list[tuple[Any, ...]]
    refuses: Exception | None

    def __init__(self, data: dict[str, Any], model: dict[str, Any], *, method: str) -> None:
        StandIn.asked = {**data, **model, "method": method}

    def generate_counterfactuals(self, today: pd.DataFrame, **settings: Any) -> SimpleNamespace:
        sys.stdout.write("it prints")
        StandIn.asked |= {"today": today, **settings, "drawn": (random.random(), np.random.random())}
        if StandIn.refuses:
            raise StandIn.refuses
        table = pd.DataFrame(StandIn.rows, columns=today.columns)
        across = StandIn.asked["model"].predict(table)
        return SimpleNamespace(cf_examples_list=[SimpleNamespace(final_cfs_df=table.assign(across=across))])


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> type[StandIn]:
    library = ModuleType("dice_ml")
    library.Data = dict  # type: ignore[attr-defined]
    library.Model = dict  # type: ignore[attr-defined]
    library.Dice = StandIn  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "dice_ml", library)
    monkeypatch.setattr(dice_ways, "is_installed", lambda: True)
    monkeypatch.setattr(dice_ways, "version", lambda _name: "9.9")
    monkeypatch.setattr(StandIn, "refuses", None, raising=False)
    monkeypatch.setattr(StandIn, "rows", [(0, 5, "0"), (0, 2, "1"), (0.0, 5.0, "0")], raising=False)
    return StandIn


def three(case: pd.DataFrame = CASE, threshold: float = 38.0, ask: Ask = risk) -> CaseSettings:
    choices = (
        Choices("price", (30.0, 45.0, 40.0), np.array([[True, True, True]])),
        Choices("calls", tuple(float(n) for n in range(9)), np.ones((1, 9), dtype=np.bool_)),
        Choices("plan", ("basic", "plus"), np.array([[True, True]])),
    )
    return set_to(threshold, choices, case=case, ask=ask)


def test_it_is_told_places_and_what_it_proposes_are_values_that_may_be_set(stand_in: type[StandIn]) -> None:
    found = propose(three())
    assert stand_in.asked["features"] == {"column 0": [0, 2], "column 1": [0, 8], "column 2": ["0", "1"]}
    assert stand_in.asked["today"].to_dict("records") == [{"column 0": 1, "column 1": 2, "column 2": "0"}]
    assert (stand_in.asked["method"], stand_in.asked["backend"], stand_in.asked["desired_class"]) == (
        "random",
        "sklearn",
        1,
    )
    assert stand_in.asked["total_CFs"] == MOST_PROPOSED
    assert found == Proposals("DiCE 9.9", ({"price": 30.0, "calls": 5.0}, {"price": 30.0, "plan": "plus"}))


def test_the_model_it_asks_says_which_side_of_the_line_a_row_is_on(stand_in: type[StandIn]) -> None:
    propose(three())  # 46 today; the plan gives 10, three more calls 6, a price of 30 gives 10
    table = pd.DataFrame([(1, 2, "0"), (1, 2, "1"), (0, 2, "0"), (1, 5, "0"), (1, 7, "0")])
    table.columns = stand_in.asked["today"].columns
    model = stand_in.asked["model"]
    assert model.predict(table).tolist() == [0, 1, 1, 0, 1]
    assert model.predict_proba(table).sum(axis=1).tolist() == [1.0] * 5
    assert model.classes_.tolist() == [0, 1]


def test_no_setting_is_asked_of_the_model_twice(stand_in: type[StandIn]) -> None:
    sizes: list[int] = []

    def counting(rows: pd.DataFrame) -> Floats:
        sizes.append(len(rows))
        return risk(rows)

    propose(three(ask=counting))
    table = pd.DataFrame([(0, 5, "0"), (0, 4, "0"), (0, 4, "0")], columns=stand_in.asked["today"].columns)
    stand_in.asked["model"].predict(table)
    assert sizes == [1, 2, 1]  # the case as it is, two different rows, and one that is new


@pytest.mark.parametrize(
    ("changes", "features", "today"),
    [
        ({"price": np.nan}, [str(place) for place in range(4)], "0"),
        ({"price": 7.5}, [0, 3], 0),
        ({"price": 45.0}, [0, 2], 2),
    ],
)
def test_a_number_that_is_missing_is_a_name_among_names(
    stand_in: type[StandIn], changes: dict[str, Any], features: list[Any], today: Any
) -> None:
    settings = three(CASE.assign(**changes))
    stand_in.rows = [(features[-1], 2, "0")]
    found = propose(settings)
    assert stand_in.asked["features"]["column 0"] == features
    assert stand_in.asked["today"]["column 0"].tolist() == [today]
    assert not stand_in.asked["today"].isna().any(axis=None)
    assert found is not None
    assert all(setting["price"] in settings.values["price"] for setting in found.settings)


def test_a_category_that_is_missing_or_was_never_seen_is_today_as_it_is(stand_in: type[StandIn]) -> None:
    for plan in (None, "only this case has it"):
        settings = three(CASE.assign(plan=pd.Series([plan], dtype="str")))
        stand_in.rows = [(0, 2, "0"), (1, 2, "2")]
        found = propose(settings)
        assert stand_in.asked["features"]["column 2"] == ["0", "1", "2"]
        assert found is not None
        assert found.settings == ({"price": 30.0}, {"plan": "plus"})


def test_neither_names_nor_values_of_the_data_are_told(stand_in: type[StandIn]) -> None:
    propose(three(CASE.assign(plan=pd.Series(["0007-AX"], dtype="str"))))
    told = str(stand_in.asked["features"]) + str(stand_in.asked["today"])
    assert not any(word in told for word in ("price", "plan", "0007-AX", "basic"))


def test_a_column_without_a_choice_is_not_asked_of(stand_in: type[StandIn]) -> None:
    choices = (
        Choices("price", (30.0, 40.0), np.array([[False, True]])),
        Choices("plan", ("basic", "plus"), np.array([[True, True]])),
    )
    stand_in.rows = [("1",)]
    found = propose(set_to(38.0, choices))
    assert stand_in.asked["features"] == {"column 0": ["0", "1"]}
    assert found == Proposals("DiCE 9.9", ({"plan": "plus"},))


def test_yes_and_no_of_a_column_of_numbers_are_names(stand_in: type[StandIn]) -> None:
    choices = [Choices("calls", ("0", "1"), np.array([[True, True]]))]
    stand_in.rows = [("1",)]
    propose(set_to(45.0, choices))
    assert stand_in.asked["features"] == {"column 0": ["0", "1", "2"]}


def test_chance_goes_on_elsewhere_as_if_nothing_had_been_drawn(stand_in: type[StandIn]) -> None:
    drawn = []
    for seed in (1, 2):
        random.seed(seed)
        np.random.seed(seed)
        expected = (random.Random(seed).random(), np.random.RandomState(seed).random())
        propose(three())
        drawn.append(stand_in.asked["drawn"])
        assert (random.random(), np.random.random()) == expected
    assert drawn[0] == drawn[1] != expected


def test_it_prints_nothing(stand_in: type[StandIn], capsys: pytest.CaptureFixture[str]) -> None:
    propose(three())
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("error", [ValueError, AttributeError, RuntimeError, np.linalg.LinAlgError, MemoryError])
def test_where_it_cannot_search_only_the_kind_of_trouble_is_logged(
    stand_in: type[StandIn],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: type[Exception],
) -> None:
    monkeypatch.setattr(stand_in, "refuses", error("row 7 says 0007-AX"))
    assert propose(three()) == Proposals("DiCE 9.9", (), COULD_NOT)
    assert error.__name__ in caplog.text
    assert "0007-AX" not in caplog.text


def test_that_it_found_nothing_is_an_answer(
    stand_in: type[StandIn], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(stand_in, "refuses", ValueError("No counterfactuals found for any of the query points!"))
    assert propose(three()) == Proposals("DiCE 9.9", ())
    assert caplog.text == ""


def test_a_search_that_takes_too_long_ends(stand_in: type[StandIn], monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, dice_ways.MOST_SECONDS + 0.1])
    monkeypatch.setattr(time, "process_time", lambda: next(clock))
    assert propose(three()) == Proposals("DiCE 9.9", (), TOO_LATE)


class Broken(ModuleType):
    """An install of which a part is of another version."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"module 'numpy' has no attribute '{name}'") if name.startswith("__") else OSError(name)


def test_a_broken_install_ends_no_story(
    stand_in: type[StandIn], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "dice_ml", Broken("dice_ml"))
    assert propose(three()) == Proposals("DiCE 9.9", (), COULD_NOT)
    monkeypatch.setitem(sys.modules, "dice_ml", None)  # importing it raises
    assert propose(three()) == Proposals("DiCE", (), NOT_LOADED)
    assert [record.levelno for record in caplog.records] == [logging.WARNING, logging.WARNING]
    assert "ModuleNotFoundError" in caplog.text


def test_an_install_without_its_version_is_said_to_be_broken(
    stand_in: type[StandIn], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(dice_ways, "version", missing)
    assert propose(three()) == Proposals("DiCE", (), NOT_LOADED)


def test_where_it_is_not_installed_nothing_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert not is_installed()
    assert propose(three()) is None


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"price": np.nan},
        {"plan": pd.Series([None], dtype="str")},
        {"plan": pd.Series(["only this case has it"], dtype="str"), "price": 7.5},
    ],
)
def test_the_real_one_proposes_ways_across_where_it_is_installed(changes: dict[str, Any]) -> None:
    settings = three(CASE.assign(**changes), threshold=45.0)
    found = propose(settings)
    assert (found is None) == (not is_installed())
    if found is not None:
        assert found.name.startswith("DiCE 0.")
        assert found.trouble == ""
        assert 1 <= len(found.settings) <= MOST_PROPOSED
        assert settings.crosses(settings.answers(found.settings)).all()
        assert all(value in settings.values[name] for one in found.settings for name, value in one.items())
        assert propose(settings) == found


def test_the_real_one_goes_up_from_below_and_says_where_there_is_no_way() -> None:
    below, nothing = make_settings(50.0, PRICE, CALLS), make_settings(-500.0, PRICE, CALLS, PLAN)
    assert not below.is_above
    found, none = propose(below), propose(nothing)
    assert none is None or none == Proposals(none.name, ())
    assert found is None or (found.settings and below.crosses(below.answers(found.settings)).all())


def test_the_real_one_is_asked_of_dates_and_text_beside_what_may_change() -> None:
    columns = (Column("price", "number"), Column("since", "date"), Column("note", "text"))
    known = KNOWN[["price"]].assign(since=np.arange(600.0), note=pd.Series(["", "a"] * 300, dtype="str"))
    case = known.iloc[[0]].assign(price=40.0, note=pd.Series([None], dtype="str"), since=np.nan)

    def ask(rows: pd.DataFrame) -> Floats:
        assert rows["since"].isna().all()
        return rows["price"].to_numpy(np.float64)

    choices = [Choices("price", (20.0, 30.0, 40.0), np.array([[True, True, True]]))]
    found = propose(set_to(35.0, choices, case=case, ask=ask, known=known, columns=columns))
    assert found is None or {one["price"] for one in found.settings} == {20.0, 30.0}
