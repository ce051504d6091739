"""What a project keeps is counted once, and what it has no room for is refused before it is stored."""

from collections.abc import Iterator

import pytest
from sqlmodel import Session

from db.artifacts import get_artifact_store
from services.audit.actor import Actor
from services.datasets.commands import exclude_column, upload_dataset
from services.datasets.queries import get_usage
from services.datasets.quota import GB, QuotaExceededError, usage_of
from services.datasets.settings import DatasetSettings, get_dataset_settings
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset, make_frame, make_steps, make_upload


@pytest.fixture
def scientist(session: Session) -> Actor:
    return make_actor(session, Role.DATA_SCIENTIST)


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    get_dataset_settings.cache_clear()
    yield monkeypatch
    get_dataset_settings.cache_clear()


def test_equal_bytes_are_counted_once() -> None:
    usage = usage_of([{"a": 1, "b": 2}, {"b": 2}, {"c": 4}], most_files=10, most_bytes=GB)
    assert (usage.n_files, usage.n_bytes) == (3, 7)
    assert usage.words == "3 files, 0.00 of 1 GB"


def test_ten_gigabytes_and_five_hundred_files_unless_somebody_says_otherwise() -> None:
    assert (DatasetSettings().project_gb, DatasetSettings().project_files) == (10, 500)


def test_decisions_take_no_room_and_steps_take_a_table(session: Session, scientist: Actor) -> None:
    project_id = make_project(session, scientist).id
    dataset = make_dataset(session, scientist, project_id)
    upload = make_upload()
    before = get_usage(session, actor=scientist, project_id=project_id)
    assert (before.n_files, before.n_bytes) == (2, len(upload.source) + len(upload.table))
    without = exclude_column(session, actor=scientist, dataset_id=dataset.id, column="customerID", reason="An id")
    assert get_usage(session, actor=scientist, project_id=project_id) == before
    made = make_steps(session, scientist, without, {"kind": "to_text", "column": "tenure"})
    after = get_usage(session, actor=scientist, project_id=project_id)
    assert (after.n_files, after.n_bytes) == (3, before.n_bytes + get_artifact_store().size(made.table_sha256))


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORTAL_DATASETS_PROJECT_FILES", "3", "keeps 2 files of data; 3 are allowed. Nothing was stored"),
        ("PORTAL_DATASETS_PROJECT_GB", "0.00002", "GB are allowed. Nothing was stored"),
    ],
)
def test_what_does_not_fit_is_refused_before_it_is_stored(
    session: Session, scientist: Actor, settings: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    project_id = make_project(session, scientist).id
    make_dataset(session, scientist, project_id)
    settings.setenv(name, value)
    get_dataset_settings.cache_clear()
    stored = get_artifact_store().list_digests()
    with pytest.raises(QuotaExceededError, match=sentence):
        upload_dataset(session, actor=scientist, project_id=project_id, upload=make_upload(make_frame(seed=5)))
    assert get_artifact_store().list_digests() == stored
