"""Read interpretations: what people expected of a model, what they say of it now, and whether it is understood."""

from collections.abc import Sequence
from functools import lru_cache

from sqlmodel import Session, col, select

from db.artifacts import ArtifactDamagedError, ArtifactMissingError, get_artifact_store
from db.settings import get_database_settings
from db.tables import (
    DriverVote,
    Expectation,
    InterpretationDecision,
    Model,
    ProjectMember,
    Run,
    SurpriseAnswer,
    User,
    VoteAnswer,
)
from services.audit.actor import Actor
from services.datasets.dictionary import DictionaryLine
from services.datasets.queries import list_descriptions
from services.interpretations.acceptance import Standing, Verdict, state_now
from services.interpretations.agreement import score_agreement
from services.interpretations.cards import Scale, payoff_of_a_point, scale_of, scale_towards
from services.interpretations.expectations import read_expectation
from services.interpretations.facing import drivers_towards, importances_towards
from services.interpretations.naming import ColumnName, column_names, target_name
from services.interpretations.showing import show_cards, show_surprises
from services.interpretations.views import AcceptanceView, ExpectationView, InterpretationView, Revealed
from services.interpretations.votes import Answer, CastVote, Objection, find_objections
from services.models.explained import explained_classes
from services.models.queries import ModelView, get_model, hides_explanation
from services.models.report import Driver, Explanation
from services.models.row_effects import RowEffects, load_row_effects
from services.people.permissions import PERMISSIONS, Permission, is_allowed
from services.valuation.queries import get_valuation


def get_interpretation(session: Session, *, actor: Actor, model_id: str) -> InterpretationView:
    """A model as the actor may understand it: without what drives it until they have said what they expect.

    Raises
    ------
    NotFoundError
        There is no such model, or the actor is not a member of its project.
    """
    model = get_model(session, actor=actor, model_id=model_id)
    dictionary = list_descriptions(session, actor=actor, project_id=model.project_id)
    revealed = None
    classes = explained_classes(model.explanation_sha256) if model.task == "multiclass" else ()
    chosen = find_chosen_class(session, model_id)
    if model.explanation is not None:
        revealed = _reveal(session, actor, model, model.explanation, dictionary)
    standing = _standing(model.created_by == actor.user_id, revealed)
    acceptance = find_acceptance(session, actor, session.get_one(Model, model_id))
    positive = model.signature.positive_label
    target = target_name(model.signature, dictionary)
    return InterpretationView(
        model_id=model.id,
        project_id=model.project_id,
        number=model.number,
        family=model.family,
        explanation_sha256=model.explanation_sha256,
        columns=column_names(model.signature, dictionary),
        outcome=f"the chance that {target.label} is {positive}" if positive is not None else target.label,
        is_directed=model.task != "multiclass" or bool(classes),
        may_judge=is_allowed(actor, Permission.JUDGE),
        mine=next((one for one in revealed.expectations if one.user_id == actor.user_id), None) if revealed else None,
        revealed=revealed,
        acceptance=acceptance,
        standing=standing,
        threshold=model.threshold.threshold if model.threshold else None,
        classes=classes,
        towards=None if chosen is None else chosen.towards,
        chosen_by=None if chosen is None else _name(session, chosen.user_id),
        is_skipped=chosen is not None and bool(chosen.skip_reason),
    )


def find_chosen_class(session: Session, model_id: str) -> Expectation | None:
    """What was said first of one of several classes, of which all speak since. Internal: the actor is authorised."""
    said = select(Expectation).where(Expectation.model_id == model_id, col(Expectation.towards).is_not(None))
    return session.exec(said.order_by(col(Expectation.created_at), col(Expectation.id)).limit(1)).first()


def find_row_effects(session: Session, *, actor: Actor, model_id: str) -> RowEffects | None:
    """What each column did to each explained row; hidden like the explanation.

    None also for models of before, whose explanation names no file (`Explanation.rows_sha256`), and where that is lost.
    """
    model = get_model(session, actor=actor, model_id=model_id)
    if model.explanation is None or model.explanation.rows_sha256 is None:
        return None
    try:
        return _read_row_effects(get_database_settings().storage_url, model.explanation.rows_sha256)
    except (ArtifactMissingError, ArtifactDamagedError):
        return None


def find_acceptance(session: Session, actor: Actor, model: Model) -> AcceptanceView | None:
    """The latest decision about a model and what it is worth now. Internal: the caller has authorised the actor.

    Its reason is left out for who is still to say what they expect: it may name what drives the model.

    It binds the model by its hash, and its explanation by that: a newer model, of the same run or of another, needs a
    decision of its own and takes nothing from this one, which stays true of its model.
    """
    statement = select(InterpretationDecision).where(InterpretationDecision.model_id == model.id)
    row = session.exec(statement.order_by(col(InterpretationDecision.version).desc()).limit(1)).first()
    if row is None:
        return None
    bound, current = (row.model_digest, row.explanation_sha256), (model.digest, model.explanation_sha256)
    n_blocking = sum(objection.blocks for objection in list_objections(session, model))
    return AcceptanceView(
        id=row.id,
        version=row.version,
        verdict=Verdict(row.verdict),
        state=state_now(row.verdict, is_replaced=bound != current, n_blocking=n_blocking),
        reason="" if hides_explanation(session, actor, model) else row.reason,
        user_id=row.user_id,
        name=_name(session, row.user_id),
        role=row.role_at_time,
        decided_at=row.decided_at,
        model_number=model.number,
        newer_number=_newer_number(session, model),
    )


def list_votes(session: Session, model: Model) -> list[CastVote]:
    """Every version of every vote on what drives a model now. Internal: the caller has authorised the actor."""
    statement = select(DriverVote).where(
        DriverVote.model_id == model.id, DriverVote.explanation_sha256 == model.explanation_sha256
    )
    rows = list(session.exec(statement))
    able = _who_may_judge(session, model) if rows else frozenset()
    return [
        CastVote(
            id=row.id,
            column=row.column,
            user_id=row.user_id,
            name=_name(session, row.user_id),
            vote=row.vote,
            reason=row.reason,
            version=row.version,
            at=row.created_at,
            has_left=row.user_id not in able,
        )
        for row in rows
    ]


def _who_may_judge(session: Session, model: Model) -> frozenset[str]:
    members = select(User).join(ProjectMember, col(ProjectMember.user_id) == User.id)
    found = session.exec(members.where(ProjectMember.project_id == model.project_id, col(User.is_active).is_(True)))
    return frozenset(user.id for user in found if Permission.JUDGE in PERMISSIONS.get(user.role, frozenset()))


def list_objections(session: Session, model: Model) -> tuple[Objection, ...]:
    """Every "no" that stands, with its answers. Internal: the caller has authorised the actor."""
    votes = list_votes(session, model)
    statement = select(VoteAnswer).where(col(VoteAnswer.vote_id).in_([vote.id for vote in votes]))
    answers = [
        Answer(row.vote_id, row.user_id, _name(session, row.user_id), row.sentence, row.created_at)
        for row in session.exec(statement)
    ]
    return find_objections(votes, answers)


def _reveal(
    session: Session, actor: Actor, model: ModelView, explanation: Explanation, dictionary: dict[str, DictionaryLine]
) -> Revealed:
    row, target = session.get_one(Model, model.id), target_name(model.signature, dictionary)
    is_directed, chosen = model.task != "multiclass" or bool(explanation.by_class), find_chosen_class(session, model.id)
    towards = explanation.shown_class if chosen is None else chosen.towards
    drivers, scale = drivers_towards(explanation, towards), _scale(session, actor, model, explanation, target)
    card_scale = scale_towards(target, towards) if model.task == "multiclass" else scale
    names = {name.column: name for name in column_names(model.signature, dictionary)}
    said = select(Expectation).where(Expectation.model_id == model.id).order_by(col(Expectation.created_at))
    expectations = tuple(_expectation(session, one, drivers, is_directed=is_directed) for one in session.exec(said))
    return Revealed(
        explanation=explanation,
        scale=scale,
        card_scale=card_scale,
        cards=show_cards(
            drivers,
            names,
            card_scale,
            list_votes(session, row),
            actor.user_id,
            importances_towards(explanation, towards),
        ),
        expectations=expectations,
        surprises=show_surprises(
            expectations, drivers, names, card_scale, _surprise_answers(session, row), is_directed=is_directed
        ),
        objections=list_objections(session, row),
    )


def _standing(is_maker: bool, revealed: Revealed | None) -> Standing:
    if revealed is None:
        return Standing(is_maker, has_answered=False)
    return Standing(
        is_maker,
        has_answered=True,
        is_additive=revealed.explanation.is_additive,
        n_unanswered=revealed.n_unanswered,
        n_blocking=revealed.n_blocking,
    )


def _expectation(
    session: Session, row: Expectation, drivers: Sequence[Driver], *, is_directed: bool
) -> ExpectationView:
    expected = read_expectation(row.columns)
    return ExpectationView(
        user_id=row.user_id,
        name=_name(session, row.user_id),
        role=row.role_at_time,
        expected=expected,
        skip_reason=row.skip_reason,
        at=row.created_at,
        agreement=score_agreement(expected, drivers, is_directed=is_directed) if expected else None,
        towards=row.towards,
    )


def _surprise_answers(session: Session, model: Model) -> dict[tuple[str, str], Answer]:
    statement = select(SurpriseAnswer).where(
        SurpriseAnswer.model_id == model.id, SurpriseAnswer.explanation_sha256 == model.explanation_sha256
    )
    return {
        (row.kind, row.column): Answer(
            row.column, row.user_id, _name(session, row.user_id), row.sentence, row.created_at
        )
        for row in session.exec(statement)
    }


def _scale(session: Session, actor: Actor, model: ModelView, explanation: Explanation, target: ColumnName) -> Scale:
    """In money too, at the payoffs the model was searched with."""
    valuation_id = session.get_one(Run, model.run_id).valuation_version_id
    if model.evaluation.money is None or valuation_id is None:
        if model.task == "multiclass":
            return scale_towards(target, explanation.shown_class)
        return scale_of(model.signature, target, explanation.scale)
    assumptions = get_valuation(session, actor=actor, valuation_id=valuation_id).assumptions
    point_amount = payoff_of_a_point(assumptions.payoffs.gain, assumptions.payoffs.loss)
    return scale_of(model.signature, target, explanation.scale, point_amount, assumptions.currency)


def _newer_number(session: Session, model: Model) -> int | None:
    """The number of the newest model of the project, where it is not this one."""
    newest = select(Model.number).where(Model.project_id == model.project_id, Model.number > model.number)
    return session.exec(newest.order_by(col(Model.number).desc()).limit(1)).first()


def _name(session: Session, user_id: str) -> str:
    user = session.get(User, user_id)
    return user.name if user else "somebody"


@lru_cache(maxsize=16)
def _read_row_effects(_storage: str, digest: str) -> RowEffects:
    """Content-addressed, so the answer for a digest never changes and may be kept."""
    return load_row_effects(get_artifact_store().get(digest))
