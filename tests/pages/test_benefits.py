"""What it brought: before it is live, written down by a form, refused in words and by role."""

from datetime import date

from sqlalchemy import Engine

from db.session import transaction
from services.people.permissions import Role
from services.portfolio.initiatives.commands import record_benefit
from services.portfolio.initiatives.facts import BenefitFacts
from tests.makers import make_actor, make_project
from tests.makers_reviews import Case, approve, ask, make_case
from tests.pages.conftest import OpenPage, text_of

JANUARY = BenefitFacts(date(2026, 1, 1), date(2026, 1, 31), "EUR", 900.0, "before_after", "Report <i>of</i> finance")


def _live(engine: Engine, *facts: BenefitFacts) -> Case:
    with transaction(engine) as session:
        case = make_case(session)
        approve(session, case)
        for one in facts:
            record_benefit(session, actor=case.business, project_id=case.project_id, facts=one)
        return case


def _buttons(app: object) -> list[str]:
    return [button.label for button in app.button]  # type: ignore[attr-defined]


def test_before_it_is_live_nothing_can_be_written_down(engine: Engine, open_page: OpenPage) -> None:
    with transaction(engine) as session:
        ana = make_actor(session)
        project = make_project(session, ana)
    app = open_page("benefits", ana, project=project.id)
    assert not app.exception
    assert "Nothing was live yet." in text_of(app)
    assert "Keep this figure" not in _buttons(app)


def test_while_the_first_model_waits_for_its_signature_no_form_asks_what_would_be_refused(
    engine: Engine, open_page: OpenPage
) -> None:
    with transaction(engine) as session:
        ask(session, case := make_case(session))
    app = open_page("benefits", case.business, project=case.project_id)
    assert "Nothing was live yet." in text_of(app)
    assert "Keep this figure" not in _buttons(app)


def test_a_stranger_and_an_administrator_are_refused(engine: Engine, open_page: OpenPage) -> None:
    case = _live(engine)
    with transaction(engine) as session:
        admin = make_actor(session, Role.ADMIN)
    for actor in (case.stranger, admin):
        app = open_page("benefits", actor, project=case.project_id)
        assert not app.exception
        assert app.warning


def test_a_reader_sees_the_figures_and_how_far_to_trust_them(engine: Engine, open_page: OpenPage) -> None:
    case = _live(engine, JANUARY)
    app = open_page("benefits", case.manager, project=case.project_id)
    assert "It brought €900 in 31 measured days" in text_of(app)
    assert "All of the figures compare before with after" in text_of(app)
    assert app.dataframe[0].value["Evidence"][0] == "Report <i>of</i> finance"
    assert "Keep this figure" not in _buttons(app)


def test_a_figure_is_written_down_once_with_its_evidence(engine: Engine, open_page: OpenPage) -> None:
    case = _live(engine)
    app = open_page("benefits", case.business, project=case.project_id)
    assert "Nobody has written down yet what it brought." in text_of(app)
    app.date_input[0].set_value(date(2026, 3, 1))
    app.date_input[1].set_value(date(2026, 3, 31))
    app.button[_buttons(app).index("Keep this figure")].click().run()
    said = app.error[0].value
    assert "The evidence is missing." in said
    assert "must be a number" in said
    assert "how it was measured" in said
    next(box for box in app.text_input if box.label.startswith("Money in these days")).set_value("-450")
    app.radio[0].set_value("differences")
    app.text_area[0].set_value("The query of the team")
    app.button[_buttons(app).index("Keep this figure")].click().run()
    assert not app.exception
    assert "It lost €450 in 31 measured days instead of the" in text_of(app)
    assert len(app.dataframe[0].value) == 1
    assert (app.text_area[0].value, app.radio[0].value) == ("", None)  # asked anew, not once more the same
