"""What to fund: opens, says what is missing, answers, explains what cannot be, refuses."""

from dataclasses import replace

from sqlalchemy import Engine

from db.session import transaction
from services.audit.actor import Actor
from services.people.permissions import Role
from services.portfolio.initiatives.commands import plan_project
from services.valuation.commands import save_valuation
from tests.makers import make_actor, make_project
from tests.makers_money import CALLS
from tests.pages.conftest import OpenPage, text_of


def _arrange(engine: Engine) -> Actor:
    """Two priced projects, of which one has its work written down, and one without a price."""
    with transaction(engine) as session:
        ana = make_actor(session)
        for name, cost in (("Fewer returns", 40_000.0), ("Fewer complaints", 60_000.0)):
            project = make_project(session, ana, sentence=name)
            figures = replace(CALLS, project_amount=cost)
            save_valuation(session, actor=ana, project_id=project.id, assumptions=figures, based_on=0)
        plan_project(session, actor=ana, project_id=project.id, initiative_id=None, person_days=30)
        make_project(session, ana, sentence="Only an idea")
        return ana


def test_without_a_price_it_says_what_is_missing(engine: Engine, open_page: OpenPage) -> None:
    with transaction(engine) as session:
        ana = make_actor(session)
        make_project(session, ana)
    app = open_page("prioritisation", ana)
    assert not app.exception
    assert "None of your open projects has a price yet." in text_of(app)


def test_an_administrator_is_refused(engine: Engine, open_page: OpenPage) -> None:
    with transaction(engine) as session:
        admin = make_actor(session, Role.ADMIN)
    assert "As an administrator you may not see projects." in open_page("prioritisation", admin).warning[0].value


def test_without_limits_everything_worth_its_costs_is_in(engine: Engine, open_page: OpenPage) -> None:
    app = open_page("prioritisation", _arrange(engine))
    assert not app.exception
    assert "These 2 of 2 projects bring" in text_of(app)
    assert "Nothing limits the choice" in text_of(app)
    assert list(app.dataframe[0].value["Project"]) == ["Fewer returns", "Fewer complaints"]
    assert list(app.dataframe[1].value["Project"]) == ["Only an idea"]


def test_a_budget_in_the_address_chooses_and_says_what_more_would_bring(engine: Engine, open_page: OpenPage) -> None:
    app = open_page("prioritisation", _arrange(engine), budget="60000")
    assert "One of 2 projects brings" in text_of(app)
    assert "€10k more would bring nothing; it takes at least €40,000 more" in text_of(app)
    (left_out,) = [table.value for table in app.dataframe if "Worth" in table.value and "Because" in table.value]
    assert left_out["Because"][0].startswith("It takes €60k, and €20k of the budget is left")


def test_work_nobody_knows_is_not_weighed(engine: Engine, open_page: OpenPage) -> None:
    app = open_page("prioritisation", _arrange(engine), days="100")
    reasons = dict(zip(*(app.dataframe[-1].value[name] for name in ("Project", "Because")), strict=True))
    assert reasons["Fewer returns"] == "Nobody said how much work is left."


def test_must_haves_that_do_not_fit_are_explained(engine: Engine, open_page: OpenPage) -> None:
    app = open_page("prioritisation", _arrange(engine), budget="50000", must="Fewer complaints")
    assert "No set keeps all of these conditions." in text_of(app)
    assert "The must-haves take €60,000, €10,000 more than there is." in app.error[0].value


def test_only_one_of_two_that_exclude_each_other_is_in(engine: Engine, open_page: OpenPage) -> None:
    app = open_page("prioritisation", _arrange(engine))
    next(box for box in app.multiselect if box.label == "At most one of these").set_value(
        ["Fewer complaints", "Fewer returns"]
    ).run()
    assert not app.exception
    assert "One of 2 projects brings" in text_of(app)


def test_a_negative_budget_is_refused_in_words(engine: Engine, open_page: OpenPage) -> None:
    app = open_page("prioritisation", _arrange(engine), budget="-5")
    assert not app.exception
    assert "The limit on budget must be from 0" in app.error[0].value


def test_a_budget_that_can_be_two_amounts_is_asked_about(engine: Engine, open_page: OpenPage) -> None:
    app = open_page("prioritisation", _arrange(engine), budget="60.000")
    assert not app.exception
    assert "can mean two numbers" in str([box.label for box in app.button_group])
    assert "Nothing limits the choice" in text_of(app)


def test_a_limit_beyond_reason_is_refused_in_words(engine: Engine, open_page: OpenPage) -> None:
    app = open_page("prioritisation", _arrange(engine), days="1" + "0" * 300)
    assert not app.exception
    assert "a million million" in "".join(box.value for box in (*app.error, *app.warning))
