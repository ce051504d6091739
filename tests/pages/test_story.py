"""Story of one case: told, asked for, refused, and nothing before an expectation is said."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from db.session import reading, transaction
from db.tables import Job
from services.audit.actor import Actor
from services.people.permissions import Role
from services.stories.case_report import CaseStory, Change, Counterfactual, Reason, SecondSearch
from services.stories.obstacles import NO_LINE, NOT_FOUND, NOTHING_CHANGES, UNSUPPORTED
from services.stories.request import CASE
from tests.makers import make_actor
from tests.makers_interpretations import skip
from tests.makers_reviews import Case, make_case
from tests.makers_stories import make_look, make_story, make_told, make_told_case
from tests.pages.conftest import OpenPage, text_of


def arrange(engine: Engine, story: CaseStory | None = None, *, is_asked: bool = True) -> Case:
    with transaction(engine) as session:
        case = make_case(session)
        for actor in (case.business, case.manager) if is_asked else ():
            skip(session, actor, case.model)
        if story is not None:
            make_told_case(session, case.scientist, case.model, story)
        return case


def opened(open_page: OpenPage, case: Case, actor: Actor, **ids: str) -> AppTest:
    return open_page("story", actor, project=case.project_id, model=case.model.id, **ids)


def said(app: AppTest) -> str:
    return text_of(app).replace("\\", "")


def test_an_example_of_the_explanation_is_told_at_once(engine: Engine, open_page: OpenPage) -> None:
    case = arrange(engine)
    with transaction(engine) as session:
        make_look(session, case.scientist, case.model, make_told())
    app = opened(open_page, case, case.business)
    assert not app.exception
    shown = said(app)
    assert app.number_input(key="row").value == 7
    assert "The model gives row 7 a probability of Yes of 33%" in shown
    assert "A close call" in shown
    assert "tenure is 2, typically 29" in shown
    assert "Were tenure 9 instead of 2, the model would say 29%" in shown
    assert "What the model would say, not advice" in shown
    assert "Row 31 is 93% alike" in shown
    assert "kept aside" in shown


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_story_that_no_longer_holds_or_is_lost_can_be_told_again(
    engine: Engine, open_page: OpenPage, *, is_lost: bool
) -> None:
    case = arrange(engine, make_story())
    with transaction(engine) as session:
        row = session.exec(select(Job).where(Job.kind == CASE)).one()
        if is_lost:
            row.result = {"story_sha256": "0" * 64}
        else:
            row.request = {**row.request, "basis": "0" * 64}
        session.add(row)
    app = opened(open_page, case, case.business, row=str(make_story().row))
    assert not app.exception
    assert ("missing or damaged" if is_lost else "has changed since this was told") in said(app)
    assert ("The model gives row 7" in said(app)) is not is_lost
    app.button(key="tell").click().run()
    with reading(engine) as session:
        assert len(session.exec(select(Job).where(Job.kind == CASE)).all()) == 2


@pytest.mark.parametrize("role", ["business", "scientist", "manager"])
def test_any_row_can_be_asked_about_by_who_may_judge(engine: Engine, open_page: OpenPage, role: str) -> None:
    case = arrange(engine)
    app = opened(open_page, case, getattr(case, role), row="12")
    app.button(key="tell").click().run()
    assert not app.exception
    with reading(engine) as session:
        job = session.exec(select(Job).where(Job.kind == CASE)).one()
    assert job.request["row"] == 12
    app = opened(open_page, case, getattr(case, role), row="12")
    app.button(key=f"stop_{job.id}").click().run()
    with reading(engine) as session:
        assert session.get_one(Job, job.id).state == "cancelled"


def test_a_told_row_is_shown_at_an_address_that_can_be_shared(engine: Engine, open_page: OpenPage) -> None:
    case = arrange(engine, make_story(row=31, noise=0.4, was_kept_aside=False))
    app = opened(open_page, case, case.manager, row="31")
    assert not app.exception
    assert "The model gives row 31" in said(app)
    assert "Not a close call" in said(app)
    assert "tell" not in {button.key for button in app.button}


def test_an_auditor_reads_but_does_not_ask(engine: Engine, open_page: OpenPage) -> None:
    case = arrange(engine, make_story(row=31))
    with transaction(engine) as session:
        auditor = make_actor(session, Role.AUDITOR)
    assert "The model gives row 31" in said(opened(open_page, case, auditor, row="31"))
    app = opened(open_page, case, auditor, row="30")
    assert "Who may judge the model can ask for it" in said(app)
    assert "tell" not in {button.key for button in app.button}


def test_who_is_still_to_say_what_they_expect_sees_nothing_of_it(engine: Engine, open_page: OpenPage) -> None:
    case = arrange(engine, make_story(row=31), is_asked=False)
    app = opened(open_page, case, case.business, row="31")
    assert not app.exception
    assert "Say on its page Explain first what you expect" in said(app)
    assert "tenure" not in said(app)
    assert not app.number_input


@pytest.mark.parametrize("role", [Role.BUSINESS, Role.DATA_SCIENTIST, Role.MANAGER, Role.ADMIN])
def test_a_stranger_is_told_nothing(engine: Engine, open_page: OpenPage, role: Role) -> None:
    case = arrange(engine, make_story(row=31))
    with transaction(engine) as session:
        stranger = make_actor(session, role)
    shown = said(opened(open_page, case, stranger, row="31"))
    assert "not a member" in shown or "may not" in shown
    assert "tenure" not in shown


def test_a_row_the_data_do_not_have_is_a_sentence(engine: Engine, open_page: OpenPage) -> None:
    case = arrange(engine)
    app = opened(open_page, case, case.business, row="9999")
    assert not app.exception
    assert "The data have 200 rows" in said(app)
    assert "tell" not in {button.key for button in app.button}


def test_why_a_case_could_not_be_told_is_shown(engine: Engine, open_page: OpenPage) -> None:
    case = arrange(engine, make_story(row=31))
    with transaction(engine) as session:
        row = session.exec(select(Job).where(Job.kind == CASE)).one()
        row.state, row.failure, row.result = "failed", "Row 31 is not among the rows.", None
        session.add(row)
    app = opened(open_page, case, case.business, row="31")
    assert "Row 31 is not among the rows." in said(app)
    assert app.button(key="tell").label == "Tell this case"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"threshold": None, "counterfactuals": (), "obstacle": NO_LINE}, "no line that a change could cross"),
        ({"counterfactuals": (), "obstacle": NOTHING_CHANGES}, "Name levers on the objective"),
        ({"similar": None}, "No case is known"),
        ({"reasons": ()}, "No column moves it above the threshold"),
        ({"noise": None, "n_refits": 2}, "2 refits are too few"),
    ],
)
def test_what_cannot_be_said_is_said_so(
    engine: Engine, open_page: OpenPage, changes: dict[str, Any], words: str
) -> None:
    case = arrange(engine, make_story(row=31, **changes))
    app = opened(open_page, case, case.business, row="31")
    assert not app.exception
    assert words in said(app)


SECOND = SecondSearch("DiCE 0.12", 8, 6, 1)
NEW = Counterfactual((Change("contract", "Month-to-month", "Two year"),), 21.0, "DiCE 0.12")


@pytest.mark.parametrize("role", ["business", "scientist", "manager"])
def test_a_way_of_another_library_is_marked_and_what_its_search_came_to_is_said(
    engine: Engine, open_page: OpenPage, role: str
) -> None:
    ways = (*make_story().counterfactuals, NEW)
    case = arrange(engine, make_story(row=31, counterfactuals=ways, second=SECOND))
    app = opened(open_page, case, getattr(case, role), row="31")
    assert not app.exception
    shown = said(app)
    assert "Were tenure 9 instead of 2, the model would say 29%.\n" in shown
    assert "the model would say 21%. Found by DiCE 0.12." in shown
    assert "DiCE 0.12 proposed 8 ways; 6 hold. Without what they do not need, 1 way is new, told above." in shown
    assert "dice-ml" not in shown


@pytest.mark.parametrize(
    ("changes", "is_said"),
    [
        ({}, True),
        ({"counterfactuals": (), "obstacle": NOT_FOUND}, True),
        ({"counterfactuals": (), "obstacle": UNSUPPORTED}, False),
        ({"counterfactuals": (), "obstacle": NOTHING_CHANGES}, False),
        ({"threshold": None, "counterfactuals": (), "obstacle": NO_LINE}, False),
        ({"second": SECOND}, False),
    ],
)
def test_what_installing_another_library_adds_is_said_once_where_ways_were_looked_for(
    engine: Engine, open_page: OpenPage, changes: dict[str, Any], *, is_said: bool
) -> None:
    case = arrange(engine, make_story(row=31, **changes))
    app = opened(open_page, case, case.business, row="31")
    assert not app.exception
    assert said(app).count("With the extra `dice-ml` installed where workers run") == is_said


def test_nothing_of_a_second_search_is_told_before_an_expectation_is_said(engine: Engine, open_page: OpenPage) -> None:
    case = arrange(engine, make_story(row=31, counterfactuals=(NEW,), second=SECOND), is_asked=False)
    shown = said(opened(open_page, case, case.business, row="31"))
    assert "DiCE" not in shown
    assert "contract" not in shown


def test_values_of_the_data_are_no_markup(engine: Engine, open_page: OpenPage) -> None:
    hostile = replace(make_story(row=31), reasons=(Reason("contract", "<i>:red[x]", "y", 3.0),))
    case = arrange(engine, hostile)
    app = opened(open_page, case, case.business, row="31")
    assert not app.exception
    assert "<i>:red[x]" not in text_of(app)


def test_explain_leads_here_and_it_leads_behind_the_explanation(engine: Engine, open_page: OpenPage) -> None:
    case = arrange(engine)
    app = open_page("explain", case.business, project=case.project_id, model=case.model.id)
    app.button(key="story").click().run()
    assert not app.exception
    assert str(app.title[0].value) == "Story of one case"
    app = opened(open_page, case, case.business)
    app.button(key="shapes").click().run()
    assert str(app.title[0].value) == "Shapes"
