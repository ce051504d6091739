"""Objectives and levers: what is refused in words, what is still missing, one hash per content."""

from dataclasses import replace
from typing import Any

import pytest

from services.audit.canonical import sha256_of
from services.errors import InvalidInputError
from services.proposals.considerations import Considerations, considerations_from
from services.proposals.objective import Constraints, DataNeed, Lever, constraints_document
from services.proposals.reflection import Answer, Reflection
from services.proposals.risk import RiskAnswers
from tests.makers_money import DISCOUNT, RETENTION

HASH_OF_BEFORE = "5c491814b81f87b0fe17fddaf71b6b06d1b4adf15f263c54c5cbe03f0e9c1d96"
CHANNEL = Lever(name="Channel", kind="choice", choices=("mail", "phone", "visit"))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"sentence": "  "}, "what should get better is missing"),
        ({"metric": ""}, "The metric is missing"),
        ({"decision": ""}, "The decision the model informs is missing"),
        ({"decision": "x" * 301}, "has 301 characters; 300 are enough"),
        ({"metric": "Customers\0"}, "The metric contains a character that cannot be stored"),
        ({"outcome": "\ud83d"}, "The outcome the model predicts contains a character"),
        ({"baseline": float("nan")}, "The baseline must be a number"),
        ({"target": None}, "The target must be a number"),
        ({"target": 5.0}, "nothing would get better"),
        ({"levers": (DISCOUNT, replace(DISCOUNT, name="discount"))}, "Two levers have the same name"),
    ],
)
def test_an_objective_that_says_nothing_is_refused(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        replace(RETENTION, **change)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": " "}, "Give the lever a name"),
        ({"name": "x" * 81}, "The name of the lever has 81 characters; 80 are enough"),
        ({"kind": "choice", "choices": ("mail", "x" * 81)}, "The longest choice of the lever has 81 characters"),
        ({"controlled_by": "Sales\0"}, "Who controls the lever contains a character"),
        ({"kind": "colour"}, "a number, a choice or yes/no"),
        ({"low": None}, "lowest and highest allowed value"),
        ({"high": float("inf")}, "lowest and highest allowed value"),
        ({"low": 31.0}, "must be below the highest"),
        ({"low": 30.0}, "both 30, so there is nothing to decide"),
        ({"low": "1.234"}, "lowest and highest allowed value"),
        ({"unit_cost_amount": "1.234"}, "0 or more"),
        ({"kind": "choice", "choices": ("mail",)}, "at least two different values"),
        ({"kind": "choice", "choices": ("mail", "mail ")}, "at least two different values"),
        ({"unit_cost_amount": -1.0}, "0 or more"),
    ],
)
def test_a_lever_without_its_bounds_is_refused(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        replace(DISCOUNT, **change)


def test_limits_and_sources_are_checked_too() -> None:
    with pytest.raises(InvalidInputError, match="leave it empty"):
        Constraints(max_memory_mb=0.0)
    with pytest.raises(InvalidInputError, match="name of the source is missing"):
        DataNeed(source="")


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(InvalidInputError) as refused:
        replace(RETENTION, metric="", decision="", baseline=float("inf"))

    assert len(refused.value.problems) == 3


def test_a_lever_says_what_it_may_be_set_to() -> None:
    yes_no = Lever(name="Call first", kind="yes_no")

    assert DISCOUNT.allowed == "0 to 30%"
    assert CHANNEL.allowed == "mail, phone or visit"
    assert yes_no.allowed == "yes or no"


def test_gaps_name_what_is_missing() -> None:
    assert RETENTION.gaps == ()
    open_ends = replace(RETENTION, levers=(), data_needed=(), outcome="", by_when=None, decided_by="", how_measured="")
    assert len(open_ends.gaps) == 6
    assert "No lever yet" in open_ends.gaps[0]


def test_equal_content_has_one_hash_and_any_change_another() -> None:
    digest = sha256_of(RETENTION.document())

    assert sha256_of(replace(RETENTION, baseline=5, levers=(replace(DISCOUNT, low=0),)).document()) == digest
    for change in (
        {"target": 4.5},
        {"levers": ()},
        {"levers": (DISCOUNT, CHANNEL)},
        {"by_when": None},
        {"constraints": Constraints()},
    ):
        assert sha256_of(replace(RETENTION, **change).document()) != digest


def test_a_limit_on_size_is_part_of_the_content_only_where_there_is_one() -> None:
    """An objective of before keeps its hash."""
    assert {"max_size_mb", "max_batch_ms"}.isdisjoint(constraints_document(Constraints()))
    assert constraints_document(Constraints(max_batch_ms=900))["max_batch_ms"] == 900.0
    assert constraints_document(Constraints(max_size_mb=50))["max_size_mb"] == 50.0
    assert Constraints(**constraints_document(Constraints(max_memory_mb=5.0))) == Constraints(max_memory_mb=5.0)


def test_a_limit_of_nothing_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="The limit on file size must be more than 0"):
        Constraints(max_size_mb=0.0)


def test_a_lever_may_say_in_which_direction_it_moves_the_outcome() -> None:
    directed = replace(DISCOUNT, direction=-1, column="discount")
    assert replace(RETENTION, levers=(directed, CHANNEL)).directions == {"discount": -1}
    assert directed.document()["direction"] == -1
    assert "direction" not in DISCOUNT.document()


@pytest.mark.parametrize(("lever", "direction"), [(CHANNEL, 1), (DISCOUNT, 2)])
def test_only_a_number_has_a_direction(lever: Lever, direction: int) -> None:
    with pytest.raises(InvalidInputError, match="Only a number can be said to only raise or only lower"):
        replace(lever, direction=direction)


def test_what_is_said_of_a_lever_only_now_is_part_of_the_content_only_where_it_is_said() -> None:
    """A lever of before keeps its hash."""
    assert set(DISCOUNT.document()) == {
        *("name", "kind", "low", "high", "choices", "unit", "unit_cost_amount", "controlled_by", "column")
    }
    said = replace(DISCOUNT, step=5, scope="segment", cost_formula="0.1 * fee", max_change=10, assignment="randomised")
    assert {"step", "scope", "cost_formula", "max_change", "assignment"} <= set(said.document())
    recorded = replace(DISCOUNT, assignment="recorded", deciding_columns=("tenure", "region")).document()
    assert recorded["deciding_columns"] == ["tenure", "region"]
    assert replace(DISCOUNT, assignment="randomised", chance_column="chance").document()["chance_column"] == "chance"
    assert "considered" not in RETENTION.document()
    assert "device" not in RETENTION.document()["constraints"]
    assert RETENTION.document()["data_needed"] == [{"source": "Billing system", "owner": "Finance", "status": "have"}]


def test_the_hash_of_an_objective_of_before_is_the_same() -> None:
    """Computed by the version of the portal that could say nothing more."""
    assert sha256_of(RETENTION.document()) == HASH_OF_BEFORE


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"step": 0.0}, "The step of the lever must be more than 0"),
        ({"step": 31.0}, "larger than its whole range"),
        ({"kind": "integer", "high": 30.5}, "whole limits"),
        ({"kind": "integer", "step": 0.5}, "whole step"),
        ({"max_change": -1.0}, "The farthest change of the lever must be more than 0"),
        ({"scope": "everywhere"}, "for each case, for a group of cases"),
        ({"assignment": "magic"}, "at random, by a rule"),
        ({"assignment": "recorded"}, "Name the columns that decided the lever"),
        ({"assignment": "recorded", "deciding_columns": (" ",)}, "Name the columns that decided the lever"),
        ({"assignment": "recorded", "deciding_columns": ("a", "a")}, "each column that decided the lever once"),
        ({"assignment": "recorded", "deciding_columns": ("rate",), "column": "rate"}, "cannot have decided it"),
        ({"assignment": "recorded", "deciding_columns": tuple("abcdefghijklmnopqrstu")}, "At most 20 columns"),
        ({"assignment": "rule", "deciding_columns": ("a",)}, "named only where all of them are in the data"),
        ({"assignment": "rule", "chance_column": "chance"}, "only of a lever that was set at random"),
        ({"assignment": "randomised", "chance_column": "rate", "column": "rate"}, "cannot hold its chances"),
        ({"cost_formula": "x" * 1001}, "1001 characters; 1000 are enough"),
    ],
)
def test_what_a_lever_cannot_be_is_refused(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        replace(DISCOUNT, **change)


def test_a_choice_has_no_step_and_is_today_one_of_its_choices() -> None:
    with pytest.raises(InvalidInputError, match="Only a number has a step"):
        replace(CHANNEL, step=1.0)
    with pytest.raises(InvalidInputError, match="one of its choices"):
        replace(CHANNEL, status_quo="pigeon")
    assert replace(CHANNEL, status_quo="mail").formulas == {}


def test_a_yes_without_its_mitigation_is_refused() -> None:
    harm = Reflection((("harm", Answer(is_yes=True)),))
    with pytest.raises(InvalidInputError, match="Say what you do about it: Can a wrong prediction harm somebody"):
        Considerations(reflection=harm)
    with pytest.raises(InvalidInputError, match="whole number from 0"):
        Considerations(label_delay_days=-1)


def test_what_is_considered_is_read_as_it_was_written() -> None:
    considered = Considerations(
        fallback_rule="Call the oldest contracts",
        label_delay_days=0,
        risk=RiskAnswers(affects_people=True),
        reflection=Reflection((("harm", Answer(is_yes=True, text="A person checks")),)),
    )
    assert considerations_from(considered.document()) == considered
    assert considerations_from({}) == Considerations()
