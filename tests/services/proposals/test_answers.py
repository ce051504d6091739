"""An objective as answers: the way there and back, drafts that are not complete, values that cannot be kept."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.errors import InvalidInputError
from services.proposals.answers import FIRST_LEVER, NAMES, answers_of, check_answer, objective_from
from services.proposals.considerations import Considerations
from services.proposals.objective import Constraints
from services.proposals.reflection import Answer, Reflection
from services.proposals.risk import RiskAnswers
from tests.makers_money import RETENTION

CAREFUL = replace(
    RETENTION,
    constraints=Constraints(device="A tablet", privacy="No names", max_size_mb=5.0),
    considered=Considerations(
        acts_how_often="Every Monday",
        label_delay_days=30,
        risk=RiskAnswers(affects_people=True, is_automatic=False),
        reflection=Reflection((("selects_cases", Answer(is_yes=True, text="We explore")),)),
    ),
)
SIMPLE = {
    "sentence": "Fewer customers should leave us",
    "metric": "Leavers",
    "unit": "%",
    "baseline": 5,
    "target": 4,
    "decision": "Whom we call",
}


@pytest.mark.parametrize("objective", [RETENTION, CAREFUL])
def test_an_objective_survives_the_way_to_answers_and_back(objective: Any) -> None:
    answers = answers_of(objective)
    assert set(answers) <= NAMES
    assert objective_from(answers, objective) == objective
    assert objective_from(answers, None) == replace(objective, levers=(), data_needed=())


def test_six_answers_and_a_lever_are_an_objective() -> None:
    objective = objective_from(SIMPLE | {FIRST_LEVER: " A  call "}, None)
    (lever,) = objective.levers
    assert (lever.name, lever.kind) == ("A call", "yes_no")
    assert objective.constraints == Constraints()


def test_every_problem_of_every_part_is_told_at_once() -> None:
    answers = SIMPLE | {"metric": "", "limits.max_size_mb": -1.0, "reflection.harm.is_yes": True}
    with pytest.raises(InvalidInputError) as refused:
        objective_from(answers, None)
    assert len(refused.value.problems) == 3


def test_pasted_lines_become_one_and_two_hundred_characters_are_told() -> None:
    assert objective_from(SIMPLE | {"decision": "Whom\n we\tcall"}, None).decision == "Whom we call"
    with pytest.raises(InvalidInputError, match="The metric has 200 characters; 80 are enough"):
        objective_from(SIMPLE | {"metric": "x" * 200}, None)


def test_a_day_is_read_or_refused() -> None:
    assert objective_from(SIMPLE | {"by_when": "2027-06-30"}, None).by_when == date(2027, 6, 30)
    with pytest.raises(InvalidInputError, match="date cannot be read"):
        objective_from(SIMPLE | {"by_when": "next summer"}, None)


@pytest.mark.parametrize(
    ("name", "value"),
    [("nothing", "x"), ("metric", ["x"]), ("metric", "x" * 5001), ("target", float("nan")), ("target", float("inf"))],
)
def test_what_a_draft_cannot_hold_is_refused(name: str, value: Any) -> None:
    with pytest.raises(InvalidInputError):
        check_answer(name, value)


def test_a_text_that_could_be_two_numbers_is_kept_in_a_draft_and_named_when_it_is_saved() -> None:
    names = {"target": "The target", "limits.max_latency_ms": "The limit on answer time"}
    names |= {"considered.label_delay_days": "The days until the outcome is known"}
    for name in names:
        check_answer(name, "1.234")
    with pytest.raises(InvalidInputError) as refused:
        objective_from(SIMPLE | dict.fromkeys(names, "1.234"), None)
    for label in names.values():
        assert f"{label}: “1.234” is not one number yet." in str(refused.value)


def test_half_a_day_until_the_outcome_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="must be a whole number"):
        objective_from(SIMPLE | {"considered.label_delay_days": 1.5}, None)
    whole = objective_from(SIMPLE | {"considered.label_delay_days": 30.0}, None)
    assert whole.considered.label_delay_days == 30


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "x" * 5_001])
def test_a_text_that_a_database_refuses_is_refused_before_it(text: str) -> None:
    with pytest.raises(InvalidInputError, match="What you typed"):
        check_answer("metric", text)


def test_a_first_lever_that_is_there_by_now_is_not_added_again() -> None:
    name = RETENTION.levers[0].name
    said = answers_of(RETENTION) | {FIRST_LEVER: name.upper()}
    assert objective_from(said, RETENTION).levers == RETENTION.levers
