"""Steps make versions; taking one back restores the exact table and the exact decisions; repeating does too."""

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.session import reading, transaction
from db.tables import AuditEvent, Job
from services.audit.actor import Actor
from services.datasets.commands import (
    RequestedChange,
    choose_target,
    exclude_column,
    redo_step,
    request_fixes,
    request_replay,
    request_steps,
    save_health,
    undo_step,
    upload_dataset,
)
from services.datasets.errors import ColumnMissingError
from services.datasets.queries import find_redo, find_replay, list_datasets
from services.datasets.recipe.errors import InvalidStepError
from services.datasets.views import Dataset
from services.errors import ConflictError, InvalidInputError
from services.people.permissions import Role
from services.portfolio.history import is_described
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset, make_frame, make_health, make_steps, make_upload

LONG = {
    "kind": "exclude_rows",
    "condition": {"column": "tenure", "operator": "more", "value": 60},
    "reason": "Old contracts",
}
SPELLING = {"kind": "merge_spellings", "column": "payment", "mapping": {"Card": "card"}}
BY_HAND = {"kind": "exclude_rows", "rows": [0, 1], "reason": "Test accounts"}


@pytest.fixture
def scientist(session: Session) -> Actor:
    return make_actor(session, Role.DATA_SCIENTIST)


@pytest.fixture
def dataset(session: Session, scientist: Actor) -> Dataset:
    return make_dataset(session, scientist, make_project(session, scientist).id)


def made_at_once(change: RequestedChange) -> Dataset:
    assert change.dataset is not None and change.job is None
    return change.dataset


def test_a_step_is_asked_of_a_worker(session: Session, scientist: Actor, dataset: Dataset) -> None:
    change = request_steps(session, actor=scientist, dataset_id=dataset.id, steps=[LONG])
    assert change.dataset is None and change.job is not None
    assert (change.job.kind, change.job.subject_id) == ("dataset.apply", dataset.id)
    assert change.job.request["recipe"] == [LONG]
    assert list_datasets(session, actor=scientist, project_id=dataset.project_id)[0] == dataset


def test_what_a_worker_made_is_a_version_in_the_name_of_who_asked(
    session: Session, scientist: Actor, dataset: Dataset
) -> None:
    after = make_steps(session, scientist, dataset, LONG)
    assert (after.version, after.parent_id, after.recipe) == (dataset.version + 1, dataset.id, (LONG,))
    assert after.base_sha256 == dataset.base_sha256 and after.table_sha256 != dataset.table_sha256
    assert after.n_rows < dataset.n_rows and after.sha256 != dataset.sha256
    assert after.change == "Leave out rows by a condition on “tenure”"
    assert (after.created_by, after.target, after.positive_label) == (scientist.user_id, "churn", "Yes")
    event = session.exec(select(AuditEvent).where(AuditEvent.object_id == after.id)).one()
    assert (event.action, event.reason) == ("dataset.step_added", "Old contracts")


@pytest.mark.parametrize("step", [LONG, SPELLING, BY_HAND, {"kind": "set_values", "column": "x", "values": {"3": "a"}}])
def test_taking_the_last_step_back_restores_both_hashes(
    session: Session, scientist: Actor, dataset: Dataset, step: dict[str, Any]
) -> None:
    after = make_steps(session, scientist, dataset, step)
    undone = made_at_once(undo_step(session, actor=scientist, dataset_id=after.id, index=0))
    assert (undone.table_sha256, undone.sha256) == (dataset.table_sha256, dataset.sha256)
    assert (undone.recipe, undone.columns, undone.n_rows) == ((), dataset.columns, dataset.n_rows)
    assert undone.version == after.version + 1
    again = made_at_once(redo_step(session, actor=scientist, dataset_id=undone.id))
    assert (again.table_sha256, again.sha256, again.recipe) == (after.table_sha256, after.sha256, after.recipe)


def test_a_step_in_the_middle_is_taken_back_by_a_worker(session: Session, scientist: Actor, dataset: Dataset) -> None:
    first = make_steps(session, scientist, dataset, SPELLING)
    both = make_steps(session, scientist, first, LONG)
    change = undo_step(session, actor=scientist, dataset_id=both.id, index=0)
    assert change.job is not None and change.job.request["recipe"] == [LONG]
    last = made_at_once(undo_step(session, actor=scientist, dataset_id=both.id, index=1))
    assert last.sha256 == first.sha256


def test_undone_steps_are_repeated_in_the_other_order(session: Session, scientist: Actor, dataset: Dataset) -> None:
    first = make_steps(session, scientist, dataset, SPELLING)
    both = make_steps(session, scientist, first, LONG)
    one = made_at_once(undo_step(session, actor=scientist, dataset_id=both.id, index=1))
    none = made_at_once(undo_step(session, actor=scientist, dataset_id=one.id, index=0))
    back = made_at_once(redo_step(session, actor=scientist, dataset_id=none.id))
    assert back.recipe == first.recipe and back.change == "Repeated: Write 1 spelling in “payment” alike"
    whole = made_at_once(redo_step(session, actor=scientist, dataset_id=back.id))
    assert whole.sha256 == both.sha256
    assert find_redo(session, actor=scientist, dataset_id=whole.id) is None
    with pytest.raises(InvalidInputError, match="nothing to repeat"):
        redo_step(session, actor=scientist, dataset_id=whole.id)


def test_another_decision_between_is_no_step_and_is_kept(session: Session, scientist: Actor, dataset: Dataset) -> None:
    after = make_steps(session, scientist, dataset, LONG)
    without = exclude_column(session, actor=scientist, dataset_id=after.id, column="customerID", reason="An id")
    undone = made_at_once(undo_step(session, actor=scientist, dataset_id=without.id, index=0))
    assert undone.excluded == {"customerID": "An id"} and undone.table_sha256 == dataset.table_sha256
    assert made_at_once(redo_step(session, actor=scientist, dataset_id=undone.id)).sha256 == without.sha256


def test_a_class_that_is_spelled_otherwise_stays_the_one_to_act_on(
    session: Session, scientist: Actor, dataset: Dataset
) -> None:
    turned = choose_target(session, actor=scientist, dataset_id=dataset.id, column="churn", positive_label="No")
    renamed = make_steps(
        session, scientist, turned, {"kind": "merge_spellings", "column": "churn", "mapping": {"No": "stays"}}
    )
    assert renamed.positive_label == "stays"
    undone = made_at_once(undo_step(session, actor=scientist, dataset_id=renamed.id, index=0))
    assert undone.sha256 == turned.sha256


def test_a_label_that_made_the_target_unclear_is_taken_back_exactly(
    session: Session, scientist: Actor, dataset: Dataset
) -> None:
    turned = choose_target(session, actor=scientist, dataset_id=dataset.id, column="churn", positive_label="No")
    third = make_steps(
        session, scientist, turned, {"kind": "set_values", "column": "churn", "values": {"5": "Perhaps"}}
    )
    assert (third.target, third.positive_label) == ("churn", None)
    undone = made_at_once(undo_step(session, actor=scientist, dataset_id=third.id, index=0))
    assert undone.sha256 == turned.sha256


def test_a_step_that_leaves_nothing_to_predict_is_refused(session: Session, scientist: Actor, dataset: Dataset) -> None:
    step = {
        "kind": "exclude_rows",
        "condition": {"column": "churn", "operator": "is", "value": "Yes"},
        "reason": "They left",
    }
    with pytest.raises(InvalidInputError, match="After this change “churn” cannot be the target"):
        make_steps(session, scientist, dataset, step)


REFUSED: dict[str, tuple[list[dict[str, Any]], type[Exception], str]] = {
    "nothing": ([], InvalidInputError, "at least one step"),
    "no such column": ([{"kind": "to_text", "column": "city"}], ColumnMissingError, "“city”"),
    "a fault": ([{"kind": "to_text"}], InvalidStepError, "which column"),
    "a field of the database": ([{**LONG, "created_by": "me"}], InvalidStepError, "no part called created_by"),
    "a key of one's own": (
        [{"kind": "hash_column", "column": "tenure", "sealed_key": "mine"}],
        InvalidStepError,
        "no part called sealed_key",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_faulty_request_is_refused_before_a_worker_sees_it(
    session: Session, scientist: Actor, dataset: Dataset, case: str
) -> None:
    steps, error, expected = REFUSED[case]
    with pytest.raises(error, match=expected):
        request_steps(session, actor=scientist, dataset_id=dataset.id, steps=steps)
    assert session.exec(select(Job).where(Job.kind == "dataset.apply")).first() is None


def test_an_older_version_is_not_changed(session: Session, scientist: Actor, dataset: Dataset) -> None:
    make_steps(session, scientist, dataset, LONG)
    with pytest.raises(ConflictError, match="changed the data meanwhile"):
        request_steps(session, actor=scientist, dataset_id=dataset.id, steps=[SPELLING])
    with pytest.raises(InvalidInputError, match="there is no step 4"):
        latest = list_datasets(session, actor=scientist, project_id=dataset.project_id)[0]
        undo_step(session, actor=scientist, dataset_id=latest.id, index=3)


def test_one_of_two_who_change_the_same_version_hears_of_it(
    session: Session, scientist: Actor, dataset: Dataset
) -> None:
    first = request_steps(session, actor=scientist, dataset_id=dataset.id, steps=[LONG]).job
    second = request_steps(session, actor=scientist, dataset_id=dataset.id, steps=[SPELLING]).job
    assert first is not None and second is not None and first.id != second.id
    make_steps(session, scientist, dataset, LONG)
    with pytest.raises(ConflictError, match="changed the data meanwhile"):
        make_steps(session, scientist, dataset, SPELLING)


def test_steps_are_taken_again_on_newer_data(session: Session, scientist: Actor, dataset: Dataset) -> None:
    after = make_steps(session, scientist, dataset, BY_HAND, SPELLING, {"kind": "to_text", "column": "tenure"})
    newer = upload_dataset(
        session,
        actor=scientist,
        project_id=dataset.project_id,
        upload=make_upload(make_frame(seed=1).drop(columns="tenure"), file_name="june.csv"),
    )
    assert newer.recipe == ()
    plan = find_replay(session, actor=scientist, dataset_id=newer.id)
    assert plan is not None and plan.from_version == after.version
    assert [step["kind"] for step in plan.steps] == ["merge_spellings"]
    assert [left_out.sentence for left_out in plan.left_out] == [
        "It names single rows, and other rows stand there now.",
        "The new data have no column called “tenure”.",
    ]
    change = request_replay(session, actor=scientist, dataset_id=newer.id)
    assert change.job is not None and change.job.request["action"] == "dataset.recipe_replayed"


def test_nothing_is_replayed_where_nothing_was_done(session: Session, scientist: Actor, dataset: Dataset) -> None:
    assert find_replay(session, actor=scientist, dataset_id=dataset.id) is None
    with pytest.raises(InvalidInputError, match="no steps of an older table"):
        request_replay(session, actor=scientist, dataset_id=dataset.id)


def test_all_proposed_fixes_are_taken_at_once_or_those_that_are_named(
    session: Session, scientist: Actor, dataset: Dataset
) -> None:
    with pytest.raises(ConflictError, match="checks have not run"):
        request_fixes(session, actor=scientist, dataset_id=dataset.id)
    save_health(session, actor=scientist, dataset_id=dataset.id, document=make_health(make_frame()).document())
    every = request_fixes(session, actor=scientist, dataset_id=dataset.id).job
    assert every is not None and every.request["excluded"] == {}
    assert every.request["recipe"] == [{**SPELLING, "reason": "Spellings"}]
    column = made_at_once(request_fixes(session, actor=scientist, dataset_id=dataset.id, codes=["id_like"]))
    assert column.excluded == {"customerID": "It names rows"} and column.table_sha256 == dataset.table_sha256
    with pytest.raises(InvalidInputError, match="no fix to take"):
        request_fixes(session, actor=scientist, dataset_id=column.id, codes=["constant"])


def test_hashes_have_one_key_in_a_project_and_it_is_sealed(
    session: Session, scientist: Actor, dataset: Dataset
) -> None:
    steps = [{"kind": "hash_column", "column": "customerID"}, {"kind": "hash_column", "column": "payment"}]
    job = request_steps(session, actor=scientist, dataset_id=dataset.id, steps=steps).job
    assert job is not None
    first, second = (step["sealed_key"] for step in job.request["recipe"])
    assert first == second and len(first) > 60


def test_every_change_has_a_sentence_in_the_history(session: Session, scientist: Actor, dataset: Dataset) -> None:
    after = make_steps(session, scientist, dataset, LONG)
    undone = made_at_once(undo_step(session, actor=scientist, dataset_id=after.id, index=0))
    redo_step(session, actor=scientist, dataset_id=undone.id)
    actions = set(session.exec(select(AuditEvent.action).where(AuditEvent.object_type == "dataset")))
    assert {"dataset.step_added", "dataset.step_undone", "dataset.step_redone"} <= actions
    assert all(is_described(action) for action in {*actions, "dataset.recipe_replayed", "dataset.fixes_applied"})


def test_a_version_survives_a_trip_to_the_database(engine: Engine) -> None:
    with transaction(engine) as session:
        actor = make_actor(session, Role.DATA_SCIENTIST)
        made = make_steps(session, actor, make_dataset(session, actor, make_project(session, actor).id), LONG)
    with reading(engine) as session:
        assert list_datasets(session, actor=actor, project_id=made.project_id)[0] == made
