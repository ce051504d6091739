"""The objective page: opens, asks step by step, draws the canvas, refuses in words, keeps what was typed."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from db.session import reading, transaction
from services.audit.actor import Actor
from services.people.permissions import Role
from services.proposals.commands import save_objective
from services.proposals.objective import Objective
from services.proposals.queries import find_objective
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset, make_frame
from tests.makers_money import DISCOUNT, RETENTION
from tests.pages.conftest import OpenPage, text_of

TYPED = {
    "Metric": "Customers who leave in a month",
    "Unit": "%",
    "Today": 5.0,
    "Target": 4.0,
    "Decision": "Whom the service team calls this week",
}
SENTENCE = "Fewer customers should leave us"


def arrange(
    engine: Engine, role: Role = Role.BUSINESS, *, objective: Objective | None = None, is_member: bool = True
) -> tuple[Actor, str]:
    """A project, with an objective where given, and a person who looks at it."""
    with transaction(engine) as session:
        author, actor = make_actor(session), make_actor(session, role)
        project = make_project(session, author, *([actor] if is_member else []), sentence=SENTENCE)
        if objective:
            save_objective(session, actor=author, project_id=project.id, objective=objective, based_on=0)
        return actor, project.id


def field(app: AppTest, label: str) -> Any:
    """The field with this label."""
    return next(widget for widget in app.text_input if widget.label == label)


def fill(app: AppTest, typed: dict[str, Any]) -> None:
    for label, value in typed.items():
        field(app, label).set_value(value if isinstance(value, str) else f"{value:g}")


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def saved_objective(actor: Actor, project_id: str) -> Objective | None:
    with reading() as session:
        saved = find_objective(session, actor=actor, project_id=project_id)
    return saved.objective if saved else None


def test_an_empty_project_opens_with_its_sentence(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine)
    app = open_page("proposal", actor, project=project_id)

    assert field(app, "In one sentence").value == SENTENCE
    assert "A prediction that changes no decision is worth nothing" in text_of(app)
    assert not app.error


def test_a_saved_objective_is_drawn_with_its_gaps(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, Role.DATA_SCIENTIST)
    app = open_page("proposal", actor, project=project_id)
    fill(app, TYPED)
    press(app, "Save and draw the canvas")

    saved = saved_objective(actor, project_id)
    assert saved is not None
    assert (saved.sentence, saved.target, saved.levers) == (SENTENCE, 4.0, ())
    assert "from 5% down to 4%." in text_of(app)
    assert "No lever yet: what can you change to move the metric?" in text_of(app)
    drawn = text_of(app)
    order = [drawn.index(words) for words in ("What should get better?", "What can we change?", "Not said yet")]
    assert order == sorted(order)


def test_what_is_missing_is_named_and_nothing_typed_is_lost(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine)
    app = open_page("proposal", actor, project=project_id)
    fill(app, TYPED | {"Metric": "", "Target": "about four"})
    press(app, "Save and draw the canvas")

    assert "The metric is missing" in app.error[0].value
    assert "The target: “about four” is not one number yet" in app.error[0].value
    assert "“about four” is not a number" in text_of(app)
    assert field(app, "Decision").value == TYPED["Decision"]
    assert field(app, "Today").value == "5"
    assert saved_objective(actor, project_id) is None


def test_a_lever_is_added_changed_and_removed(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, objective=replace(RETENTION, levers=()))
    app = open_page("proposal", actor, project=project_id)

    press(app, "Add a lever")
    fill(app, {"What can you change?": "Discount", "Lowest": 0.0, "Highest": 30.0, "Unit cost": 4.0})
    field(app, "Who controls it").set_value("Sales")
    app.text_input[[widget.label for widget in app.text_input].index("Unit")].set_value("%")
    press(app, "Save the lever")
    saved = saved_objective(actor, project_id)
    assert saved is not None
    assert saved.levers == (DISCOUNT,)
    assert "0 to 30%" in text_of(app)

    press(app, "Change")
    fill(app, {"Highest": 40.0})
    press(app, "Save the lever")
    changed = saved_objective(actor, project_id)
    assert changed is not None
    assert changed.levers == (replace(DISCOUNT, high=40.0),)

    press(app, "Remove")
    emptied = saved_objective(actor, project_id)
    assert emptied is not None
    assert emptied.levers == ()


def choose_assignment(app: AppTest, assignment: str) -> None:
    labels = [widget.label for widget in app.selectbox]
    app.selectbox[labels.index("How was it set in the data so far?")].set_value(assignment).run()


def test_the_columns_that_decided_a_lever_are_asked_where_all_are_recorded(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, objective=RETENTION)
    app = open_page("proposal", actor, project=project_id)
    press(app, "Change")
    choose_assignment(app, "recorded")
    assert "Grade B is earned in a simulation" in text_of(app)
    press(app, "Save the lever")
    assert "Name the columns that decided the lever" in app.error[0].value
    field(app, "Columns that decided it, all of them, separated by commas").set_value("tenure, region")
    press(app, "Save the lever")
    saved = saved_objective(actor, project_id)
    assert saved is not None
    assert saved.levers == (replace(DISCOUNT, assignment="recorded", deciding_columns=("tenure", "region")),)
    assert "Decided by tenure, region, all in the data" in text_of(app)

    press(app, "Change")
    choose_assignment(app, "randomised")
    field(app, "Column with the chance of what a case got, where it was recorded").set_value("chance")
    press(app, "Save the lever")
    changed = saved_objective(actor, project_id)
    assert changed is not None
    assert changed.levers == (replace(DISCOUNT, assignment="randomised", chance_column="chance"),)
    assert "Its chances recorded in chance" in text_of(app)


def test_a_lever_without_its_range_is_refused_and_kept_on_screen(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, objective=RETENTION)
    app = open_page("proposal", actor, project=project_id)
    press(app, "Add a lever")
    fill(app, {"What can you change?": "Price"})
    press(app, "Save the lever")

    assert "lowest and highest allowed value" in app.error[0].value
    assert field(app, "What can you change?").value == "Price"


def test_adding_a_lever_keeps_what_was_typed_into_the_objective(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, objective=replace(RETENTION, levers=()))
    app = open_page("proposal", actor, project=project_id)
    fill(app, {"Decision": "Whom we write to", "Metric": ""})
    press(app, "Save and draw the canvas")
    press(app, "Add a lever")
    fill(app, {"What can you change?": "Call first"})
    app.button_group[0].set_value("yes_no").run()
    press(app, "Save the lever")

    assert field(app, "Decision").value == "Whom we write to"
    fill(app, {"Metric": "Customers who leave"})
    press(app, "Save and draw the canvas")
    saved = saved_objective(actor, project_id)
    assert saved is not None
    assert (saved.decision, len(saved.levers)) == ("Whom we write to", 1)


def test_a_colleague_who_was_faster_is_not_overwritten(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, objective=RETENTION)
    app = open_page("proposal", actor, project=project_id)
    bolder = replace(RETENTION, target=3.0)
    with transaction(engine) as session:
        save_objective(session, actor=actor, project_id=project_id, objective=bolder, based_on=1)

    fill(app, {"Target": 4.5})
    press(app, "Save and draw the canvas")

    assert f"{actor.name} saved version 2 meanwhile" in text_of(app)
    assert saved_objective(actor, project_id) == bolder
    assert next(button for button in app.button if button.label == "Go on with these together").disabled
    app.radio[0].set_value("mine").run()
    press(app, "Go on with these together")
    assert field(app, "Target").value == "4.5"
    press(app, "Save and draw the canvas")
    saved = saved_objective(actor, project_id)
    assert saved is not None
    assert saved.target == 4.5


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR])
def test_a_role_that_may_not_edit_reads_only(engine: Engine, open_page: OpenPage, role: Role) -> None:
    actor, project_id = arrange(engine, role, objective=RETENTION)
    app = open_page("proposal", actor, project=project_id)

    assert "from 5% down to 4% by 30 June 2027" in text_of(app)
    assert "0 to 30%" in text_of(app)
    assert not app.text_input
    assert not app.main.button


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR])
def test_a_role_that_may_not_edit_is_told_who_does(engine: Engine, open_page: OpenPage, role: Role) -> None:
    actor, project_id = arrange(engine, role)
    app = open_page("proposal", actor, project=project_id)

    assert "No objective yet" in text_of(app)
    assert not app.text_input


@pytest.mark.parametrize(("role", "is_member"), [(Role.BUSINESS, False), (Role.ADMIN, True)])
def test_who_may_not_see_the_project_sees_nothing(
    engine: Engine, open_page: OpenPage, role: Role, is_member: bool
) -> None:
    actor, project_id = arrange(engine, role, objective=RETENTION, is_member=is_member)
    app = open_page("proposal", actor, project=project_id)

    assert app.warning
    assert "Customers who leave" not in text_of(app)


def test_text_from_people_is_shown_as_typed(engine: Engine, open_page: OpenPage) -> None:
    hostile = replace(RETENTION, metric="**bold** :red[x]", levers=(replace(DISCOUNT, name="# <b>lever</b>"),))
    actor, project_id = arrange(engine, objective=hostile)
    app = open_page("proposal", actor, project=project_id)

    assert "**bold**" not in app.header[0].value
    assert "# <b>lever" not in text_of(app)


def test_simple_depth_asks_seven_questions_and_they_are_an_objective(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine)
    app = open_page("proposal", actor, project=project_id)
    asked = [widget.label for widget in (*app.text_input, *app.number_input, *app.date_input, *app.selectbox)]
    assert len(asked) == 7
    fill(app, TYPED | {"What can you change?": "A call with an offer"})
    press(app, "Save and draw the canvas")

    saved = saved_objective(actor, project_id)
    assert saved is not None
    assert [lever.name for lever in saved.levers] == ["A call with an offer"]
    assert "No data connects the lever A call with an offer" in text_of(app)


def test_what_was_understood_is_said_while_answering(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine)
    app = open_page("proposal", actor, project=project_id)
    fill(app, TYPED)
    app.run()
    assert "Customers who leave in a month shall go down from 5% to 4%" in text_of(app)


def test_a_refresh_in_the_middle_loses_nothing(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine)
    app = open_page("proposal", actor, project=project_id)
    fill(app, {"Metric": "Leavers", "Today": 5.0})
    app.run()

    again = open_page("proposal", actor, project=project_id)
    assert (field(again, "Metric").value, field(again, "Today").value) == ("Leavers", "5")
    press(again, "Forget what I typed")
    assert field(again, "Metric").value == ""


def test_reflection_demands_a_mitigation_and_says_what_it_sets(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, objective=RETENTION)
    app = open_page("proposal", actor, project=project_id, depth="Guided", ask="reflection")
    question = next(group for group in app.button_group if group.label.startswith("Can a wrong prediction harm"))
    question.set_value(True).run()
    press(app, "Save and draw the canvas")
    assert "Say what you do about it: Can a wrong prediction harm somebody?" in app.error[0].value
    assert "Monitor, **Check of cases by a person, monthly**" in text_of(app)

    fill(app, {"What do you do about it?": "A person checks every case"})
    press(app, "Save and draw the canvas")
    saved = saved_objective(actor, project_id)
    assert saved is not None
    assert saved.considered.reflection.answer("harm").text == "A person checks every case"


def test_guided_people_go_step_by_step(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine)
    app = open_page("proposal", actor, project=project_id, depth="Guided")
    fill(app, {"Metric": "Leavers"})
    press(app, "Go on")
    assert field(app, "Who decides").value == ""
    press(app, "Back")
    assert field(app, "Metric").value == "Leavers"


def test_a_name_of_two_hundred_characters_is_refused_in_words_and_kept(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine)
    app = open_page("proposal", actor, project=project_id)
    fill(app, TYPED | {"Metric": "x" * 200})
    press(app, "Save and draw the canvas")
    assert "The metric has 200 characters; 80 are enough" in app.error[0].value
    assert field(app, "Metric").value == "x" * 200


def test_a_formula_of_a_lever_is_tried_before_it_is_accepted(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, objective=replace(RETENTION, levers=()))
    app = open_page("proposal", actor, project=project_id)
    press(app, "Add a lever")
    fill(app, {"What can you change?": "Discount", "Lowest": 0.0, "Highest": 30.0})
    field(app, "Unit cost as a formula").set_value("open(1)").run()
    assert "A formula does not know this function" in text_of(app)
    press(app, "Save the lever")
    assert "The unit cost of Discount" in app.error[0].value
    field(app, "Unit cost as a formula").set_value("2 * 3").run()
    assert "Gives 6 in every row" in text_of(app)


def test_a_pasted_number_with_two_meanings_is_asked_about(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine)
    app = open_page("proposal", actor, project=project_id)
    fill(app, TYPED | {"Today": "1.234,56", "Target": "1.234"})
    app.run()
    press(app, "Save and draw the canvas")
    assert "The target: “1.234” is not one number yet" in app.error[0].value
    again = open_page("proposal", actor, project=project_id)  # a refresh asks again
    assert (field(again, "Today").value, field(again, "Target").value) == ("1234.56", "1.234")
    meaning = next(group for group in again.button_group if "can mean two numbers" in group.label)
    meaning.set_value(1234.0).run()
    press(again, "Save and draw the canvas")
    saved = saved_objective(actor, project_id)
    assert saved is not None
    assert (saved.baseline, saved.target) == (1234.56, 1234.0)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"Lowest": 30.0, "Highest": 30.0}, "both 30, so there is nothing to decide"),
        ({"Lowest": 30.0, "Highest": 20.0}, "must be below the highest"),
        ({"Lowest": 0.0, "Highest": "1.234"}, "lowest and highest allowed value"),
        ({"Today's value as a formula": "50"}, "It lies outside what is allowed, 0 to 30."),
        ({"What can you change?": "x" * 200}, "The name of the lever has 200 characters; 80 are enough"),
    ],
)
def test_a_lever_that_cannot_be_is_refused_in_words(
    engine: Engine, open_page: OpenPage, typed: dict[str, Any], sentence: str
) -> None:
    actor, project_id = arrange(engine, objective=replace(RETENTION, levers=()))
    app = open_page("proposal", actor, project=project_id)
    press(app, "Add a lever")
    fill(app, {"What can you change?": "Discount", "Lowest": 0.0, "Highest": 30.0} | typed)
    press(app, "Save the lever")
    assert sentence in text_of(app)
    assert sentence in app.error[0].value
    saved = saved_objective(actor, project_id)
    assert saved is not None
    assert saved.levers == ()


def test_the_form_says_in_how_many_rows_a_formula_has_no_answer(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine, Role.DATA_SCIENTIST, objective=replace(RETENTION, levers=()))
    frame = make_frame().assign(calls=[0, 2, 0, 1, 1] * 40)
    with transaction(engine) as session:
        make_dataset(session, actor, project_id, frame=frame)
    app = open_page("proposal", actor, project=project_id)
    press(app, "Add a lever")
    fill(app, {"Lowest": 0.0, "Highest": 1.0, "Today's value as a formula": "2 / calls"})
    app.run()
    assert "no value; 1; no value; 2; 2. 2 rows without a value" in text_of(app)
    assert "2 rows outside what is allowed, 0 to 1." in text_of(app)
    assert "Grade B is earned in a simulation where every column that decided it is in the data" in text_of(app)


def test_a_proposal_that_wants_the_same_is_pointed_out_while_typing(engine: Engine, open_page: OpenPage) -> None:
    actor, project_id = arrange(engine)
    with transaction(engine) as session:
        make_project(session, actor, sentence="Spare parts should be in stock when a customer needs them")
    app = open_page("proposal", actor, project=project_id)
    fill(app, {"In one sentence": "Parts should be in stock for a customer"})
    app.run()
    assert not app.exception
    (link,) = app.get("page_link")
    assert link.proto.label.startswith("Look at ")
    assert "Perhaps somebody wants the same already: “Spare parts should be in stock" in text_of(app)
