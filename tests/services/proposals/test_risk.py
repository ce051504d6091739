"""The risk tier: what makes it, and that no yes ever lowers it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import InvalidInputError
from services.proposals.risk import RISK_QUESTIONS, TIERS, RiskAnswers, risk_from, risk_tier

NO = RiskAnswers(*[False] * 5)


@pytest.mark.parametrize(
    ("yes", "tier"),
    [
        ({}, "low"),
        ({"uses_personal_data"}, "medium"),
        ({"affects_people"}, "medium"),
        ({"affects_people", "is_irreversible"}, "high"),
        ({"affects_people", "is_automatic"}, "medium"),
        ({"affects_people", "is_automatic", "uses_personal_data"}, "high"),
        ({"has_legal_effect"}, "high"),
        ({"has_legal_effect", "is_automatic"}, "critical"),
    ],
)
def test_the_answers_make_the_tier(yes: set[str], tier: str) -> None:
    found = risk_tier(replace(NO, **dict.fromkeys(yes, True)))
    assert found is not None
    assert found.tier == tier


def test_the_reasons_are_said_with_what_follows() -> None:
    found = risk_tier(replace(NO, affects_people=True, is_irreversible=True))
    assert found is not None
    assert found.sentence == (
        "High risk, because it affects people and a wrong decision is hard to undo: an approver signs, who must have "
        "opened all evidence; business, a second data scientist and risk should have looked."
    )


def test_an_open_question_leaves_the_tier_open() -> None:
    assert risk_tier(RiskAnswers()) is None
    assert risk_tier(replace(NO, is_automatic=None)) is None


@given(st.lists(st.booleans(), min_size=5, max_size=5), st.sampled_from(sorted(RISK_QUESTIONS)))
def test_one_more_yes_never_lowers_it(answers: list[bool], name: str) -> None:
    before, after = (risk_tier(replace(RiskAnswers(*answers), **{name: said})) for said in (False, True))
    assert before is not None
    assert after is not None
    assert TIERS.index(after.tier) >= TIERS.index(before.tier)


def test_it_is_stored_as_it_was_said() -> None:
    answers = RiskAnswers(affects_people=True, is_automatic=False)
    assert answers.document() == {"affects_people": True, "is_automatic": False}
    assert risk_from(answers.document()) == answers
    assert risk_from({}) == RiskAnswers()


def test_another_answer_is_refused() -> None:
    wrong: dict[str, Any] = {"affects_people": "maybe"}
    with pytest.raises(InvalidInputError, match="yes or no"):
        RiskAnswers(**wrong)
