"""Say what one expects of a model, answer what surprised, vote on its drivers, and decide whether it is understood.

Every command locks the model first: of two people at the same moment the second sees what the first did. Events bind
what was said by its hash and do not repeat it, because the audit log is read by people who are still to be asked what
they expect.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from db.tables import DriverVote, Expectation, InterpretationDecision, Model, Run, SurpriseAnswer, VoteAnswer
from services.audit.actor import Actor
from services.audit.canonical import sha256_of
from services.audit.commands import record_event
from services.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from services.interpretations.acceptance import find_refusal, parse_verdict, refuse_makers, refuse_the_unasked
from services.interpretations.expectations import checked_expectation, checked_sentence
from services.interpretations.facing import chosen_class
from services.interpretations.queries import find_chosen_class, get_interpretation, list_votes
from services.interpretations.views import InterpretationView, Revealed
from services.interpretations.votes import checked_reason, latest_votes, parse_vote
from services.models.explained import read_explanation
from services.models.queries import UNKNOWN_MODEL, hides_explanation
from services.people.permissions import Permission
from services.projects.queries import authorize_project

Said = TypeVar("Said", Expectation, SurpriseAnswer, DriverVote, VoteAnswer, InterpretationDecision)
_SAID_BEFORE = "You have said already what you expect of this model. What was said before the reveal stays as it is."
_MADE_IT = "You started the run that made this model and see its explanation as it is; nobody asks you."


def record_expectation(
    session: Session,
    *,
    actor: Actor,
    model_id: str,
    columns: Sequence[Mapping[str, Any]],
    towards: str | None = None,
) -> Expectation:
    """Keep which columns the actor expects to matter, once; from then on they see what drives the model.

    Parameters
    ----------
    towards
        Of several classes, the one that the directions are about. Who is asked first chooses it, for all.

    Raises
    ------
    InvalidInputError
        See `checked_expectation` and `chosen_class`.
    ConflictError
        The actor has said it already, or need not; or somebody else has chosen another class.
    """
    model = _ask(session, actor, model_id)
    expected = checked_expectation(columns, {column["name"] for column in model.signature["columns"]})
    label = _class_of(session, model, towards, may_be_any=False)
    said = Expectation(columns=[one.document() for one in expected], towards=label, **_who(actor, model))
    return _keep(session, actor, model, said, "interpretation.expected", {"n_columns": len(expected)})


def skip_expectation(
    session: Session, *, actor: Actor, model_id: str, reason: str, towards: str | None = None
) -> Expectation:
    """Let the actor see what drives the model without an expectation; the reason is kept and shown.

    Of several classes they see it towards the one they choose, as all do from then on: where nobody has chosen, the
    most frequent one.
    """
    model = _ask(session, actor, model_id)
    reason = checked_sentence(reason, "Say in a sentence why you skip the question; the others will read it.")
    label = _class_of(session, model, towards, may_be_any=True)
    said = Expectation(columns=[], skip_reason=reason, towards=label, **_who(actor, model))
    return _keep(session, actor, model, said, "interpretation.skipped", {})


def answer_surprise(
    session: Session, *, actor: Actor, model_id: str, kind: str, column: str, sentence: str
) -> SurpriseAnswer:
    """Say why the model differs from what was expected. Who made the model may answer, too.

    Raises
    ------
    InvalidInputError
        There is no such surprise, or the sentence is empty or too long.
    ConflictError
        It was answered already.
    """
    model, seen = _open(session, actor, model_id)
    found = [one for one in _revealed(seen).surprises if (one.surprise.kind, one.surprise.column) == (kind, column)]
    if not found:
        raise InvalidInputError("There is no such surprise any more. Open the page again.")
    if found[0].answer is not None:
        raise ConflictError(f"{found[0].answer.name} has answered this already. Nothing you see is lost.")
    sentence = checked_sentence(sentence, "Answer in a sentence: why does the model differ from what was expected?")
    said = SurpriseAnswer(kind=kind, column=column, sentence=sentence, **_who(actor, model))
    return _keep(session, actor, model, said, "interpretation.surprise_answered", {"kind": kind})


def vote_on_driver(
    session: Session, *, actor: Actor, model_id: str, column: str, vote: str, reason: str = ""
) -> DriverVote | None:
    """Say of one of the strongest columns that it makes sense, surprises, or is wrong; a "no" needs a reason.

    Who has said no may keep that in spite of an answer (`kept`), or withdraw it. The same vote again is no new one:
    then nothing is written and None returned.

    Raises
    ------
    NotAllowedError
        The actor made the model.
    InvalidInputError
        The column is not among the strongest, the vote is none, or a "no" has no reason.
    ConflictError
        Nothing was said that could be kept or withdrawn.
    """
    model, seen = _open(session, actor, model_id)
    if refusal := refuse_makers(seen.standing):
        raise refusal
    chosen = parse_vote(vote)
    if column not in {card.driver.column for card in _revealed(seen).cards}:
        raise InvalidInputError("One votes on the strongest columns of the model, and this is none of them.")
    before = latest_votes(list_votes(session, model)).get((column, actor.user_id))
    mine = [one for one in _revealed(seen).objections if before is not None and one.vote.id == before.id]
    reason = checked_reason(chosen, before, reason, is_answered=any(one.is_answered for one in mine))
    if before is not None and (before.vote, before.reason) == (chosen.value, reason):
        return None
    version = before.version + 1 if before is not None else 1
    said = DriverVote(column=column, version=version, vote=chosen.value, reason=reason, **_who(actor, model))
    return _keep(session, actor, model, said, "interpretation.voted", {"vote": chosen.value})


def answer_vote(session: Session, *, actor: Actor, model_id: str, vote_id: str, sentence: str) -> VoteAnswer:
    """Answer a "no" of somebody else; it blocks no more unless they keep it. Who made the model may answer, too.

    Raises
    ------
    NotAllowedError
        The actor has said no themselves.
    ConflictError
        The "no" was withdrawn or replaced meanwhile.
    """
    model, seen = _open(session, actor, model_id)
    found = [objection for objection in _revealed(seen).objections if objection.vote.id == vote_id]
    if not found:
        raise ConflictError("This “no” does not stand any more: it was withdrawn, or said anew. Open the page again.")
    if found[0].vote.user_id == actor.user_id:
        raise NotAllowedError("You have said no yourself. Somebody else must answer it.")
    sentence = checked_sentence(sentence, "Answer the “no” in a sentence; who voted will read it.")
    who = _who(actor, model)
    said = VoteAnswer(vote_id=vote_id, sentence=sentence, user_id=who["user_id"], role_at_time=who["role_at_time"])
    return _keep(session, actor, model, said, "interpretation.vote_answered", {})


def decide_interpretation(
    session: Session,
    *,
    actor: Actor,
    model_id: str,
    verdict: str,
    reason: str,
    explanation_sha256: str,
    based_on: int = 0,
) -> InterpretationDecision:
    """Decide whether the model is understood, on exactly the explanation the actor saw. The latest decision counts.

    Parameters
    ----------
    based_on
        Version of the decision the actor had before their eyes; 0 for none.

    Raises
    ------
    NotAllowedError
        The actor made the model.
    ConflictError
        They have not said what they expect, or a surprise or a "no" stands in the way, or somebody else decided or the
        explanation changed meanwhile.
    """
    model, seen = _open(session, actor, model_id)
    chosen = parse_verdict(verdict)
    if explanation_sha256 != model.explanation_sha256:
        raise ConflictError("You looked at another explanation than the one that holds now. Open the page again.")
    if refusal := find_refusal(seen.standing, chosen):
        raise refusal
    if based_on != (seen.acceptance.version if seen.acceptance else 0):
        raise ConflictError("Somebody else has decided meanwhile. Look at what they decided first.")
    reason = checked_sentence(reason, "Give a reason: whoever reads this later must understand the decision.")
    said = InterpretationDecision(
        model_digest=model.digest, version=based_on + 1, verdict=chosen.value, reason=reason, **_who(actor, model)
    )
    return _keep(session, actor, model, said, f"interpretation.{chosen.value}", {"version": said.version})


def _class_of(session: Session, model: Model, towards: str | None, *, may_be_any: bool) -> str | None:
    if model.task != "multiclass":
        return chosen_class(towards, (), None, None)
    explanation, current = read_explanation(model.explanation_sha256), find_chosen_class(session, model.id)
    classes = [one.label for one in explanation.by_class]
    default = explanation.shown_class if may_be_any else None
    return chosen_class(towards, classes, current.towards if current else None, default)


def _lock(session: Session, actor: Actor, model_id: str) -> Model:
    model = session.get(Model, model_id, with_for_update=True)
    if model is None:
        raise NotFoundError(UNKNOWN_MODEL)
    authorize_project(
        session, actor=actor, project_id=model.project_id, permission=Permission.JUDGE, unknown=UNKNOWN_MODEL
    )
    return model


def _ask(session: Session, actor: Actor, model_id: str) -> Model:
    """The model, for somebody who has not seen what drives it."""
    model = _lock(session, actor, model_id)
    if session.get_one(Run, model.run_id).created_by == actor.user_id:
        raise ConflictError(_MADE_IT)
    if not hides_explanation(session, actor, model):
        raise ConflictError(_SAID_BEFORE)
    return model


def _open(session: Session, actor: Actor, model_id: str) -> tuple[Model, InterpretationView]:
    """The model as somebody sees it who may say something about what drives it."""
    model = _lock(session, actor, model_id)
    seen = get_interpretation(session, actor=actor, model_id=model_id)
    if refusal := refuse_the_unasked(seen.standing):
        raise refusal
    return model, seen


def _revealed(seen: InterpretationView) -> Revealed:
    assert seen.revealed is not None  # `_open` refuses who has not been asked
    return seen.revealed


def _who(actor: Actor, model: Model) -> dict[str, Any]:
    return {
        "model_id": model.id,
        "explanation_sha256": model.explanation_sha256,
        "user_id": actor.user_id,
        "role_at_time": actor.role,
    }


def _keep(session: Session, actor: Actor, model: Model, said: Said, action: str, after: dict[str, Any]) -> Said:
    """Add what was said, with one event that names it and binds its content."""
    session.add(said)
    try:
        session.flush()
    except IntegrityError:
        raise ConflictError("Somebody was faster, perhaps you in another window. Open the page again.") from None
    content = said.model_dump(exclude={"created_at", "decided_at"})
    record_event(
        session,
        actor=actor,
        action=action,
        object_type="model",
        object_id=model.id,
        project_id=model.project_id,
        after={**after, "said_id": said.id, "said_sha256": sha256_of(content)},
    )
    return said
