"""What people say of each driver, and which "no" still stands in the way."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.errors import ConflictError, InvalidInputError
from services.interpretations.expectations import checked_sentence


class Vote(StrEnum):
    """What one person says of one driver. The last two only follow a "no"."""

    SENSE = "sense"
    SURPRISED = "surprised"
    NO = "no"
    KEPT = "kept"
    WITHDRAWN = "withdrawn"


LABELS = {Vote.SENSE: "Makes sense", Vote.SURPRISED: "Surprised", Vote.NO: "No"}
OBJECTIONS = frozenset({Vote.NO, Vote.KEPT})


@dataclass(frozen=True, slots=True)
class CastVote:
    """One version of one person's vote. `has_left`: they may not judge this model any more, nor withdraw a "no"."""

    id: str
    column: str
    user_id: str
    name: str
    vote: str
    reason: str
    version: int
    at: datetime
    has_left: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody said to a vote, or to a surprise."""

    subject: str
    user_id: str
    name: str
    sentence: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Objection:
    """A "no" that has not been withdrawn, with what was said to it.

    It blocks until somebody else answers; where the person keeps it in spite of the answer, until they withdraw it or
    leave: then the answer stands, for all to read.
    """

    vote: CastVote
    answers: tuple[Answer, ...]

    @property
    def is_kept(self) -> bool:
        """Whether the person has read the answer and still says no."""
        return self.vote.vote == Vote.KEPT

    @property
    def is_answered(self) -> bool:
        """Whether somebody else has said something to it."""
        return any(answer.user_id != self.vote.user_id for answer in self.answers)

    @property
    def blocks(self) -> bool:
        """Whether the explanation cannot be accepted because of it."""
        return (self.is_kept and not self.vote.has_left) or not self.is_answered


def latest_votes(votes: Iterable[CastVote]) -> dict[tuple[str, str], CastVote]:
    """What counts: the latest version by column and person."""
    found: dict[tuple[str, str], CastVote] = {}
    for vote in votes:
        known = found.get((vote.column, vote.user_id))
        if known is None or known.version < vote.version:
            found[vote.column, vote.user_id] = vote
    return found


def find_objections(votes: Iterable[CastVote], answers: Iterable[Answer]) -> tuple[Objection, ...]:
    """Every "no" that stands, oldest first; the subject of an answer is the id of the vote.

    What was said to a "no" that is kept was said to the version before.
    """
    votes, said = list(votes), sorted(answers, key=lambda answer: answer.at)
    standing = (vote for vote in latest_votes(votes).values() if vote.vote in OBJECTIONS)
    return tuple(
        Objection(vote, tuple(answer for answer in said if answer.subject in _versions(vote, votes)))
        for vote in sorted(standing, key=lambda vote: (vote.at, vote.id))
    )


def _versions(vote: CastVote, votes: Iterable[CastVote]) -> set[str]:
    before = {
        one.id
        for one in votes
        if vote.vote == Vote.KEPT
        and (one.column, one.user_id, one.version) == (vote.column, vote.user_id, vote.version - 1)
    }
    return {vote.id, *before}


def count_votes(votes: Iterable[CastVote], column: str) -> dict[Vote, int]:
    """How many people say what of a column; a kept "no" is a "no", a withdrawn one nothing."""
    said = [vote.vote for (voted, _user), vote in latest_votes(votes).items() if voted == column]
    return {
        choice: sum(vote in OBJECTIONS if choice is Vote.NO else vote == choice for vote in said) for choice in LABELS
    }


def parse_vote(vote: str) -> Vote:
    """The vote that was chosen.

    Raises
    ------
    InvalidInputError
        None was.
    """
    try:
        return Vote(vote)
    except ValueError:
        raise InvalidInputError("Say that it makes sense, that it surprises you, or no.") from None


def checked_reason(chosen: Vote, before: CastVote | None, reason: str, *, is_answered: bool) -> str:
    """Why somebody votes so: a "no" says it; one that is kept has the reason it had unless another is given.

    Parameters
    ----------
    before
        What the person says until now.
    is_answered
        Whether somebody else has answered their "no".

    Raises
    ------
    InvalidInputError
        A "no" has no reason, or the reason is too long.
    ConflictError
        There is no "no" to withdraw, or none with an answer to keep it in spite of.
    """
    stands = before is not None and before.vote in OBJECTIONS
    if chosen is Vote.WITHDRAWN and not stands:
        raise ConflictError("You have not said no here, so there is nothing to withdraw.")
    if chosen is Vote.KEPT:
        if before is None or not stands or not is_answered:
            raise ConflictError("A “no” is kept once somebody has answered it. Wait for the answer, or withdraw it.")
        return checked_sentence(reason or before.reason, "")
    if chosen is Vote.NO:
        return checked_sentence(reason, "Say in a sentence what is wrong; somebody else must be able to answer it.")
    return checked_sentence(reason, "") if reason.strip() else ""
