"""Make drivers, expectations, and models that somebody has judged."""

from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session

from db.tables import InterpretationDecision, Model
from services.audit.actor import Actor
from services.interpretations.commands import (
    answer_surprise,
    decide_interpretation,
    record_expectation,
    skip_expectation,
)
from services.interpretations.queries import get_interpretation
from services.models.report import Driver, Explanation
from tests.makers_models import make_explanation


def make_drivers(*effects: float, directions: Sequence[str] = ()) -> tuple[Driver, ...]:
    """Columns a, b, c ... with these mean effects, strongest first as a model has them."""
    ways = [*directions, *["mixed"] * (len(effects) - len(directions))]
    return tuple(
        Driver("abcdefghijkl"[place], "number", effect, ways[place], "It moves.", ((1.0, -effect), (9.0, effect)))
        for place, effect in enumerate(effects)
    )


def make_explained(*effects: float, **changes: object) -> Explanation:
    """An explanation with these mean effects."""
    return replace(make_explanation(), drivers=make_drivers(*effects), **changes)  # type: ignore[arg-type]


def expect(session: Session, actor: Actor, model: Model, *, of_class: str | None = None, **columns: str) -> None:
    """Say which columns should matter: `tenure="lowers"`."""
    said = [{"column": column, "direction": direction} for column, direction in columns.items()]
    record_expectation(session, actor=actor, model_id=model.id, columns=said, towards=of_class)


def skip(session: Session, actor: Actor, model: Model) -> None:
    """Look without an expectation."""
    skip_expectation(session, actor=actor, model_id=model.id, reason="I know the model already")


def answer_all(session: Session, actor: Actor, model: Model) -> None:
    """Answer every surprise that is left."""
    seen = get_interpretation(session, actor=actor, model_id=model.id)
    assert seen.revealed is not None
    for one in seen.revealed.surprises:
        if one.answer is None:
            answer_surprise(
                session,
                actor=actor,
                model_id=model.id,
                kind=one.surprise.kind.value,
                column=one.surprise.column,
                sentence="Few customers differ in it.",
            )


def judge(session: Session, actor: Actor, model: Model, verdict: str = "accepted") -> InterpretationDecision:
    """Decide whether the model is understood, after skipping the question where the actor is still to be asked."""
    if get_interpretation(session, actor=actor, model_id=model.id).revealed is None:
        skip(session, actor, model)
    seen = get_interpretation(session, actor=actor, model_id=model.id)
    return decide_interpretation(
        session,
        actor=actor,
        model_id=model.id,
        verdict=verdict,
        reason="What drives it is what we know of our customers.",
        explanation_sha256=seen.explanation_sha256,
        based_on=seen.acceptance.version if seen.acceptance else 0,
    )
