"""The portfolio in words."""

from collections.abc import Sequence
from datetime import datetime

from services.portfolio.records.filters import Filter
from services.portfolio.records.roll_up import RollUp, roll_up, say_sums
from services.portfolio.records.views import Awaited, Column, Record
from services.proposals.risk import TIERS
from services.valuation.amounts import format_money

_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
MOST_NAMES = 2


def describe_portfolio(records: Sequence[Record]) -> str:
    """How many, where they are, what was promised and what came of it: the sum in one or two sentences."""
    if not records:
        return "No project yet."
    counts = {column: sum(record.column == column for record in records) for column in Column}
    parts = [
        (counts[Column.IDEA] + counts[Column.CASE], "without a business case"),
        (counts[Column.MAKING], "in the making"),
        (counts[Column.SIGN_OFF], "before a signature"),
        (counts[Column.LIVE], "live"),
        (counts[Column.STOPPED], "stopped"),
    ]
    said = ", ".join(f"{count(n)} {words}" for n, words in parts if n)
    n = len(records)
    return f"{count(n).capitalize()} project{'' if n == 1 else 's'}: {said}. {describe_realised(roll_up(records))}"


def describe_realised(sums: RollUp) -> str:
    """What the live projects promised a year, and what they brought so far."""
    before = f" What is live no more brought {say_sums(sums.realised_before)}." if sums.realised_before else ""
    if not sums.promised:
        if sums.measured:
            return f"Models not yet live bring {say_sums(sums.measured)} a year on rows kept aside.{before}"
        return before.strip() or "None of them earns yet."
    promised = f"What is live promises {say_sums(sums.promised)} a year"
    if not sums.realised:
        return f"{promised}; nobody has measured yet what it brought.{before}"
    return f"{promised}; realised so far: {say_sums(sums.realised)}.{before}"


def describe_awaited(awaited: Awaited) -> str:
    """Who is waited for: "you", the names, or the kind of person nobody brought in yet."""
    if awaited.is_me:
        others = len(awaited.names) - 1
        return "You" if others < 1 else f"You or {count(others)} other{'' if others == 1 else 's'}"
    if not awaited.names:
        return awaited.whose
    shown, more = awaited.names[:MOST_NAMES], len(awaited.names) - MOST_NAMES
    return " or ".join(shown) + (f", or {count(more)} other{'' if more == 1 else 's'}" if more > 0 else "")


def describe_worth(record: Record) -> str:
    """€310k, at most €310k, or that nobody priced it."""
    if record.worth is None:
        return "not priced yet"
    amount = format_money(record.worth.amount, record.worth.currency)
    return amount if record.worth.is_measured else f"at most {amount}"


def describe_age(record: Record, now: datetime) -> str:
    """Since today, for one day, for 31 days."""
    days = record.days_in_phase(now)
    return "since today" if days == 0 else f"for {days:,} day{'' if days == 1 else 's'}"


def count(n: int) -> str:
    """A small number in words."""
    return _SMALL[n] if n < len(_SMALL) else f"{n:,}"


def describe_money(sums: RollUp) -> str:
    """Expected, possible and realised in one line; amounts are a year, but for what was realised."""
    said = []
    if sums.expected:
        live = f", {say_sums(sums.promised)} of it by what is live" if sums.promised and sums.measured else ""
        said.append(f"Expected: {say_sums(sums.expected)} a year{live}.")
    if sums.at_most:
        more = "at most" if not sums.expected else "projects without a model may add at most"
        said.append(f"{more[:1].upper()}{more[1:]} {say_sums(sums.at_most)} a year.")
    if sums.realised or sums.realised_before:
        n, total = sums.n_measured_benefits, sums.realised_in_all
        where = f"{count(n)} project{'' if n == 1 else 's'}"
        ended = f", {say_sums(sums.realised_before)} of it in what is live no more" if sums.realised_before else ""
        said.append(f"Realised so far: {say_sums(total)}, measured in {where}{ended}.")
    elif sums.promised:
        said.append("Nobody has measured yet what was realised.")
    return " ".join(said) or "Nobody has priced these projects yet."


def describe_filter(n_shown: int, n_all: int, wanted: Filter, initiative: str) -> str:
    """What is asked for, in words, and how much of the whole it is."""
    asked = [
        f"“{wanted.text}”" if wanted.text else "",
        " or ".join(f"{tier} risk" for tier in TIERS if tier in wanted.risks),
        " or ".join(column.label.lower() for column in Column if column in wanted.columns),
        f"initiative {initiative}" if wanted.initiative and initiative else "",
        "waits for you" if wanted.only_mine else "",
    ]
    return f"{n_shown:,} of {n_all:,} projects: {', '.join(filter(None, asked))}."
