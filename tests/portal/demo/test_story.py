"""The people of the demo company ask for a sign-off once, as soon as their model is there."""

from sqlalchemy import Engine
from sqlmodel import Session, select

from db.session import reading, transaction
from db.tables import Model, Review, Run
from portal.demo.company import find_demo_run_project, find_person, make_company
from portal.demo.story import ANSWER, QUESTION, ask_for_sign_off
from services.audit.actor import SYSTEM
from services.interpretations.queries import get_interpretation
from services.models.commands import register_model
from services.portfolio.queries import list_decisions
from tests.makers_models import make_finished


def _finish_the_run(session: Session) -> None:
    run = session.exec(select(Run)).one()
    run.state = "finished"
    register_model(session, actor=SYSTEM, run_id=run.id, finished=make_finished())


def test_nothing_is_asked_while_the_search_goes_on(engine: Engine) -> None:
    make_company()
    assert ask_for_sign_off() is False


def test_the_found_model_waits_for_maren(engine: Engine) -> None:
    make_company()
    with transaction(engine) as session:
        _finish_the_run(session)
    assert ask_for_sign_off() is True
    assert ask_for_sign_off() is True
    with reading(engine) as session:
        assert session.exec(select(Review.question)).all() == [QUESTION]
        (card,) = list_decisions(session, actor=find_person(session, "maren"))
        assert card.destination.ids["project"] == find_demo_run_project(session)


def test_ana_has_said_what_she_expects_and_answered_one_surprise_and_maren_is_still_to_be_asked(
    engine: Engine,
) -> None:
    make_company()
    with transaction(engine) as session:
        _finish_the_run(session)
    assert ask_for_sign_off() is True
    with reading(engine) as session:
        model_id = session.exec(select(Model.id)).one()
        ana, maren = find_person(session, "ana"), find_person(session, "maren")
        seen = get_interpretation(session, actor=ana, model_id=model_id).revealed
        assert seen is not None
        assert [one.name for one in seen.expectations] == ["Ana Costa"]
        assert [one.answer.sentence for one in seen.surprises if one.answer] == [ANSWER]
        assert get_interpretation(session, actor=maren, model_id=model_id).revealed is None


def test_a_cancelled_search_ends_the_story(engine: Engine) -> None:
    make_company()
    with transaction(engine) as session:
        session.exec(select(Run)).one().state = "cancelled"
    assert ask_for_sign_off() is True
