"""Rows of a version are read a few at a time, under the numbers by which a step names them."""

import pytest
from sqlmodel import Session

from db.artifacts import ArtifactDamagedError, get_artifact_store
from services.datasets.errors import ColumnMissingError
from services.datasets.queries import count_rows, get_rows
from services.datasets.recipe.errors import InvalidStepError
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset, make_frame


def test_rows_come_with_their_numbers_in_the_file(session: Session) -> None:
    actor = make_actor(session, Role.DATA_SCIENTIST)
    dataset = make_dataset(session, actor, make_project(session, actor).id)
    found = get_rows(session, actor=actor, dataset_id=dataset.id, start=190, n=50, columns=["tenure"])
    assert found.n_rows == 200
    assert found.numbers == tuple(range(190, 200))
    assert list(found.table["tenure"]) == list(make_frame()["tenure"][190:])


def test_rows_that_fit_are_counted(session: Session) -> None:
    actor = make_actor(session, Role.DATA_SCIENTIST)
    dataset = make_dataset(session, actor, make_project(session, actor).id)
    condition = {"column": "charges", "operator": "is_missing"}
    n_missing = int(make_frame()["charges"].isna().sum())
    assert count_rows(session, actor=actor, dataset_id=dataset.id, condition=condition) == (n_missing, 200)


@pytest.mark.parametrize(
    ("condition", "error"),
    [
        ({"column": "other", "operator": "is_missing"}, ColumnMissingError),
        ({"column": "tenure", "operator": "matches", "value": "(a+)+$"}, InvalidStepError),
        ({"column": "tenure", "operator": "is", "value": {"$gt": 0}}, InvalidStepError),
    ],
)
def test_a_condition_that_is_none_is_refused(session: Session, condition: dict[str, object], error: type) -> None:
    actor = make_actor(session, Role.DATA_SCIENTIST)
    dataset = make_dataset(session, actor, make_project(session, actor).id)
    with pytest.raises(error):
        count_rows(session, actor=actor, dataset_id=dataset.id, condition=condition)


def test_rows_of_a_table_that_was_changed_on_disk_are_not_shown(session: Session) -> None:
    actor = make_actor(session, Role.DATA_SCIENTIST)
    dataset = make_dataset(session, actor, make_project(session, actor).id)
    with get_artifact_store().open_verified(dataset.table_sha256) as path:
        content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ArtifactDamagedError):
        get_rows(session, actor=actor, dataset_id=dataset.id, start=0, n=5, columns=["tenure"])
