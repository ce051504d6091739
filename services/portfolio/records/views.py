"""A project among others, and the initiatives they belong to: frozen pictures for one person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from services.portfolio.standing import Phase
from services.portfolio.worth import Worth
from services.valuation.assumptions import Assumptions


class Column(StrEnum):
    """A column of the board. A project is in the one its gates put it in; nobody moves it by hand."""

    IDEA = "idea"
    CASE = "case"
    MAKING = "making"
    SIGN_OFF = "sign_off"
    LIVE = "live"
    STOPPED = "stopped"

    @property
    def label(self) -> str:
        """As a person reads it."""
        return _LABELS[self]


_LABELS = {
    Column.IDEA: "Idea",
    Column.CASE: "Business case",
    Column.MAKING: "Data and model",
    Column.SIGN_OFF: "Sign-off",
    Column.LIVE: "Live",
    Column.STOPPED: "Stopped",
}
COLUMN_OF = {
    Phase.OBJECTIVE: Column.IDEA,
    Phase.MONEY: Column.CASE,
    Phase.DATA: Column.MAKING,
    Phase.TARGET: Column.MAKING,
    Phase.RUN: Column.MAKING,
    Phase.RUNNING: Column.MAKING,
    Phase.REQUEST: Column.SIGN_OFF,
    Phase.DECISION: Column.SIGN_OFF,
    Phase.STALE: Column.SIGN_OFF,
    Phase.ANSWERING: Column.LIVE,
}


@dataclass(frozen=True, slots=True)
class Reach:
    """How easy a project is to bring to an end, from 0 to 1, and what that is told from."""

    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Awaited:
    """Whose turn it is: the people of the project who can act, or what kind of person must be brought in."""

    whose: str
    names: tuple[str, ...] = ()
    is_me: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """The newest sign-off of the newest model: what is to be decided, who asked, and when."""

    question: str
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """One project of the portfolio.

    Attributes
    ----------
    since
        When it came to the phase it is in.
    worth
        Money a year, before the project's own cost; None where nobody priced it.
    realised
        What it brought since it is live, by currency; empty where nobody measured it.
    person_days
        Work that is left until it is live; None where nobody said.
    ids
        Of its newest run, model and sign-off, by these names; without those it has not.
    way
        The columns it came through up to the one it is in, each with the moment it came there.
    """

    project_id: str
    name: str
    owner_name: str
    risk_tier: str
    started_at: datetime
    phase: Phase
    column: Column
    stage: str
    status: str
    color: str
    since: datetime
    awaited: Awaited
    reach: Reach
    worth: Worth | None = None
    assumptions: Assumptions | None = None
    due_on: date | None = None
    live_since: datetime | None = None
    person_days: float | None = None
    initiative_id: str | None = None
    initiative_name: str = ""
    realised: Mapping[str, float] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    asked: Asked | None = None
    way: tuple[tuple[Column, datetime], ...] = ()

    @property
    def amount(self) -> float | None:
        """Money a year, None where nobody priced it."""
        return self.worth.amount if self.worth else None

    @property
    def currency(self) -> str:
        """Of `amount`."""
        return self.worth.currency if self.worth else "EUR"

    def days_in_phase(self, now: datetime) -> int:
        """Whole days since it came to the phase it is in."""
        return max(0, (now - self.since).days)


@dataclass(frozen=True, slots=True)
class InitiativeView:
    """A named group of projects, as far as the person may see them. `may_change`: they may rename it and its budget."""

    id: str
    name: str
    owner_name: str
    owner_email: str
    currency: str
    budget_amount: float
    may_change: bool = False


@dataclass(frozen=True, slots=True)
class BenefitView:
    """What a project brought from the first to the last day, and where that is written."""

    starts_on: date
    ends_on: date
    currency: str
    amount: float
    method: str
    note: str
    by_name: str
    at: datetime
    is_correction: bool = False

    @property
    def n_days(self) -> int:
        """Days measured, the first and the last included."""
        return (self.ends_on - self.starts_on).days + 1


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The projects a person may see, newest first, and the initiatives they may see. Nothing else is counted."""

    records: tuple[Record, ...]
    initiatives: tuple[InitiativeView, ...] = ()
    may_steer: bool = False
