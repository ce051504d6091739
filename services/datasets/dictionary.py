"""The data dictionary: what a column means to the business, in the organisation's own words."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from services.errors import InvalidInputError

_QUOTED = re.compile("“([^”]*)”")
KNOWN_BEFORE_DECISION = {"yes": "known before the decision", "no": "known only afterwards", "unknown": "not said"}
SENSITIVITIES = {
    "none": "not sensitive",
    "internal": "internal",
    "personal": "personal data",
    "special": "special category of personal data",
}
ACTIONABILITIES = {
    "lever": "a lever: we decide it",
    "influenced": "we can influence it",
    "fixed": "we cannot change it",
    "unknown": "not said",
}
DIRECTIONS = {
    "rises": "more of it makes the outcome likelier or higher",
    "falls": "more of it makes the outcome less likely or lower",
    "unknown": "not said",
}
COMPARED = {"yes": "its groups are compared", "no": "not compared"}
NAME_LENGTH, MEANING_LENGTH, UNIT_LENGTH = 120, 1_000, 40


@dataclass(frozen=True, slots=True)
class Description:
    """What people say of a column. The choices are keys of the tables above."""

    business_name: str = ""
    meaning: str = ""
    unit: str = ""
    known_before_decision: str = "unknown"
    sensitivity: str = "none"
    actionability: str = "unknown"
    expected_direction: str = "unknown"
    compared: str = "no"

    def document(self) -> dict[str, str]:
        """Plain data, as the checks take it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class DictionaryLine:
    """One line of the dictionary, and who wrote it when."""

    column: str
    description: Description
    changed_by_name: str
    changed_at: datetime


def business_names(dictionary: Mapping[str, DictionaryLine]) -> dict[str, str]:
    """By column, for those that have one. Where a name could mean another column, its own tells it apart."""
    found = {column: line.description.business_name for column, line in dictionary.items()}
    counts = Counter([*found.values(), *(column for column, name in found.items() if name != column)])
    return {
        column: name if counts[name] == 1 else f"{name} ({column})" for column, name in found.items() if name.strip()
    }


def in_business_words(text: str, names: Mapping[str, str]) -> str:
    """The text with the names of columns, which stand in quotation marks, as the business calls them."""
    return _QUOTED.sub(lambda found: f"“{names.get(found[1], found[1])}”", text)


def checked_description(raw: Mapping[str, Any]) -> Description:
    """The description, with spaces tidied.

    Raises
    ------
    InvalidInputError
        There is a field it does not have, a text is too long, or a choice is none; one sentence for each.
    """
    problems = [f"A description has no field called {name}." for name in sorted(set(raw) - set(_TEXTS) - set(_CHOICES))]
    values: dict[str, str] = {}
    for name, (label, length) in _TEXTS.items():
        values[name] = " ".join(str(raw.get(name, "")).replace("\x00", "").split())
        if len(values[name]) > length:
            problems.append(f"The {label} has {len(values[name]):,} characters; {length:,} are enough.")
    for name, (label, choices) in _CHOICES.items():
        values[name] = str(raw.get(name, getattr(Description(), name)))
        if values[name] not in choices:
            problems.append(f"{label} is one of: {', '.join(choices)}.")
    if problems:
        raise InvalidInputError(*problems)
    return Description(**values)


def describe_line(line: DictionaryLine, column: str | None = None) -> str:
    """In one paragraph: "Tenure (months): since when the person is a customer. Known before the decision, fixed."."""
    said = line.description
    name = said.business_name or column or line.column
    unit = f" ({said.unit})" if said.unit else ""
    words = [f"{name}{unit}{': ' + said.meaning if said.meaning else ''}".rstrip(".") + "."]
    facts = []
    if said.known_before_decision != "unknown":
        facts.append(KNOWN_BEFORE_DECISION[said.known_before_decision])
    if said.sensitivity != "none":
        facts.append(SENSITIVITIES[said.sensitivity])
    if said.actionability != "unknown":
        facts.append(ACTIONABILITIES[said.actionability])
    if said.expected_direction != "unknown":
        facts.append(f"expected: {DIRECTIONS[said.expected_direction]}")
    if said.compared == "yes":
        facts.append(COMPARED[said.compared])
    if facts:
        joined = "; ".join(facts)
        words.append(f"{joined[:1].upper()}{joined[1:]}.")
    return " ".join(words)


_TEXTS = {
    "business_name": ("business name", NAME_LENGTH),
    "meaning": ("meaning", MEANING_LENGTH),
    "unit": ("unit", UNIT_LENGTH),
}
_CHOICES = {
    "known_before_decision": ("Known before the decision", KNOWN_BEFORE_DECISION),
    "sensitivity": ("Sensitivity", SENSITIVITIES),
    "actionability": ("What we can do about it", ACTIONABILITIES),
    "expected_direction": ("What is expected of it", DIRECTIONS),
    "compared": ("Whether its groups are compared", COMPARED),
}
