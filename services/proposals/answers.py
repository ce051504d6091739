"""An objective as answers to questions: one plain value by name, so that a draft can hold a part of them.

The names: those of `Objective`; `limits.` of `Constraints`; `considered.` of `Considerations`; `risk.` and
`reflection.` of the questionnaires. Levers and sources are no answers: they have lists of their own.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from services.errors import InvalidInputError
from services.proposals.considerations import Considerations
from services.proposals.lever import Lever
from services.proposals.objective import Constraints, Objective
from services.proposals.reflection import BY_CODE, Answer, Reflection
from services.proposals.risk import RISK_QUESTIONS, RiskAnswers
from services.proposals.texts import Text, text_problems

PLAIN = ("sentence", "metric", "unit", "how_measured", "decision", "decided_by", "outcome")
NUMBERS = {"baseline": "Today's value", "target": "The target"}
NUMBERS_OF_LIMITS = {
    "max_latency_ms": "The limit on answer time",
    "max_batch_ms": "The limit on the time of 1,000 answers",
    "max_memory_mb": "The limit on memory",
    "max_size_mb": "The limit on file size",
}
LIMITS = (*NUMBERS_OF_LIMITS, "connectivity", "device", "privacy")
CONSIDERED = (
    "acts_how_often",
    "todays_rule",
    "alternatives",
    "fallback_rule",
    "out_of_scope",
    "affected_people",
    "label_delay_days",
)
FIRST_LEVER = "first_lever"
_LONGEST = 5_000  # characters
NAMES = frozenset(
    {*PLAIN, *NUMBERS, "by_when", FIRST_LEVER}
    | {f"limits.{name}" for name in LIMITS}
    | {f"considered.{name}" for name in CONSIDERED}
    | {f"risk.{name}" for name in RISK_QUESTIONS}
    | {f"reflection.{code}.{part}" for code in BY_CODE for part in ("is_yes", "text")}
)
"""Every name an answer may have."""

Answers = Mapping[str, Any]


def answers_of(objective: Objective | None) -> dict[str, Any]:
    """What is said already; an empty objective says nothing."""
    if objective is None:
        return {}
    considered = objective.considered
    said: dict[str, Any] = {name: getattr(objective, name) for name in (*PLAIN, *NUMBERS)}
    said["by_when"] = objective.by_when.isoformat() if objective.by_when else None
    said |= {f"limits.{name}": getattr(objective.constraints, name) for name in LIMITS}
    said |= {f"considered.{name}": getattr(considered, name) for name in CONSIDERED}
    said |= {f"risk.{name}": getattr(considered.risk, name) for name in RISK_QUESTIONS}
    for code in BY_CODE:
        answer = considered.reflection.answer(code)
        said |= {f"reflection.{code}.is_yes": answer.is_yes, f"reflection.{code}.text": answer.text}
    return {name: value for name, value in said.items() if value not in (None, "")}


def objective_from(answers: Answers, known: Objective | None) -> Objective:
    """The objective these answers make, with the levers and sources it has already.

    Raises
    ------
    InvalidInputError
        One sentence for each answer that cannot be used.
    """
    problems: list[str] = []
    parts: dict[str, Any] = {}
    for name, make in (("constraints", _constraints), ("considered", _considered)):
        try:
            parts[name] = make(answers)
        except InvalidInputError as error:
            problems += error.problems
    values: dict[str, Any] = {name: _line(answers.get(name)) for name in PLAIN}
    for place, (name, label) in enumerate(NUMBERS.items()):
        try:
            values[name] = _figure(answers.get(name), label)
        except InvalidInputError as error:
            problems += error.problems
            values[name] = float(place)  # any number: the others are still to be looked at, and none is kept
    values["by_when"] = _day(answers.get("by_when"))
    first = _line(answers.get(FIRST_LEVER))
    try:
        levers = known.levers if known else ()
        is_new = bool(first) and first.casefold() not in {lever.name.casefold() for lever in levers}
        values["levers"] = (*levers, Lever(name=first, kind="yes_no")) if is_new else levers
        objective = replace(known, **values) if known else Objective(**values)
    except InvalidInputError as error:
        problems += error.problems
    if problems:
        raise InvalidInputError(*dict.fromkeys(problems))
    return replace(objective, **parts)


def check_answer(name: str, value: object) -> None:
    """Raise `InvalidInputError` where a draft could not hold it: an unknown name, or no plain value."""
    if name not in NAMES:
        raise InvalidInputError("This answer belongs to no question. Load the page again.")
    if value is not None and not isinstance(value, str | int | float | bool):
        raise InvalidInputError("This answer cannot be kept. Type it again.")
    problems = [*text_problems({"What you typed": Text(value, _LONGEST)})] if isinstance(value, str) else []
    if problems:
        raise InvalidInputError(*problems)
    if isinstance(value, float) and value - value != 0:
        raise InvalidInputError("This is not a number. Type it again.")


def _constraints(answers: Answers) -> Constraints:
    given: dict[str, Any] = {name: answers.get(f"limits.{name}") for name in LIMITS}
    given |= {name: _figure(given[name], label) for name, label in NUMBERS_OF_LIMITS.items()}
    given |= {name: _line(given[name]) for name in ("device", "privacy")}
    return Constraints(**given | {"connectivity": given["connectivity"] or "online"})


def _considered(answers: Answers) -> Considerations:
    given = {name: answers.get(f"considered.{name}") for name in CONSIDERED if name != "label_delay_days"}
    days = "The days until the outcome is known"
    delay = _figure(answers.get("considered.label_delay_days"), days)
    if delay is not None and delay % 1:
        raise InvalidInputError(f"{days} must be a whole number from 0 to 3,650.")
    said = {
        code: Answer(answers.get(f"reflection.{code}.is_yes"), _line(answers.get(f"reflection.{code}.text")))
        for code in BY_CODE
    }
    return Considerations(
        **{name: _line(value) for name, value in given.items()},
        label_delay_days=None if delay is None else int(delay),
        risk=RiskAnswers(**{name: answers.get(f"risk.{name}") for name in RISK_QUESTIONS}),
        reflection=Reflection(tuple((code, answer) for code, answer in said.items() if answer != Answer())),
    )


def _figure(value: Any, label: str) -> Any:
    """The number; a draft may hold the text of one that could be two."""
    if isinstance(value, str):
        raise InvalidInputError(
            f"{label}: “{value[:40]}” is not one number yet. Say which is meant, or type digits only, such as 1234.56."
        )
    return value


def _line(text: object) -> str:
    return " ".join(str(text or "").split())


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text)) if text else None
    except ValueError:
        raise InvalidInputError("The date cannot be read. Choose it in the calendar.") from None
