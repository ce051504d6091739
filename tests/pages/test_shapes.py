"""Shapes: refused, empty, asked for, running and filled, and nothing before an expectation is said."""

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from db.session import reading, transaction
from db.tables import Job
from portal.ui.shapes import DEPENDENCE
from services.audit.actor import Actor
from services.datasets.commands import describe_column
from services.people.permissions import Role
from services.stories.report import CategoryEffect, Interactions, Told
from services.stories.request import LOOK
from tests.makers import make_actor
from tests.makers_interpretations import skip
from tests.makers_reviews import Case, join, make_case
from tests.makers_stories import (
    make_behind,
    make_category_shape,
    make_cohort,
    make_look,
    make_number_shape,
    make_stability,
    make_told,
)
from tests.pages.conftest import OpenPage, text_of


def arrange(engine: Engine, told: Told | None = None, *, is_asked: bool = True) -> Case:
    with transaction(engine) as session:
        case = make_case(session)
        for actor in (case.business, case.manager) if is_asked else ():
            skip(session, actor, case.model)
        if told is not None:
            make_look(session, case.scientist, case.model, told)
        return case


def opened(open_page: OpenPage, case: Case, actor: Actor) -> AppTest:
    return open_page("shapes", actor, project=case.project_id, model=case.model.id)


def said(app: AppTest) -> str:
    return text_of(app).replace("\\", "")


@pytest.mark.parametrize("role", ["business", "scientist", "manager"])
def test_everybody_who_may_judge_reads_what_was_found(engine: Engine, open_page: OpenPage, role: str) -> None:
    case = arrange(engine, make_told())
    app = opened(open_page, case, getattr(case, role))
    assert not app.exception
    assert "Tenure stays the strongest driver" in str(app.header[0].value)
    shown = said(app)
    assert "From 1 to 60 of tenure, the probability that churn is Yes falls by 19 points" in shown
    assert "tenure and contract move together" in shown
    assert f"rows, in {make_behind().interactions.unit}" in shown
    assert "0.21 log-odds on average" in shown
    assert "Over 10 refits" in shown
    assert "Where tenure is" in shown or "Where contract is" in shown
    assert len(app.get("plotly_chart")) == 5
    assert "look" not in {button.key for button in app.button}


def test_an_auditor_reads_it_and_cannot_ask(engine: Engine, open_page: OpenPage) -> None:
    case = arrange(engine)
    with transaction(engine) as session:
        auditor = make_actor(session, Role.AUDITOR)
    app = opened(open_page, case, auditor)
    assert not app.exception
    assert "Nobody has looked behind this explanation yet" in said(app)
    assert "look" not in {button.key for button in app.button}


def test_who_is_still_to_say_what_they_expect_sees_no_driver(engine: Engine, open_page: OpenPage) -> None:
    case = arrange(engine, make_told(), is_asked=False)
    app = opened(open_page, case, case.business)
    assert not app.exception
    shown = said(app)
    assert "Say on its page Explain first what you expect" in shown
    assert "tenure" not in shown
    assert not app.get("plotly_chart")
    assert not app.selectbox
    app.button(key="back").click().run()
    assert "what do you expect" in str(app.header[0].value)


@pytest.mark.parametrize("role", [Role.BUSINESS, Role.DATA_SCIENTIST, Role.MANAGER, Role.ADMIN])
def test_a_stranger_is_told_nothing(engine: Engine, open_page: OpenPage, role: Role) -> None:
    case = arrange(engine, make_told())
    with transaction(engine) as session:
        stranger = make_actor(session, role)
    shown = said(opened(open_page, case, stranger))
    assert "not a member" in shown or "may not" in shown
    assert "tenure" not in shown


def test_a_model_that_is_not_there_is_a_sentence(engine: Engine, open_page: OpenPage) -> None:
    case = arrange(engine)
    app = open_page("shapes", case.business, project=case.project_id, model="0" * 32)
    assert not app.exception
    assert "no such model" in said(app)


def test_a_press_asks_a_worker_that_can_be_stopped(engine: Engine, open_page: OpenPage) -> None:
    case = arrange(engine)
    app = opened(open_page, case, case.business)
    app.button(key="look").click().run()
    assert not app.exception
    with reading(engine) as session:
        job = session.exec(select(Job).where(Job.kind == LOOK)).one()
    app.button(key=f"stop_{job.id}").click().run()
    with reading(engine) as session:
        assert session.get_one(Job, job.id).state == "cancelled"
    app = opened(open_page, case, case.business)
    assert app.button(key="look").label == "Look behind the explanation"


def test_why_it_failed_is_told_and_it_can_be_asked_again(engine: Engine, open_page: OpenPage) -> None:
    case = arrange(engine)
    with transaction(engine) as session:
        row = session.get_one(Job, make_look(session, case.business, case.model))
        row.state, row.failure = "failed", "It took longer than 1800 s."
        session.add(row)
    app = opened(open_page, case, case.business)
    assert "It took longer than 1800 s." in said(app)
    assert app.button(key="look").label == "Look behind the explanation"


@pytest.mark.parametrize("is_lost", [False, True])
def test_what_no_longer_holds_or_is_lost_can_be_asked_for_again(
    engine: Engine, open_page: OpenPage, *, is_lost: bool
) -> None:
    case = arrange(engine)
    with transaction(engine) as session:
        first = make_look(session, case.business, case.model, make_told())
        row = session.get_one(Job, first)
        if is_lost:
            row.result = {"report_sha256": "0" * 64}
        else:
            row.request = {**row.request, "basis": "0" * 64}
        session.add(row)
    app = opened(open_page, case, case.business)
    assert not app.exception
    assert ("missing or damaged" if is_lost else "has changed since this was told") in said(app)
    app.button(key="look").click().run()
    with reading(engine) as session:
        assert len(session.exec(select(Job).where(Job.kind == LOOK)).all()) == 2


def test_another_driver_and_another_way_to_draw_it_are_one_press_each(engine: Engine, open_page: OpenPage) -> None:
    case = arrange(engine, make_told())
    app = opened(open_page, case, case.business)
    assert "Accumulated local effects" in said(app)
    app.segmented_control(key="way_tenure").set_value(DEPENDENCE).run()
    assert not app.exception
    assert "Partial dependence" in said(app)
    app.selectbox(key="shape").set_value("contract").run()
    assert not app.exception
    assert "With contract “Month-to-month”" in said(app)
    assert "too few" in [cell for table in app.table for cell in table.value.to_numpy().ravel()]


def test_an_unsteady_order_warns_first(engine: Engine, open_page: OpenPage) -> None:
    amber = make_stability(rank_correlation=0.5, top_overlap=0.3, is_amber=True)
    case = arrange(engine, make_told(behind=make_behind(stability=amber)))
    app = opened(open_page, case, case.scientist)
    assert "depends on which rows the model learned from" in str(app.header[0].value)
    assert "do not build on it" in str(app.warning[0].value)


@pytest.mark.parametrize(
    "changes",
    [
        {"clusters": (), "cohorts": (), "categories": ()},
        {"numbers": (), "categories": (), "without_shape": ("note",)},
        {"numbers": (make_number_shape(points=(), largest=None, dependence=(), lines=(), n=3),)},
        {"categories": (make_category_shape(values=()),), "numbers": ()},
        {"cohorts": (make_cohort(segments=make_cohort().segments[2:]),)},
        {"interactions": Interactions("m", "log-odds", 20, (), None)},
    ],
)
def test_what_there_is_not_is_left_out_or_said(engine: Engine, open_page: OpenPage, changes: dict[str, Any]) -> None:
    case = arrange(engine, make_told(behind=make_behind(**changes)))
    app = opened(open_page, case, case.business)
    assert not app.exception
    assert "Would another model be driven by the same?" in said(app)


def test_text_of_the_data_is_no_markup(engine: Engine, open_page: OpenPage) -> None:
    hostile = make_category_shape(
        values=(
            CategoryEffect("<b>:red[x]", 60, 5.0, 4.0, 6.0),
            make_category_shape().values[1],
        )
    )
    case = arrange(engine, make_told(behind=make_behind(numbers=(), categories=(hostile,))))
    app = opened(open_page, case, case.business)
    assert not app.exception
    assert "<b>:red[x]" not in text_of(app)


def test_explain_leads_here_and_back(engine: Engine, open_page: OpenPage) -> None:
    case = arrange(engine, make_told())
    app = open_page("explain", case.business, project=case.project_id, model=case.model.id)
    app.button(key="shapes").click().run()
    assert not app.exception
    assert str(app.title[0].value) == "Shapes"
    with transaction(engine) as session:
        unasked = join(session, case.project_id, make_actor(session, Role.BUSINESS))
    app = open_page("explain", unasked, project=case.project_id, model=case.model.id)
    assert "shapes" not in {button.key for button in app.button}


def test_a_column_that_is_called_otherwise_since_is_so_in_every_figure(engine: Engine, open_page: OpenPage) -> None:
    case = arrange(engine, make_told())
    app = opened(open_page, case, case.business)
    before = [chart.proto.spec for chart in app.get("plotly_chart")]
    with transaction(engine) as session:
        said = {"column": "tenure", "business_name": "Time with us"}
        describe_column(session, actor=case.business, project_id=case.project_id, **said)
    app.run()
    after = [chart.proto.spec for chart in app.get("plotly_chart")]
    assert not app.exception
    assert [("tenure" in one, "Time with us" in one) for one in before] == [("tenure" in one, False) for one in before]
    assert ["Time with us" in new for new in after] == ["tenure" in old for old in before]
    assert sum("Time with us" in new for new in after) >= 3
