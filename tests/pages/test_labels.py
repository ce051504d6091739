"""Labels: opens for each role, takes an answer by key, tries the model, and says what more labels are worth."""

import pytest
from streamlit.testing.v1 import AppTest

from db.session import reading, transaction
from services.audit.actor import Actor
from services.errors import InvalidInputError
from services.labels.commands import request_worth, save_label
from services.labels.queries import get_progress, get_task, get_turn
from services.labels.views import Progress, TaskView
from services.people.permissions import Role
from services.proposals.commands import save_objective
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset
from tests.makers_labels import label_rows, make_task, run_jobs
from tests.makers_money import reflected
from tests.pages.conftest import OpenPage, press, text_of


def arrange(role: str = Role.BUSINESS, *, n_labels: int = 0, n_rows: int = 200) -> tuple[Actor, Actor, TaskView]:
    """A task whose first rows are drawn, with `n_labels` answers of the scientist; (person, scientist, task)."""
    with transaction() as session:
        person = make_actor(session, role)
        task, scientist = make_task(session, person, share=0.0, n_rows=n_rows)
    run_jobs(scientist, task.project_id, kinds=["labels.train"])
    if n_labels:
        label_rows(scientist, task.id, n_labels)
        run_jobs(scientist, task.project_id, kinds=["labels.train"])
    with reading() as session:
        return person, scientist, get_task(session, actor=scientist, task_id=task.id)


def progress_of(actor: Actor, task: TaskView) -> Progress:
    with reading() as session:
        return get_progress(session, actor=actor, task_id=task.id)


def words_of(app: AppTest) -> str:
    return text_of(app).replace("\\", "")


def test_without_data_there_is_nothing_to_label(open_page: OpenPage) -> None:
    with transaction() as session:
        person = make_actor(session, Role.BUSINESS)
        project = make_project(session, person)
    app = open_page("labels", person, project=project.id)
    assert not app.exception
    assert "No rows to label yet" in text_of(app)


def test_who_labels_opens_a_task_and_a_fault_is_said_where_it_was_made(open_page: OpenPage) -> None:
    with transaction() as session:
        scientist = make_actor(session, Role.DATA_SCIENTIST)
        project = make_project(session, scientist)
        make_dataset(session, scientist, project.id)
    app = open_page("labels", scientist, project=project.id)
    app.button(key="task_now").click().run()
    assert "Write in a sentence or two how to tell the classes apart." in words_of(app)
    app.selectbox(key="task_column").set_value("charges")
    app.text_area(key="task_guideline").set_value("As you see it.")
    app.button(key="task_now").click().run()
    assert not app.exception
    assert "What to fill: charges" in words_of(app)


def test_while_the_first_model_is_fitted_it_is_not_said_that_labels_are_missing(open_page: OpenPage) -> None:
    person, scientist, task = arrange()
    assert "Nobody has labelled a row yet. A quick model needs at least 12" in words_of(
        open_page("labels", person, project=task.project_id)
    )
    label_rows(scientist, task.id, 20)  # the twentieth asks for the model
    said = words_of(open_page("labels", person, project=task.project_id))
    assert "20 rows labelled by one person. A first quick model is on its way." in said
    assert "needs at least 12" not in said


def test_a_key_answers_and_the_next_row_comes(open_page: OpenPage) -> None:
    person, _, task = arrange()
    app = open_page("labels", person, project=task.project_id)
    assert not app.exception
    assert "Yes, if they are likely to end the contract" in words_of(app)
    press(app, "class_2")
    press(app, "cannot_tell")
    assert not app.exception
    found = progress_of(person, task)
    assert (found.n_answers, found.n_agreed, found.n_unclear, dict(found.by_class)) == (2, 1, 1, {"Yes": 1})
    app.button(key="undo").click().run()
    assert progress_of(person, task).n_answers == 1


def test_the_score_is_said_in_words_with_its_interval(open_page: OpenPage) -> None:
    person, _, task = arrange(n_labels=40)
    text = words_of(open_page("labels", person, project=task.project_id))
    assert "The quick model is right for" in text
    assert "of 100 rows it has not seen" in text
    assert "so that it speaks for all rows" in text


def test_a_thumb_makes_the_answer_of_the_model_a_label(open_page: OpenPage) -> None:
    person, _, task = arrange(n_labels=40, n_rows=400)
    app = open_page("labels", person, project=task.project_id)
    (thumb,) = [button for button in app.button if str(button.key).startswith("up_")]
    thumb.click().run()
    assert not app.exception
    assert progress_of(person, task).n_answers == 41


def test_where_labels_shall_be_blind_the_answer_of_the_model_is_not_shown_and_not_taken(open_page: OpenPage) -> None:
    person, _, task = arrange(n_labels=40, n_rows=400)
    with transaction() as session:
        save_objective(
            session, actor=person, project_id=task.project_id, objective=reflected("labellers_see_score"), based_on=0
        )
    app = open_page("labels", person, project=task.project_id)
    assert "The objective asks for blind labelling" in text_of(app)
    assert not [button for button in app.button if str(button.key).startswith("up_")]
    with reading() as session:
        card = get_turn(session, actor=person, task_id=task.id).card
    assert card is not None
    with transaction() as session, pytest.raises(InvalidInputError, match="Label by the keys"):
        save_label(session, actor=person, task_id=task.id, row=card.row, value="Yes", source="thumb")
    press(app, "class_2")
    assert progress_of(person, task).n_answers == 41


def test_a_changed_value_is_tried_and_cannot_become_a_label(open_page: OpenPage) -> None:
    person, _, task = arrange(n_labels=40, n_rows=400)
    app = open_page("labels", person, project=task.project_id)
    (tenure,) = [field for field in app.text_input if str(field.key).endswith("_tenure")]
    tenure.set_value("71")
    app.button(key="ask").click().run()
    assert not app.exception
    assert "You changed a value" in words_of(app)
    assert all(button.disabled for button in app.button if str(button.key).startswith(("up_", "down_")))


def test_people_who_differ_are_settled_by_a_look(open_page: OpenPage) -> None:
    with transaction() as session:
        person = make_actor(session, Role.BUSINESS)
        task, scientist = make_task(session, person, share=1.0)
    run_jobs(scientist, task.project_id, kinds=["labels.train"])
    (row,) = label_rows(scientist, task.id, 1)
    with transaction() as session:
        for actor, value in ((person, "Yes"), (scientist, "No")):
            save_label(session, actor=actor, task_id=task.id, row=row, value=value)
    app = open_page("labels", person, project=task.project_id)
    assert "One row is seen differently" in words_of(app)
    app.button(key=f"settle_{row}_Yes").click().run()
    assert not app.exception
    assert progress_of(person, task).n_disputed == 0


def test_too_little_data_is_an_answer(open_page: OpenPage) -> None:
    person, scientist, task = arrange(n_labels=14)
    with transaction() as session:
        request_worth(session, actor=scientist, dataset_id=task.dataset_id, task_id=task.id)
    run_jobs(scientist, task.project_id, kinds=["labels.worth"])
    app = open_page("labels", person, project=task.project_id)
    assert not app.exception
    assert "Not enough data to say yet" in words_of(app)


def test_the_worth_of_more_labels_is_a_sentence_and_a_curve(open_page: OpenPage) -> None:
    with transaction() as session:
        scientist = make_actor(session, Role.DATA_SCIENTIST)
        project = make_project(session, scientist)
        dataset = make_dataset(session, scientist, project.id)
        request_worth(session, actor=scientist, dataset_id=dataset.id)
    run_jobs(scientist, project.id, kinds=["labels.worth"])
    app = open_page("labels", scientist, project=project.id)
    assert not app.exception
    assert "more labels improve AUC by about" in words_of(app) or "Not enough data" in words_of(app)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR])
def test_who_does_not_label_sees_how_far_it_is_and_has_no_keys(open_page: OpenPage, role: str) -> None:
    person, _, task = arrange(role, n_labels=3)
    app = open_page("labels", person, project=task.project_id)
    assert not app.exception
    assert "3 rows labelled by one person" in words_of(app)
    keys = {str(button.key) for button in app.button}
    assert not {"train", "apply", "task_now"} & keys
    assert not any(key.startswith("class_") for key in keys)


def test_a_stranger_is_told_nothing(open_page: OpenPage) -> None:
    _, _, task = arrange()
    with transaction() as session:
        stranger = make_actor(session, Role.DATA_SCIENTIST)
    app = open_page("labels", stranger, project=task.project_id)
    assert "not a member" in text_of(app)
    assert "will_leave" not in words_of(app)
