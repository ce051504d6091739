"""Checks: opens empty, refused, running and filled; answers, asserts, and tells no driver to who must first say."""

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from db.session import reading, transaction
from db.tables import CheckAnswer, Job, ModelAssertion
from services.audit.actor import Actor
from services.datasets.commands import describe_column
from services.examinations.report import ExaminationReport
from services.examinations.request import KIND
from services.interpretations.commands import skip_expectation
from services.people.permissions import Permission, Role, is_allowed
from tests.makers import make_actor, make_project
from tests.makers_examinations import (
    LEAK_WORDS,
    LOYAL,
    assert_of,
    make_examination,
    make_examination_report,
    make_result,
)
from tests.makers_models import make_model
from tests.pages.conftest import OpenPage, text_of


def arrange(role: str = Role.BUSINESS, *, is_asked: bool = True) -> tuple[Actor, Actor, str, str]:
    """A person in a project with a model; (person, business, project, model)."""
    with transaction() as session:
        business = make_actor(session)
        person = business if role == Role.BUSINESS else make_actor(session, role)
        everybody = list({one.user_id: one for one in (business, person)}.values())
        model, project, _ = make_model(session, *everybody)
        for one in everybody:
            if is_asked and is_allowed(one, Permission.JUDGE):
                skip_expectation(session, actor=one, model_id=model.id, reason="Seen before")
        return person, business, project.id, model.id


def examined(business: Actor, model_id: str, report: ExaminationReport | None = None) -> str:
    with transaction() as session:
        return make_examination(session, business, model_id, report)


def said(app: Any) -> str:
    return text_of(app).replace("\\", "")


@pytest.mark.parametrize("role", [Role.BUSINESS, Role.DATA_SCIENTIST, Role.MANAGER, Role.AUDITOR])
def test_everybody_of_the_project_reads_the_verdict_first(open_page: OpenPage, role: str) -> None:
    person, business, project_id, model_id = arrange(role)
    examined(business, model_id, make_examination_report())
    app = open_page("examination", person, project=project_id, model=model_id)
    assert not app.exception
    assert app.header[0].value == "2 of 3 checks need an answer"
    shown = said(app)
    assert LEAK_WORDS in shown
    assert "1 slice is clearly worse than the rest" in shown
    assert "€37k a year" in shown
    assert "If “tenure” were missing for everybody, the model would be worth €269k a year less" in shown
    may = role in (Role.BUSINESS, Role.DATA_SCIENTIST)
    assert ("give_leak" in {button.key for button in app.button}) == may
    assert ("examine_now" in {button.key for button in app.button}) == may


def test_the_most_serious_finding_comes_first(open_page: OpenPage) -> None:
    person, business, project_id, model_id = arrange()
    examined(business, model_id, make_examination_report())
    shown = said(open_page("examination", person, project=project_id, model=model_id))
    assert shown.index("A column that tells the outcome") < shown.index("A portable twin") < shown.index("Better than")


def test_each_name_on_the_axis_of_what_goes_wrong_is_explained_where_it_is_drawn(open_page: OpenPage) -> None:
    person, business, project_id, model_id = arrange()
    full = make_examination_report()
    missing = full.stresses.found[0]
    others = tuple(replace(missing, kind=kind) for kind in ("shifted", "unseen"))
    stresses = replace(full.stresses, found=(missing, *others))
    examined(business, model_id, make_examination_report(stresses=stresses))
    shown = said(open_page("examination", person, project=project_id, model=model_id))
    assert "“+1 sd” raises it by one standard deviation, “unseen value” is one that was never learned from." in shown
    assert "far above" not in shown
    assert "“noisy”" not in shown


def test_who_is_still_to_say_what_they_expect_sees_no_driver(open_page: OpenPage) -> None:
    person, business, project_id, model_id = arrange(Role.MANAGER, is_asked=False)
    with transaction() as session:
        direction = assert_of(session, business, model_id, LOYAL)
    result = make_result(direction.id, is_direction=True, sentence="A higher tenure lowers it in 80% of the rows.")
    examined(business, model_id, make_examination_report(assertions=(result,)))
    app = open_page("examination", person, project=project_id, model=model_id)
    assert not app.exception
    shown = said(app)
    assert LEAK_WORDS not in shown
    assert "If “tenure” were missing" not in shown
    assert "in 80% of the rows" not in shown
    assert "once you say under Explain what you expect" in shown
    assert "If every input were missing" in shown


def test_without_a_model_it_says_what_comes_first(open_page: OpenPage) -> None:
    with transaction() as session:
        person = make_actor(session)
        project_id = make_project(session, person).id
    assert "No model yet" in text_of(open_page("examination", person, project=project_id))


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR])
def test_who_may_not_ask_is_told_who_does(open_page: OpenPage, role: str) -> None:
    person, _, project_id, model_id = arrange(role)
    app = open_page("examination", person, project=project_id, model=model_id)
    assert not app.exception
    assert "Nobody had this model checked yet" in said(app)
    assert "examine_now" not in {button.key for button in app.button}
    assert not app.selectbox


def test_an_administrator_and_a_stranger_are_told_nothing(open_page: OpenPage) -> None:
    _, business, project_id, model_id = arrange()
    examined(business, model_id, make_examination_report())
    for role in (Role.ADMIN, Role.DATA_SCIENTIST):
        with transaction() as session:
            stranger = make_actor(session, role)
        shown = said(open_page("examination", stranger, project=project_id, model=model_id))
        assert "not a member" in shown
        assert "checks need" not in shown


def test_a_press_becomes_a_job_that_is_watched_and_can_be_stopped(open_page: OpenPage) -> None:
    person, _, project_id, model_id = arrange()
    app = open_page("examination", person, project=project_id, model=model_id)
    app.button(key="examine_now").click().run()
    assert not app.exception
    with reading() as session:
        job = session.exec(select(Job).where(Job.kind == KIND)).one()
    app = open_page("examination", person, project=project_id, model=model_id)
    assert "examine_now" not in {button.key for button in app.button}
    app.button(key=f"stop_{job.id}").click().run()
    with reading() as session:
        assert session.get_one(Job, job.id).state == "cancelled"


def test_a_reason_answers_a_finding_and_stays_beside_it(open_page: OpenPage) -> None:
    person, business, project_id, model_id = arrange()
    examined(business, model_id, make_examination_report())
    app = open_page("examination", person, project=project_id, model=model_id)
    app.text_area(key="reason_twin").set_value("The scoring process is *fast* enough")
    app.button(key="give_twin").click().run()
    assert not app.exception
    with reading() as session:
        assert session.exec(select(CheckAnswer.reason)).one() == "The scoring process is *fast* enough"
    app = open_page("examination", person, project=project_id, model=model_id)
    assert app.header[0].value == "1 of 3 checks needs an answer"
    assert "The scoring process is \\*fast\\* enough" in text_of(app)


def test_a_finding_without_a_reason_stays_open(open_page: OpenPage) -> None:
    person, business, project_id, model_id = arrange()
    examined(business, model_id, make_examination_report())
    app = open_page("examination", person, project=project_id, model=model_id)
    app.button(key="give_leak").click().run()
    assert not app.exception
    assert "Give a reason in a sentence" in said(app)
    with reading() as session:
        assert session.exec(select(CheckAnswer)).first() is None


def test_what_is_asserted_in_fields_is_kept_and_can_be_withdrawn(open_page: OpenPage) -> None:
    person, _, project_id, model_id = arrange()
    app = open_page("examination", person, project=project_id, model=model_id)
    app.selectbox(key="s_column_0").set_value("tenure")
    app.selectbox(key="s_operator_0").set_value("more")
    app.text_input(key="s_value_0").set_value("24")
    app.selectbox(key="outcome").set_value("No")
    app.button(key="assert_share_now").click().run()
    assert not app.exception
    with reading() as session:
        row = session.exec(select(ModelAssertion)).one()
    assert row.document == LOYAL.document()
    app = open_page("examination", person, project=project_id, model=model_id)
    assert "Where “tenure” is more than 24: expect “No” in at least 80% of the cases" in said(app)
    assert "Not checked yet" in said(app)
    app.button(key=f"withdraw_{row.key}").click().run()
    assert not app.exception
    app = open_page("examination", person, project=project_id, model=model_id)
    assert "Nobody has asserted anything yet" in said(app)


def test_a_share_is_changed_as_a_new_version(open_page: OpenPage) -> None:
    person, business, project_id, model_id = arrange()
    with transaction() as session:
        key = assert_of(session, business, model_id).key
    app = open_page("examination", person, project=project_id, model=model_id)
    app.number_input(key=f"share_{key}").set_value(0.0)
    app.button(key=f"change_now_{key}").click().run()
    assert "above 0% and at most 100%" in said(app)
    app.number_input(key=f"share_{key}").set_value(90.0)
    app.button(key=f"change_now_{key}").click().run()
    assert not app.exception
    shown = said(open_page("examination", person, project=project_id, model=model_id))
    assert "in at least 90% of the cases" in shown
    assert "version 2" in shown


def test_conditions_that_exclude_each_other_are_refused_where_they_were_typed(open_page: OpenPage) -> None:
    person, _, project_id, model_id = arrange()
    app = open_page("examination", person, project=project_id, model=model_id)
    for place, (operator, value) in enumerate((("more", "24"), ("less", "5"))):
        app.selectbox(key=f"s_column_{place}").set_value("tenure")
        app.selectbox(key=f"s_operator_{place}").set_value(operator)
        app.text_input(key=f"s_value_{place}").set_value(value)
    app.button(key="assert_share_now").click().run()
    assert not app.exception
    assert "No row can meet both" in said(app)
    assert app.text_input(key="s_value_1").value == "5", "What was typed is kept."
    with reading() as session:
        assert session.exec(select(ModelAssertion)).first() is None


def test_a_direction_is_asserted_of_a_number(open_page: OpenPage) -> None:
    person, _, project_id, model_id = arrange()
    app = open_page("examination", person, project=project_id, model=model_id)
    assert app.selectbox(key="moved").options == ["tenure"]
    app.selectbox(key="moved").set_value("tenure")
    app.button(key="assert_direction_now").click().run()
    assert not app.exception
    shown = said(open_page("examination", person, project=project_id, model=model_id))
    assert "A higher “tenure” never raises the chance of “Yes”" in shown


def test_a_missing_value_and_a_missing_column_are_refused(open_page: OpenPage) -> None:
    person, _, project_id, model_id = arrange()
    app = open_page("examination", person, project=project_id, model=model_id)
    app.selectbox(key="s_column_0").set_value("tenure")
    app.button(key="assert_share_now").click().run()
    assert "Type what “tenure” is compared with" in said(app)
    app = open_page("examination", person, project=project_id, model=model_id)
    app.button(key="assert_direction_now").click().run()
    assert not app.exception
    assert "Say which column is moved" in said(app)


def test_the_page_of_a_model_leads_here(open_page: OpenPage) -> None:
    person, _, project_id, model_id = arrange()
    app = open_page("model", person, project=project_id, model=model_id)
    assert app.button(key="examination").label == "Check it"


def test_columns_are_offered_as_the_business_calls_them_and_asserted_as_they_are(open_page: OpenPage) -> None:
    person, scientist, project_id, model_id = arrange()
    with transaction() as session:
        describe_column(session, actor=scientist, project_id=project_id, column="tenure", business_name="Time with us")
    app = open_page("examination", person, project=project_id, model=model_id)
    assert "Time with us" in app.selectbox(key="s_column_0").options
    app.selectbox(key="s_column_0").set_value("tenure")
    app.text_input(key="s_value_0").set_value("24")
    app.button(key="assert_share_now").click().run()
    assert not app.exception
    with reading() as session:
        assert session.exec(select(ModelAssertion)).one().document["conditions"][0]["column"] == "tenure"
    assert "“Time with us”" in text_of(app).replace("\\", "")
