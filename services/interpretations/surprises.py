"""Where a model differs from what people expected of it: each difference wants an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.interpretations.agreement import compared_directions, important_drivers
from services.interpretations.expectations import Expected
from services.models.report import Driver

STRONG_SHARE = 1 / 3  # of the strongest driver's effect: from here on a column that nobody expected is a surprise
WEAK_SHARE = 1 / 10  # below: an expected column hardly matters


class Kind(StrEnum):
    """How a model differs from what was expected."""

    UNEXPECTED = "unexpected"
    WEAK = "weak"
    OPPOSITE = "opposite"


@dataclass(frozen=True, slots=True)
class Surprise:
    """One difference. `who` are the people whose expectation it contradicts; nobody where nobody expected a column."""

    kind: Kind
    column: str
    who: tuple[str, ...] = ()


def find_surprises(
    expectations: Mapping[str, Sequence[Expected]], drivers: Sequence[Driver], *, is_directed: bool = True
) -> tuple[Surprise, ...]:
    """All differences: strong columns that nobody expected, then expected ones that hardly matter, then directions.

    Parameters
    ----------
    expectations
        By person; who skipped the question is not among them. Without any there is nothing to differ from.
    """
    expectations = {who: said for who, said in expectations.items() if said}
    if not expectations:
        return ()
    top = important_drivers(drivers)
    strongest = top[0].importance if top else 0.0
    effect = {driver.column: driver.importance for driver in drivers}
    named = {one.column: who_expects(expectations, one.column) for said in expectations.values() for one in said}
    unexpected = [
        Surprise(Kind.UNEXPECTED, driver.column)
        for driver in top
        if driver.column not in named and driver.importance >= STRONG_SHARE * strongest
    ]
    weak = [
        Surprise(Kind.WEAK, column, who)
        for column, who in named.items()
        if not top or effect.get(column, 0.0) < WEAK_SHARE * strongest
    ]
    is_weak = {surprise.column for surprise in weak}
    opposite = _opposites(expectations, [driver for driver in drivers if driver.column not in is_weak])
    return (*unexpected, *weak, *(opposite if is_directed else ()))


def who_expects(expectations: Mapping[str, Sequence[Expected]], column: str) -> tuple[str, ...]:
    """The people who named a column."""
    return tuple(who for who, said in expectations.items() if any(one.column == column for one in said))


def _opposites(expectations: Mapping[str, Sequence[Expected]], drivers: Sequence[Driver]) -> list[Surprise]:
    contradicted: dict[str, list[str]] = {}
    for who, said in expectations.items():
        for one, modelled in compared_directions(said, drivers):
            if one.direction != modelled:
                contradicted.setdefault(one.column, []).append(who)
    return [Surprise(Kind.OPPOSITE, column, tuple(who)) for column, who in contradicted.items()]
