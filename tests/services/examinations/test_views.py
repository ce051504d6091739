"""Which findings are open, and in which order they stand."""

from dataclasses import replace

import pytest

from db.types import utc_now
from services.examinations.report import AMBER, NOT_APPLICABLE, PASSED, RED
from services.examinations.views import AnswerView, FindingView
from tests.makers_examinations import make_finding

ANSWER = AnswerView("twin", AMBER, "It is fast enough.", "Ana", "business", utc_now())


@pytest.mark.parametrize(
    ("state", "answered", "is_open"),
    [
        (AMBER, (), True),
        (AMBER, (AMBER,), False),
        (AMBER, (RED,), False),
        (RED, (AMBER,), True),
        (RED, (AMBER, RED), False),
        (PASSED, (), False),
        (NOT_APPLICABLE, (), False),
    ],
)
def test_a_reason_answers_what_it_was_given_to_and_nothing_worse(
    state: str, answered: tuple[str, ...], is_open: bool
) -> None:
    answers = tuple(replace(ANSWER, state=one) for one in answered)
    assert FindingView(make_finding(state=state), answers).is_open is is_open


def test_the_order_is_red_amber_answered_passed_and_not_asked() -> None:
    views = [
        FindingView(make_finding(state=NOT_APPLICABLE), ()),
        FindingView(make_finding(state=PASSED), ()),
        FindingView(make_finding(state=AMBER), (ANSWER,)),
        FindingView(make_finding(state=AMBER), ()),
        FindingView(make_finding(state=RED), ()),
    ]
    assert sorted(views, key=lambda one: one.place) == views[::-1]
