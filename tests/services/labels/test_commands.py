"""Labelling from the first row to a new version of the data, by several people, on both databases."""

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.session import reading, transaction
from db.tables import AuditEvent
from services.audit.actor import Actor
from services.audit.queries import get_chain_report
from services.datasets.queries import find_dataset, get_table_content
from services.datasets.tables import read_table
from services.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from services.labels.commands import apply_labels, create_task, save_label, undo_label
from services.labels.queries import get_agreement, get_progress, get_task, get_turn, list_disputes
from services.labels.views import TaskView
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset
from tests.makers_labels import label_rows, make_task, run_jobs


def start(engine: Engine, *, n_raters: int = 1, **options: Any) -> tuple[TaskView, Actor, list[Actor]]:
    """A task with its first rows drawn; (task, scientist, business stakeholders)."""
    with transaction(engine) as session:
        raters = [make_actor(session, Role.BUSINESS) for _ in range(n_raters)]
        task, scientist = make_task(session, *raters, **options)
    run_jobs(scientist, task.project_id, kinds=["labels.train"])
    return task, scientist, raters


def test_a_rater_gets_row_after_row_and_never_one_twice(engine: Engine) -> None:
    task, scientist, (rater,) = start(engine)
    rows = label_rows(rater, task.id, 15)
    assert len(set(rows)) == 15
    with reading() as session:
        progress = get_progress(session, actor=scientist, task_id=task.id)
        turn = get_turn(session, actor=rater, task_id=task.id)
    assert (progress.n_answers, progress.n_agreed, progress.n_raters) == (15, 15, 1)
    assert progress.seconds_per_label == 2.0
    assert (turn.n_mine, turn.last_row) == (15, rows[-1])
    assert turn.card is not None
    assert turn.card.row not in rows
    assert set(turn.card.cells) == {"customerID", "tenure", "charges", "contract", "payment"}


@pytest.mark.slow
def test_a_second_rater_sees_only_the_rows_meant_for_two(engine: Engine) -> None:
    task, _, (first, second) = start(engine, n_raters=2, share=0.3)
    mine = set(label_rows(first, task.id, 200))
    theirs = set(label_rows(second, task.id, 200))
    assert len(mine) == 200  # all rows of the queue
    assert theirs < mine
    assert 35 < len(theirs) < 85
    with reading() as session:
        agreement = get_agreement(session, actor=first, task_id=task.id)
    assert agreement.n_twice == len(theirs) == agreement.n_equal
    assert agreement.kappa is not None
    assert agreement.kappa.value == pytest.approx(1.0)
    assert agreement.alpha is not None
    assert agreement.alpha.value == pytest.approx(1.0)
    assert "agree well" in agreement.sentence


def test_the_last_answer_can_be_taken_back_and_comes_again(engine: Engine) -> None:
    task, _, (rater,) = start(engine)
    rows = label_rows(rater, task.id, 3)
    with transaction(engine) as session:
        assert undo_label(session, actor=rater, task_id=task.id) == rows[-1]
    with reading() as session:
        turn = get_turn(session, actor=rater, task_id=task.id)
    assert turn.card is not None
    assert turn.card.row == rows[-1]
    assert turn.n_mine == 2


def test_there_is_nothing_to_take_back_at_first(engine: Engine) -> None:
    task, _, (rater,) = start(engine)
    with transaction(engine) as session, pytest.raises(ConflictError, match="no answer of yours"):
        undo_label(session, actor=rater, task_id=task.id)


def test_who_sees_a_row_differently_is_asked_to_look_again(engine: Engine) -> None:
    task, scientist, (first, second) = start(engine, n_raters=2, share=1.0)
    (row,) = label_rows(first, task.id, 1)
    with transaction(engine) as session:
        said = get_turn(session, actor=second, task_id=task.id)
        assert said.card is not None
        assert said.card.row == row
    for rater, value in ((first, "No"), (second, "Yes")):
        with transaction(engine) as session:
            save_label(session, actor=rater, task_id=task.id, row=row, value=value)
    with transaction(engine) as session:
        (dispute,) = list_disputes(session, actor=scientist, task_id=task.id)
        assert dispute.said == ("No", "Yes")
        save_label(session, actor=first, task_id=task.id, row=row, value="Yes", source="review")
        assert list_disputes(session, actor=scientist, task_id=task.id) == []
        assert get_progress(session, actor=scientist, task_id=task.id).n_agreed == 1


def test_applied_labels_are_a_new_version_and_close_the_task(engine: Engine) -> None:
    task, scientist, (rater,) = start(engine, share=0.0)
    rows = label_rows(rater, task.id, 12)
    with transaction(engine) as session:
        apply_labels(session, actor=scientist, task_id=task.id)
    run_jobs(scientist, task.project_id, kinds=["dataset.apply"])
    with transaction(engine) as session:
        latest = find_dataset(session, actor=scientist, project_id=task.project_id)
        assert latest is not None
        assert latest.version == 2
        frame = read_table(get_table_content(session, actor=scientist, dataset_id=latest.id))
        assert set(frame.index[frame["will_leave"].notna()]) == set(rows)
        assert get_task(session, actor=scientist, task_id=task.id).state == "applied"
        with pytest.raises(ConflictError, match="closed"):
            save_label(session, actor=rater, task_id=task.id, row=rows[0], value="No")


def test_every_answer_is_an_event_that_names_the_row_and_not_the_answer(engine: Engine) -> None:
    task, _, (rater,) = start(engine)
    (row,) = label_rows(rater, task.id, 1)
    with reading() as session:
        event = session.exec(select(AuditEvent).order_by(col(AuditEvent.id).desc()).limit(1)).one()
        assert get_chain_report(session).is_intact
    assert (event.action, event.actor_id) == ("labels.saved", rater.user_id)
    assert event.after == {"row": row, "source": "keyboard"}


def test_a_row_outside_of_the_queue_and_an_unknown_class_are_refused(engine: Engine) -> None:
    task, _, (rater,) = start(engine)
    with transaction(engine) as session:
        with pytest.raises(InvalidInputError, match="not one of those"):
            save_label(session, actor=rater, task_id=task.id, row=5_000, value="No")
        with pytest.raises(InvalidInputError, match="no such class"):
            save_label(session, actor=rater, task_id=task.id, row=0, value="Perhaps")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"column": ""}, "Name the column"),
        ({"column": "tenure"}, "a value in every row"),
        ({"classes": ("Yes",)}, "2 to 9 classes"),
        ({"classes": ("Yes", "Yes")}, "same name"),
        ({"guideline": " "}, "how to tell"),
        ({"positive_class": "Perhaps"}, "one of the classes"),
        ({"second_rater_share": 1.5}, "between 0 and 100"),
    ],
)
def test_a_task_that_cannot_be_done_is_refused(session: Session, changes: dict[str, Any], words: str) -> None:
    scientist = make_actor(session, Role.DATA_SCIENTIST)
    dataset = make_dataset(session, scientist, make_project(session, scientist).id)
    fields: dict[str, Any] = {"column": "will_leave", "classes": ("No", "Yes"), "guideline": "As you see it."} | changes
    with pytest.raises(InvalidInputError, match=words):
        create_task(session, actor=scientist, dataset_id=dataset.id, **fields)


def test_a_manager_may_not_label_and_a_stranger_is_told_nothing(engine: Engine) -> None:
    with transaction(engine) as session:
        manager, stranger = make_actor(session, Role.MANAGER), make_actor(session, Role.DATA_SCIENTIST)
        task, _ = make_task(session, manager)
        with pytest.raises(NotAllowedError):
            get_turn(session, actor=manager, task_id=task.id)
        with pytest.raises(NotAllowedError):
            save_label(session, actor=manager, task_id=task.id, row=0, value="No")
        for task_id in (task.id, "nowhere"):
            with pytest.raises(NotFoundError, match="no such labelling task"):
                get_task(session, actor=stranger, task_id=task_id)


def test_a_business_stakeholder_labels_and_cannot_change_the_data(engine: Engine) -> None:
    task, _, (rater,) = start(engine)
    label_rows(rater, task.id, 2)
    with transaction(engine) as session, pytest.raises(NotAllowedError):
        apply_labels(session, actor=rater, task_id=task.id)
