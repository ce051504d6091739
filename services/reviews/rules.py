"""Who may do what with a round of review, and what it becomes. Pure: facts in, a refusal or nothing out.

Each guard looks at one thing and answers with the sentence that refuses, or None. A guard never answers "allowed": only
the silence of all of them does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from services.errors import ConflictError, InvalidInputError, NotAllowedError, PortalError
from services.reviews.errors import AlreadyDecidedError, SelfApprovalError, StaleEvidenceError

REASON_LENGTH = 2_000
SECTIONS = ("objective", "money", "data", "model", "explanation")
SECTION_LABELS = dict(zip(SECTIONS, ("Objective", "Money", "Data", "Model", "Explanation"), strict=True))

_NONE: frozenset[str] = frozenset()
SECTIONS_TO_OPEN = {  # by risk tier: what an approval needs to have been opened by the person who approves
    "low": _NONE,
    "medium": _NONE,
    "high": frozenset(SECTIONS),
    "critical": frozenset(SECTIONS),
}


class ReviewState(StrEnum):
    """Where a round is. `stale` is not among them: it follows from the evidence at every look."""

    IN_APPROVAL = "in_approval"
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"


UNDERSTOOD_WITHOUT = frozenset({"low", "medium"})  # risk tiers that need no decision about interpretability

STALE = "stale"
_WITH_EFFECT = frozenset({ReviewState.IN_APPROVAL, ReviewState.APPROVED})


def state_now(recorded: str, *, is_changed: bool) -> str:
    """The recorded state, or `STALE` where it has an effect and the evidence is no longer what it was bound to."""
    return STALE if is_changed and recorded in _WITH_EFFECT else recorded


class Verdict(StrEnum):
    """What a reviewer can say of a round that waits."""

    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    REJECT = "reject"


OUTCOMES = {
    Verdict.APPROVE: ReviewState.APPROVED,
    Verdict.REQUEST_CHANGES: ReviewState.CHANGES_REQUESTED,
    Verdict.REJECT: ReviewState.REJECTED,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One person before one round: everything a rule may depend on, read inside one transaction."""

    state: ReviewState
    tier: str
    is_member: bool
    may_sign: bool  # the role has the permission to decide
    is_requester: bool
    authored: str | None  # what the person wrote of this evidence, in words: "edited the payoffs on 3 May"
    opened: frozenset[str]  # sections of the evidence the person has opened
    frozen_sha256: str
    current_sha256: str
    seen_sha256: str  # the manifest the person had before their eyes
    is_understood: bool = False  # whether an acceptance of the model's interpretability is in effect
    accepted_it: bool = False  # whether it is this person's

    @property
    def is_stale(self) -> bool:
        """Whether the evidence is no longer what the round was opened on."""
        return self.frozen_sha256 != self.current_sha256


Guard = Callable[[Standing], PortalError | None]


def refuse_strangers(standing: Standing) -> PortalError | None:
    """Nobody outside the project decides, however much they may see."""
    return None if standing.is_member else NotAllowedError("Only a member of the project decides or withdraws.")


def refuse_roles_that_do_not_sign(standing: Standing) -> PortalError | None:
    """Signing is a right of its own; an administrator has not got it."""
    return None if standing.may_sign else NotAllowedError("Your role does not sign. A manager of this project does.")


def refuse_authors(standing: Standing) -> PortalError | None:
    """Nobody decides on evidence they wrote."""
    if standing.authored is None:
        return None
    return SelfApprovalError(f"You cannot decide on this: you {standing.authored}. Somebody else must sign.")


def refuse_closed_rounds(standing: Standing) -> PortalError | None:
    """A round is decided once."""
    if standing.state == ReviewState.IN_APPROVAL:
        return None
    return AlreadyDecidedError(f"This round is closed: {standing.state.replace('_', ' ')}. Open the latest round.")


def refuse_stale_evidence(standing: Standing) -> PortalError | None:
    """A signature on evidence that has changed would bind nothing."""
    if not standing.is_stale:
        return None
    return StaleEvidenceError("The evidence has changed since this was asked. A new sign-off must be asked for.")


def refuse_unseen_manifest(standing: Standing) -> PortalError | None:
    """A signature counts for what the person saw, and for nothing else."""
    if standing.seen_sha256 == standing.frozen_sha256:
        return None
    return StaleEvidenceError("You looked at another round than the one that waits. Open this round again.")


def refuse_unopened_evidence(standing: Standing) -> PortalError | None:
    """Where the risk is high, an approval needs open eyes."""
    missing = missing_sections(standing.tier, standing.opened)
    if not missing:
        return None
    return InvalidInputError(
        f"Open {name_sections(missing)} first: an approval at {standing.tier} risk needs all evidence opened."
    )


def refuse_what_nobody_understands(standing: Standing) -> PortalError | None:
    """Where the risk is high, an approval needs a model whose interpretability was accepted."""
    if standing.tier in UNDERSTOOD_WITHOUT or standing.is_understood:
        return None
    return ConflictError(
        f"At {standing.tier} risk the interpretability of the model must be accepted first, on the page Explain."
    )


def refuse_sole_judges(standing: Standing) -> PortalError | None:
    """Where the risk is high, who accepted the interpretability is not the only one who approves."""
    if standing.tier in UNDERSTOOD_WITHOUT or not standing.accepted_it:
        return None
    return NotAllowedError(
        f"You accepted the interpretability of this model. At {standing.tier} risk somebody else must approve."
    )


DECISION_GUARDS: tuple[Guard, ...] = (
    refuse_strangers,
    refuse_roles_that_do_not_sign,
    refuse_authors,
    refuse_closed_rounds,
    refuse_stale_evidence,
    refuse_unseen_manifest,
)
APPROVAL_GUARDS: tuple[Guard, ...] = (
    refuse_unopened_evidence,
    refuse_what_nobody_understands,
    refuse_sole_judges,
)


def find_decision_refusal(standing: Standing, verdict: Verdict | None = None) -> PortalError | None:
    """Why this person may not decide (at all, or with this verdict) on this round now; None means they may."""
    guards = DECISION_GUARDS + (APPROVAL_GUARDS if verdict == Verdict.APPROVE else ())
    return next((refusal for guard in guards if (refusal := guard(standing)) is not None), None)


def find_interpretability_refusal(standing: Standing) -> PortalError | None:
    """What the interpretability of the model has against an approval by this person; None if nothing."""
    return refuse_what_nobody_understands(standing) or refuse_sole_judges(standing)


def find_withdrawal_refusal(standing: Standing) -> PortalError | None:
    """Why this person may not withdraw the round: only who asked may, and only while it waits."""
    if refusal := refuse_strangers(standing):
        return refusal
    if not standing.is_requester:
        return NotAllowedError("Only the person who asked for this sign-off can withdraw it.")
    return refuse_closed_rounds(standing)


def find_revocation_refusal(standing: Standing) -> PortalError | None:
    """Why this person may not revoke the approval. A stale approval can be revoked too: that makes it final."""
    for guard in (refuse_strangers, refuse_roles_that_do_not_sign, refuse_authors):
        if refusal := guard(standing):
            return refusal
    if standing.state != ReviewState.APPROVED:
        return ConflictError("Only an approval can be revoked, and this round is not approved.")
    return None


def missing_sections(tier: str, opened: frozenset[str]) -> tuple[str, ...]:
    """The sections a person of this tier's policy has yet to open, in reading order. An unknown tier needs all."""
    needed = SECTIONS_TO_OPEN.get(tier, frozenset(SECTIONS))
    return tuple(section for section in SECTIONS if section in needed - opened)


def name_sections(sections: tuple[str, ...]) -> str:
    """Sections in words: "Money, Data and Model"."""
    names = [SECTION_LABELS[section] for section in sections]
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def clean_reason(reason: str) -> str:
    """A reason without surrounding blanks.

    Raises
    ------
    InvalidInputError
        It is empty or too long.
    """
    reason = reason.strip()
    if not reason:
        raise InvalidInputError("Give a reason: whoever reads this later must understand the decision.")
    if len(reason) > REASON_LENGTH:
        raise InvalidInputError(f"The reason has {len(reason)} characters; {REASON_LENGTH} are enough.")
    return reason
