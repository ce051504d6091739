"""What the page of an objective reads: the saved version, the draft on top of it, and what a formula gives."""

from dataclasses import dataclass
from typing import Any

from portal.ui.session import reading
from services.audit.actor import Actor
from services.errors import PortalError
from services.people.permissions import Permission
from services.projects.queries import authorize_project
from services.proposals.answers import answers_of
from services.proposals.merging import Comparison, compare
from services.proposals.queries import (
    SavedDraft,
    SavedObjective,
    find_draft,
    find_objective,
    find_version,
    list_similar,
    try_formula,
)
from services.proposals.similar import SimilarProposal


@dataclass(frozen=True, slots=True)
class Proposal:
    """All of it, read at one moment.

    Attributes
    ----------
    begun_from
        The answers of the version the draft was begun from.
    """

    saved: SavedObjective | None
    draft: SavedDraft | None
    begun_from: dict[str, Any]
    answers: dict[str, Any]
    similar: tuple[SimilarProposal, ...]

    @property
    def version(self) -> int:
        """The newest version, 0 before the first."""
        return self.saved.version if self.saved else 0

    @property
    def based_on(self) -> int:
        """The version the draft was begun from, the newest one where there is no draft."""
        return self.draft.based_on if self.draft else self.version

    @property
    def comparison(self) -> Comparison | None:
        """What the draft and a version somebody saved meanwhile do to each other; None where nobody did."""
        if self.draft is None or self.draft.based_on == self.version:
            return None
        theirs = answers_of(self.saved.objective if self.saved else None)
        return compare(self.begun_from, theirs, self.draft.answers)


def read_proposal(actor: Actor, project_id: str) -> Proposal:
    """The proposal of a project as this person sees it."""
    with reading() as session:
        project = authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
        saved = find_objective(session, actor=actor, project_id=project_id)
        draft = find_draft(session, actor=actor, project_id=project_id)
        said = answers_of(saved.objective if saved else None)
        begun_from = said
        if draft and saved and draft.based_on != saved.version:
            old = find_version(session, actor=actor, project_id=project_id, version=draft.based_on)
            begun_from = answers_of(old.objective if old else None)
        answers = {"sentence": project.sentence} | said | (draft.answers if draft else {})
        similar = list_similar(
            session, actor=actor, project_id=project_id, sentence=str(answers["sentence"] or project.sentence)
        )
    return Proposal(saved, draft, begun_from, answers, tuple(similar))


def try_in_words(
    actor: Actor, project_id: str, text: str, within: tuple[float, float] | None = None
) -> tuple[bool, str]:
    """Whether a formula can be used, and what it gives in the first rows or why not.

    Parameters
    ----------
    within
        What its values are allowed to be; rows outside are counted.
    """
    try:
        with reading() as session:
            trial = try_formula(session, actor=actor, project_id=project_id, text=text)
    except PortalError as error:
        return False, error.sentence
    outside = trial.outside(*within) if within else ""
    if not trial.is_answered or (outside and not trial.names):
        return False, outside or trial.refusal
    return True, f"{trial.sentence} {outside}".strip()
