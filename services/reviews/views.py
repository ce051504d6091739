"""What a page sees of a round of review: one frozen picture for one person."""

from dataclasses import dataclass
from datetime import datetime

from services.interpretations.views import AcceptanceView
from services.reviews.manifest import Change, Manifest
from services.reviews.rules import SECTIONS, ReviewState, missing_sections
from services.reviews.stakes import Stakes


@dataclass(frozen=True, slots=True)
class AuthorView:
    """A person who wrote evidence and may therefore not decide: "edited the payoffs on 3 May"."""

    user_id: str
    name: str
    authored: str


@dataclass(frozen=True, slots=True)
class OpeningView:
    """Which sections of the evidence a reviewer has opened."""

    user_id: str
    name: str
    sections: frozenset[str]


@dataclass(frozen=True, slots=True)
class DecisionView:
    """What one person decided, in which role and why."""

    user_id: str
    name: str
    role: str
    verdict: str
    reason: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A round as one person sees it.

    Attributes
    ----------
    state
        The state in effect: a waiting or approved round whose evidence has changed is "stale".
    changes
        What changed since the manifest was frozen; empty unless stale.
    changes_since_approval
        How this round's manifest differs from the last approved one; None before the first approval.
    decision_refusal
        Why this person may not decide now, as a sentence; None if they may.
    opened
        Sections of the evidence this person has opened.
    stakes
        What the model earns a year at the signed threshold and payoffs; None where nobody priced it.
    acceptance
        The latest decision about the interpretability of the model; None before the first.
    interpretability_refusal
        What it has against an approval by this person at this risk, as a sentence; None if nothing.
    """

    id: str
    project_id: str
    project_name: str
    risk_tier: str
    gate: str
    round: int
    model_id: str
    model_name: str
    question: str
    state: str
    recorded_state: ReviewState
    manifest: Manifest
    manifest_sha256: str
    changes: tuple[Change, ...]
    changes_since_approval: tuple[Change, ...] | None
    requested_by: str
    requested_by_name: str
    requested_at: datetime
    decided_at: datetime | None
    authors: tuple[AuthorView, ...]
    openings: tuple[OpeningView, ...]
    decisions: tuple[DecisionView, ...]
    decision_refusal: str | None
    may_withdraw: bool
    may_revoke: bool
    opened: frozenset[str]
    stakes: Stakes | None
    acceptance: AcceptanceView | None
    interpretability_refusal: str | None

    @property
    def may_decide(self) -> bool:
        """Whether this person can decide on this round now."""
        return self.decision_refusal is None

    @property
    def is_waiting(self) -> bool:
        """Whether somebody still has to decide, on evidence that is still true."""
        return self.state == ReviewState.IN_APPROVAL

    @property
    def n_opened(self) -> int:
        """How many of the `n_sections` sections this person has opened."""
        return len(self.opened & set(SECTIONS))

    @property
    def n_sections(self) -> int:
        """How many sections the evidence has."""
        return len(SECTIONS)

    @property
    def sections_to_open(self) -> tuple[str, ...]:
        """What this person must still open before they can approve at this risk."""
        return missing_sections(self.risk_tier, self.opened)

    @property
    def changed_words(self) -> str:
        """The changes as one phrase: "the value ... changed from ... to ...; ..."."""
        return "; ".join(change.sentence for change in self.changes)
