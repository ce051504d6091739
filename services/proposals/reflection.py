"""Reflection before any build: what could go wrong because the model works. What it sets stands in `later`.

References
----------
J. Howard and S. Gugger, "Deep Learning for Coders with fastai and PyTorch" (2020), chapter 2: "What happens if it goes
really, really well?".
D. Ensign et al., "Runaway feedback loops in predictive policing", Proceedings of Machine Learning Research 81 (2018).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.errors import InvalidInputError
from services.proposals.texts import TEXT_LENGTH, Text, text_problems


@dataclass(frozen=True, slots=True)
class ReflectionQuestion:
    """One question; `needs` says which answer demands a mitigation, `words` that it is answered in words alone."""

    code: str
    text: str
    why: str
    needs: bool | None = None
    in_words: bool = False


QUESTIONS = (
    ReflectionQuestion(
        "selects_cases",
        "Does acting on the prediction change which cases are seen or labelled later?",
        "Then the data of tomorrow are what the model of today let through.",
        needs=True,
    ),
    ReflectionQuestion(
        "selective_labels",
        "Is the outcome only known for the cases that were chosen?",
        "Nobody learns whether a refused applicant would have paid.",
        needs=True,
    ),
    ReflectionQuestion(
        "can_be_gamed",
        "Could people change what they tell you to get another prediction?",
        "An input that can be gamed loses its meaning once it counts.",
    ),
    ReflectionQuestion(
        "labellers_see_score",
        "Do the people who record the outcome see the prediction?",
        "They may confirm what they were told.",
        needs=True,
    ),
    ReflectionQuestion(
        "moves_a_group",
        "Could the action itself change the outcomes of one group of people?",
        "Then the groups drift apart because of the model.",
        needs=True,
    ),
    ReflectionQuestion(
        "keeps_exploration",
        "Will a small random share be treated without the model?",
        "Only that share shows what happens without it.",
    ),
    ReflectionQuestion(
        "most_affected",
        "Who is affected most if predictions become very influential?",
        "Think of the day it works better than hoped.",
        in_words=True,
    ),
    ReflectionQuestion(
        "has_appeal",
        "Can somebody who is treated wrongly appeal to a person?",
        "A wrong prediction must be possible to correct.",
    ),
    ReflectionQuestion(
        "biased_history",
        "Do the data carry unfair decisions of the past, or leave some people out?",
        "A model learns them and repeats them.",
        needs=True,
    ),
    ReflectionQuestion(
        "harm",
        "Can a wrong prediction harm somebody?",
        "Money lost is one thing; a treatment refused is another.",
        needs=True,
    ),
    ReflectionQuestion(
        "out_of_domain",
        "Will it meet cases unlike those in the data: other places, products, times?",
        "Outside of what it has seen a model guesses with confidence.",
        needs=True,
    ),
)
BY_CODE = {question.code: question for question in QUESTIONS}
FEEDBACK_CODES = tuple(question.code for question in QUESTIONS[:8])


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said to one question: yes, no or (None) not known, and what is done about it."""

    is_yes: bool | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Reflection:
    """The answers, by the code of their question; an unusable one cannot exist, a missing one can (see `gaps`)."""

    answers: tuple[tuple[str, Answer], ...] = ()

    def __post_init__(self) -> None:
        problems = [*_problems(self)]
        if problems:
            raise InvalidInputError(*problems)

    def answer(self, code: str) -> Answer:
        """What was said to this question."""
        return dict(self.answers).get(code, Answer())

    @property
    def gaps(self) -> tuple[str, ...]:
        """What must still be said: a yes without its mitigation, one sentence each."""
        return tuple(
            f"Say what you do about it: {question.text}"
            for question in QUESTIONS
            if question.needs is not None
            and self.answer(question.code).is_yes is question.needs
            and not self.answer(question.code).text.strip()
        )

    @property
    def n_answered(self) -> int:
        """How many questions have an answer."""
        return sum(answer.is_yes is not None or bool(answer.text.strip()) for _code, answer in self.answers)

    def document(self) -> dict[str, Any]:
        """The answers as plain data."""
        return {code: {"is_yes": answer.is_yes, "text": answer.text} for code, answer in self.answers}


def reflection_from(document: Mapping[str, Any]) -> Reflection:
    """The answers a stored version holds, in the order of the questions."""
    found = {code: Answer(**document[code]) for code in BY_CODE if code in document}
    return Reflection(tuple(found.items()))


def _problems(reflection: Reflection) -> Iterator[str]:
    for code, answer in reflection.answers:
        if code not in BY_CODE:
            yield "An answer belongs to no question. Load the page again."
        elif answer.is_yes not in (True, False, None):
            yield "Answer yes, no, or leave it open."
        yield from text_problems({"What you do about it": Text(answer.text, TEXT_LENGTH)})
