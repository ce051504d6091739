"""Reflection: a yes demands what is done about it."""

import pytest

from services.errors import InvalidInputError
from services.proposals.reflection import (
    BY_CODE,
    FEEDBACK_CODES,
    QUESTIONS,
    Answer,
    Reflection,
    reflection_from,
)


def reflect(**answers: Answer) -> Reflection:
    return Reflection(tuple(answers.items()))


def test_the_eight_questions_on_feedback_loops_come_first() -> None:
    assert len(FEEDBACK_CODES) == 8
    demanding = [number for number, code in enumerate(FEEDBACK_CODES, 1) if BY_CODE[code].needs]
    assert demanding == [1, 2, 4, 5]
    assert len({question.code for question in QUESTIONS}) == len(QUESTIONS)


def test_a_yes_demands_a_mitigation() -> None:
    assert reflect(harm=Answer(True)).gaps == ("Say what you do about it: Can a wrong prediction harm somebody?",)
    assert reflect(harm=Answer(True, "  ")).gaps
    assert reflect(harm=Answer(True, "A nurse checks each case.")).gaps == ()
    assert reflect(harm=Answer(False), can_be_gamed=Answer(True)).gaps == ()


def test_it_is_stored_as_it_was_said_in_the_order_of_the_questions() -> None:
    said = reflect(selects_cases=Answer(True, "x"), harm=Answer(None, "open"))
    assert reflection_from(said.document()) == said
    assert said.n_answered == 2
    assert reflection_from({"unknown": {"is_yes": True, "text": ""}}) == Reflection()


def test_what_cannot_be_stored_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="belongs to no question"):
        reflect(nothing=Answer(True))
    with pytest.raises(InvalidInputError, match="301 characters"):
        reflect(harm=Answer(True, "x" * 301))
