"""What a page sees of an interpretation: one frozen picture for one person."""

from dataclasses import dataclass
from datetime import datetime

from services.interpretations.acceptance import Standing, Verdict, find_refusal
from services.interpretations.agreement import Agreement
from services.interpretations.cards import Scale
from services.interpretations.expectations import Expected
from services.interpretations.naming import ColumnName
from services.interpretations.surprises import Surprise
from services.interpretations.votes import Answer, Objection, Vote
from services.models.report import Driver, Explanation


@dataclass(frozen=True, slots=True)
class ExpectationView:
    """What one person expected, or why they skipped the question; scored once it may be shown.

    `towards` is the class they speak of, of several.
    """

    user_id: str
    name: str
    role: str
    expected: tuple[Expected, ...]
    skip_reason: str
    at: datetime
    agreement: Agreement | None = None
    towards: str | None = None

    @property
    def is_skipped(self) -> bool:
        """Whether nothing was expected."""
        return not self.expected


@dataclass(frozen=True, slots=True)
class SurpriseView:
    """One difference in words, and its answer once somebody has given it."""

    surprise: Surprise
    sentence: str
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class DriverCard:
    """One of the strongest columns, with what people say of it; `mine` is the vote of who looks."""

    driver: Driver
    name: ColumnName
    sentence: str
    reach: str
    counts: dict[Vote, int]
    mine: Vote | None
    my_reason: str


@dataclass(frozen=True, slots=True)
class AcceptanceView:
    """A decision about the interpretability of a model; `newer_number` is that of the newest, where it is another one.

    `state` is what the decision is worth now: its verdict, stale, or disputed.
    """

    id: str
    version: int
    verdict: Verdict
    state: str
    reason: str
    user_id: str
    name: str
    role: str
    decided_at: datetime
    model_number: int
    newer_number: int | None

    @property
    def is_in_effect(self) -> bool:
        """Whether the model counts as understood now."""
        return self.state == Verdict.ACCEPTED


@dataclass(frozen=True, slots=True)
class Revealed:
    """Everything that tells what drives a model; only for who may see it.

    `scale` is that of single rows and of the shapes behind the model, `card_scale` that of cards and surprises: of
    several classes these are about the one that people chose.
    """

    explanation: Explanation
    scale: Scale
    card_scale: Scale
    cards: tuple[DriverCard, ...]
    expectations: tuple[ExpectationView, ...]
    surprises: tuple[SurpriseView, ...]
    objections: tuple[Objection, ...]

    @property
    def n_unanswered(self) -> int:
        """Surprises that nobody has answered."""
        return sum(surprise.answer is None for surprise in self.surprises)

    @property
    def n_blocking(self) -> int:
        """Votes of no that stand in the way."""
        return sum(objection.blocks for objection in self.objections)


@dataclass(frozen=True, slots=True)
class InterpretationView:
    """One model as one person may understand it.

    Attributes
    ----------
    columns
        What the model takes, in the order of its data.
    is_directed
        Whether a column can raise or lower the outcome: not where the model chooses one of several classes and was made
        before effects on each of them were kept.
    classes
        Of several, those that directions can be about; empty for other answers, and for such a model.
    towards, chosen_by
        The one that all speak of, and who chose it; None before somebody has.
    mine
        What the person expected; None while they have not been asked, or need not be.
    revealed
        None until the person has said what they expect, or has skipped that.
    acceptance
        The latest decision; None before the first.
    standing
        What the rules about a decision of this person depend on.
    threshold
        Probability from which the model says yes; None unless it answers yes or no.
    """

    model_id: str
    project_id: str
    number: int
    family: str
    explanation_sha256: str
    columns: tuple[ColumnName, ...]
    outcome: str
    is_directed: bool
    may_judge: bool
    mine: ExpectationView | None
    revealed: Revealed | None
    acceptance: AcceptanceView | None
    standing: Standing
    threshold: float | None = None
    classes: tuple[str, ...] = ()
    towards: str | None = None
    chosen_by: str | None = None
    is_skipped: bool = False

    def chance_of(self, label: str) -> str:
        """What is raised or lowered where one speaks of this class."""
        return f"the chance that {self.outcome} is {label}" if self.classes else self.outcome

    @property
    def names(self) -> dict[str, ColumnName]:
        """The columns by what the data call them."""
        return {name.column: name for name in self.columns}

    @property
    def is_maker(self) -> bool:
        """Whether this person started the run that made the model."""
        return self.standing.is_maker

    @property
    def refusal(self) -> str | None:
        """Why this person may not decide now, as a sentence; None if they may."""
        refusal = find_refusal(self.standing)
        return refusal.sentence if refusal else None

    @property
    def acceptance_refusal(self) -> str | None:
        """Why this person may not accept now, as a sentence; None if they may."""
        refusal = find_refusal(self.standing, Verdict.ACCEPTED)
        return refusal.sentence if refusal else None
