"""Money added up: what is expected, promised and realised, by column and by currency. Pure.

Amounts of different currencies are never added. What a perfect model could bring and what a model was measured to
bring are different things, so they stand in different sums.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.portfolio.records.filters import by_column
from services.portfolio.records.views import Column, Record
from services.valuation.amounts import format_money

Sums = Mapping[str, float]  # by currency


@dataclass(frozen=True, slots=True)
class RollUp:
    """Records added up. Amounts by currency, a year, before the projects' costs; `realised` is since they are live.

    Attributes
    ----------
    at_most
        Of projects without a model: what a perfect one would bring.
    measured
        Of projects with a model that does not act: what it brought on rows kept aside.
    promised
        Of live projects: what was signed.
    realised, realised_before
        What live projects brought, and what those brought that are live no more.
    """

    n: int = 0
    n_unpriced: int = 0
    n_measured_benefits: int = 0
    at_most: Sums = field(default_factory=dict)
    measured: Sums = field(default_factory=dict)
    promised: Sums = field(default_factory=dict)
    realised: Sums = field(default_factory=dict)
    realised_before: Sums = field(default_factory=dict)

    @property
    def expected(self) -> Sums:
        """What models were measured to bring a year, live or not."""
        return _added(self.measured, self.promised)

    @property
    def realised_in_all(self) -> Sums:
        """What was brought, live or not any more."""
        return _added(self.realised, self.realised_before)


def roll_up(records: Iterable[Record]) -> RollUp:
    """Add the records up; stopped ones bring nothing any more but what they brought."""
    at_most, measured, promised, realised, before = (defaultdict[str, float](float) for _ in range(5))
    n = n_unpriced = n_benefits = 0
    for record in records:
        n += 1
        n_benefits += bool(record.realised)
        for currency, amount in record.realised.items():
            (realised if record.column == Column.LIVE else before)[currency] += amount
        if record.worth is None:
            n_unpriced += 1
        elif record.column == Column.LIVE:
            promised[record.currency] += record.worth.amount
        elif record.column != Column.STOPPED:
            (measured if record.worth.is_measured else at_most)[record.currency] += record.worth.amount
    sums = (dict(part) for part in (at_most, measured, promised, realised, before))
    return RollUp(n, n_unpriced, n_benefits, *sums)


def roll_up_columns(records: Iterable[Record]) -> dict[Column, RollUp]:
    """Each column of the board added up."""
    return {column: roll_up(inside) for column, inside in by_column(records).items()}


def say_sums(sums: Sums, *, nothing: str = "–") -> str:
    """€310k, or €310k and USD 20k: one amount for each currency, the largest first."""
    amounts = [format_money(amount, currency) for currency, amount in sorted(sums.items(), key=lambda pair: -pair[1])]
    return " and ".join([", ".join(amounts[:-1]), amounts[-1]] if len(amounts) > 1 else amounts) or nothing


def list_worth_currencies(records: Iterable[Record]) -> list[str]:
    """The currencies of what projects are worth, the commonest first."""
    found = [record.worth.currency for record in records if record.worth]
    return sorted(set(found), key=lambda currency: (-found.count(currency), currency))


def _added(*parts: Sums) -> Sums:
    total: defaultdict[str, float] = defaultdict(float)
    for part in parts:
        for currency, amount in part.items():
            total[currency] += amount
    return dict(total)
