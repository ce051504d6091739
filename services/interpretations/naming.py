"""Columns as the business calls them, and their values with their units."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from services.datasets.dictionary import DictionaryLine
from services.models.signature import Signature
from services.valuation.amounts import format_money

_EPOCH = date(1970, 1, 1)
_LAST_DAY = 2_932_896  # of the year 9999
_CURRENCIES = {"EUR": "EUR", "€": "EUR", "GBP": "GBP", "£": "GBP", "USD": "USD", "CHF": "CHF"}
_WITH_IE = ("calories", "cookies", "movies")
_IRREGULAR = ("analyses", "bases", "bonuses", "buses", "crises", "statuses", "viruses")  # stay as they are
_SHORTEST_PLURAL = 4
_JOINED = frozenset({"%", "°"})
_NO_PLURAL = (
    "ss",
    "us",
    "is",
    "ics",
    "lens",
    "gas",
    "bps",
    "series",
    "species",
)  # "celsius" and "kbps" are not several of anything


@dataclass(frozen=True, slots=True)
class ColumnName:
    """A column with its business name, or its own where nobody gave it one, and the unit of its values."""

    column: str
    label: str
    kind: str
    unit: str = ""

    def spell(self, value: str | float) -> str:
        """A value as people read it: "12 months", "€1.2k", "3 Sep 2026"; a category in quotation marks."""
        if isinstance(value, str):
            return f"“{value}”"
        if self.kind == "date" and abs(value) <= _LAST_DAY and value > -_EPOCH.toordinal():
            day = _EPOCH + timedelta(days=round(value))
            return f"{day.day} {day:%b %Y}"
        return with_unit(value, self.unit)


def column_names(signature: Signature, dictionary: Mapping[str, DictionaryLine]) -> tuple[ColumnName, ...]:
    """The columns a model takes, in the order of its data: that order says nothing about what matters.

    Where two have the same business name, the name of the column tells them apart.
    """
    found = []
    for column in signature.columns:
        line = dictionary.get(column.name)
        label = line.description.business_name if line else ""
        found.append(ColumnName(column.name, label or column.name, column.kind, line.description.unit if line else ""))
    labels = Counter(name.label for name in found)
    return tuple(
        replace(name, label=f"{name.label} ({name.column})") if labels[name.label] > 1 else name for name in found
    )


def with_unit(value: float, unit: str) -> str:
    """A number with its unit; money where the unit is a currency."""
    if unit in _CURRENCIES:
        return format_money(value, _CURRENCIES[unit])
    number = f"{value:,.0f}" if abs(value) >= 1_000 or value == int(value) else f"{value:.3g}"
    number, unit = number.replace("-", "−"), _one_of(unit) if value == 1 else unit
    return f"{number}{'' if unit in _JOINED or not unit else ' '}{unit}"


def _one_of(unit: str) -> str:
    """ "call" of "calls", "visit a week" of "visits a week"; a unit that is no plural stays."""
    word, space, rest = unit.partition(" ")
    if len(word) < _SHORTEST_PLURAL or not (word.isalpha() and word.islower() and word.endswith("s")):
        return unit
    if word.endswith(_NO_PLURAL) or word in _IRREGULAR:
        return unit
    if word.endswith("ies") and word not in _WITH_IE:
        return f"{word.removesuffix('ies')}y{space}{rest}"
    one = word.removesuffix("es") if word.endswith(("xes", "ches", "shes", "sses")) else word.removesuffix("s")
    return f"{one}{space}{rest}"


def target_name(signature: Signature, dictionary: Mapping[str, DictionaryLine]) -> ColumnName:
    """What is predicted, as the business calls it."""
    line = dictionary.get(signature.target)
    label = line.description.business_name if line else ""
    return ColumnName(signature.target, label or signature.target, "number", line.description.unit if line else "")
