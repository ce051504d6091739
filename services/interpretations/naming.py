"""Columns as the business calls them, and their values with their units."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from services.datasets.dictionary import DictionaryLine
from services.models.naming import Names, names_for
from services.models.signature import Signature
from services.proposals.units import beside_unit
from services.valuation.amounts import format_money

_EPOCH = date(1970, 1, 1)
_LAST_DAY = 2_932_896  # of the year 9999
_CURRENCIES = {"EUR": "EUR", "€": "EUR", "GBP": "GBP", "£": "GBP", "USD": "USD", "CHF": "CHF"}


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
    """The columns a model takes, in the order of its data: that order says nothing about what matters."""
    names = names_for(signature, dictionary)
    return tuple(_named(column.name, column.kind, names, dictionary) for column in signature.columns)


def target_name(signature: Signature, dictionary: Mapping[str, DictionaryLine]) -> ColumnName:
    """What is predicted, as the business calls it."""
    return _named(signature.target, "number", names_for(signature, dictionary), dictionary)


def _named(column: str, kind: str, names: Names, dictionary: Mapping[str, DictionaryLine]) -> ColumnName:
    unit = dictionary[column].description.unit if column in dictionary else ""
    return ColumnName(column, names.get(column, column), kind, unit)


def with_unit(value: float, unit: str) -> str:
    """A number as it is read at a glance, with its unit; money where the unit is a currency."""
    if unit in _CURRENCIES:
        return format_money(value, _CURRENCIES[unit])
    number = f"{value:,.0f}" if abs(value) >= 1_000 or value == int(value) else f"{value:.3g}"
    return beside_unit(number.replace("-", "−"), unit)
