"""Every change of the data is a new version with its lineage and one audit event; the one before stays as it was."""

from collections.abc import Callable

import pandas as pd
import pytest
from sqlmodel import Session, select

from db.artifacts import get_artifact_store
from db.tables import AuditEvent, ProjectMember
from services.audit.actor import Actor
from services.datasets.commands import choose_target, exclude_column, include_column, upload_dataset
from services.datasets.errors import ColumnMissingError, UnusableTargetError
from services.datasets.queries import find_dataset, get_dataset, get_table_content, list_datasets
from services.datasets.tables import read_table
from services.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset, make_frame, make_upload


@pytest.fixture
def scientist(session: Session) -> Actor:
    return make_actor(session, Role.DATA_SCIENTIST)


@pytest.fixture
def project_id(session: Session, scientist: Actor) -> str:
    return make_project(session, scientist).id


def events_of(session: Session, project_id: str) -> list[AuditEvent]:
    return list(
        session.exec(select(AuditEvent).where(AuditEvent.project_id == project_id, AuditEvent.object_type == "dataset"))
    )


def test_a_project_has_no_data_before_the_first_upload(session: Session, scientist: Actor, project_id: str) -> None:
    assert find_dataset(session, actor=scientist, project_id=project_id) is None


def test_an_upload_keeps_source_and_table(session: Session, scientist: Actor, project_id: str) -> None:
    upload = make_upload()
    dataset = upload_dataset(session, actor=scientist, project_id=project_id, upload=upload)
    assert (dataset.version, dataset.parent_id, dataset.n_rows, dataset.n_columns) == (1, None, 200, 6)
    assert get_artifact_store().get(dataset.source_sha256) == upload.source
    content = get_table_content(session, actor=scientist, dataset_id=dataset.id)
    pd.testing.assert_frame_equal(read_table(content), make_frame())
    assert find_dataset(session, actor=scientist, project_id=project_id) == dataset


def test_a_profile_is_made_once_in_a_session(session: Session, scientist: Actor, project_id: str) -> None:
    dataset = make_dataset(session, scientist, project_id)
    again = get_dataset(session, actor=scientist, dataset_id=dataset.id)
    assert again.columns is dataset.columns
    changed = exclude_column(
        session, actor=scientist, dataset_id=dataset.id, column=dataset.columns[0].name, reason="Not known in time"
    )
    assert changed.columns == dataset.columns


def test_every_change_is_a_version_with_words_and_one_event(
    session: Session, scientist: Actor, project_id: str
) -> None:
    first = make_dataset(session, scientist, project_id)
    second = exclude_column(
        session, actor=scientist, dataset_id=first.id, column="customerID", reason="It only names a row"
    )
    third = include_column(session, actor=scientist, dataset_id=second.id, column="customerID")
    versions = list_datasets(session, actor=scientist, project_id=project_id)
    assert [dataset.change for dataset in versions] == [
        "Took customerID back in",
        "Left out customerID",
        "Chose churn as target",
        "Uploaded customers.csv",
    ]
    assert [dataset.version for dataset in versions] == [4, 3, 2, 1]
    assert (second.parent_id, third.parent_id) == (first.id, second.id)
    events = events_of(session, project_id)
    assert [event.action for event in events] == [
        "dataset.uploaded",
        "dataset.target_chosen",
        "dataset.column_excluded",
        "dataset.column_included",
    ]
    assert events[2].reason == "It only names a row"


def test_what_is_left_out_is_no_feature_and_the_version_before_keeps_it(
    session: Session, scientist: Actor, project_id: str
) -> None:
    before = make_dataset(session, scientist, project_id)
    after = exclude_column(session, actor=scientist, dataset_id=before.id, column="customerID", reason="An id")
    assert after.feature_columns == ("tenure", "charges", "contract", "payment")
    assert after.excluded == {"customerID": "An id"}
    assert get_dataset(session, actor=scientist, dataset_id=before.id).excluded == {}


def test_equal_decisions_on_equal_rows_have_one_hash(session: Session, scientist: Actor, project_id: str) -> None:
    before = make_dataset(session, scientist, project_id)
    without = exclude_column(session, actor=scientist, dataset_id=before.id, column="tenure", reason="Known too late")
    again = include_column(session, actor=scientist, dataset_id=without.id, column="tenure")
    assert without.sha256 != before.sha256 == again.sha256


def test_the_rarer_class_is_positive_unless_somebody_says_otherwise(
    session: Session, scientist: Actor, project_id: str
) -> None:
    dataset = make_dataset(session, scientist, project_id)
    assert (dataset.target, dataset.positive_label) == ("churn", "Yes")
    turned = choose_target(session, actor=scientist, dataset_id=dataset.id, column="churn", positive_label="No")
    assert turned.positive_label == "No"


def test_the_same_target_again_makes_no_version(session: Session, scientist: Actor, project_id: str) -> None:
    dataset = make_dataset(session, scientist, project_id)
    assert choose_target(session, actor=scientist, dataset_id=dataset.id, column="churn") == dataset


def test_a_number_with_many_values_has_no_positive_class(session: Session, scientist: Actor, project_id: str) -> None:
    dataset = make_dataset(session, scientist, project_id, target="charges")
    assert (dataset.target, dataset.positive_label) == ("charges", None)


def table_of(values: list[object], dtype: str) -> pd.DataFrame:
    return pd.DataFrame({"tenure": range(len(values)), "x": pd.Series(values, dtype=dtype)})


BAD_TARGETS: dict[str, tuple[pd.DataFrame, str]] = {
    "no variation": (table_of(["Yes"] * 5, "str"), "same value in every row"),
    "no variation beside gaps": (table_of(["Yes", None, "Yes"], "str"), "same value in every row"),
    "empty": (table_of([None, None], "str"), "all its cells are empty"),
    "an id": (table_of([f"{n:08x}-0000-4000-8000-{n:012x}" for n in range(30)], "str"), "names single rows"),
    "a date": (table_of(["2024-01-01", "2024-02-01"], "datetime64[us]"), "it is a date"),
    "too many classes": (table_of([f"class {n % 150}" for n in range(900)], "str"), "150 different values in 900 rows"),
    "free text": (table_of([f"some words about case {n}" for n in range(60)], "str"), "60 different values in 60 rows"),
}


@pytest.mark.parametrize("case", BAD_TARGETS)
def test_a_target_that_cannot_be_learned_is_refused(
    session: Session, scientist: Actor, project_id: str, case: str
) -> None:
    frame, expected = BAD_TARGETS[case]
    with pytest.raises(UnusableTargetError, match=expected):
        make_dataset(session, scientist, project_id, frame=frame, target="x")


def test_a_missing_target_is_named(session: Session, scientist: Actor, project_id: str) -> None:
    with pytest.raises(ColumnMissingError, match="no column called “churned”"):
        make_dataset(session, scientist, project_id, target="churned")


def test_a_class_that_does_not_exist_is_refused(session: Session, scientist: Actor, project_id: str) -> None:
    dataset = make_dataset(session, scientist, project_id)
    with pytest.raises(UnusableTargetError, match="no such class"):
        choose_target(session, actor=scientist, dataset_id=dataset.id, column="churn", positive_label="Maybe")


BAD_EXCLUSIONS: dict[str, tuple[str, str, str]] = {
    "no reason": ("tenure", "  ", "Say why"),
    "a long reason": ("tenure", "x" * 301, "301 characters"),
    "the target": ("churn", "why", "is the target"),
    "no such column": ("city", "why", "no column called “city”"),
}


@pytest.mark.parametrize("case", BAD_EXCLUSIONS)
def test_a_column_is_left_out_only_with_a_reason(
    session: Session, scientist: Actor, project_id: str, case: str
) -> None:
    column, reason, expected = BAD_EXCLUSIONS[case]
    dataset = make_dataset(session, scientist, project_id)
    with pytest.raises(InvalidInputError, match=expected):
        exclude_column(session, actor=scientist, dataset_id=dataset.id, column=column, reason=reason)


def test_a_column_is_left_out_and_taken_back_once(session: Session, scientist: Actor, project_id: str) -> None:
    dataset = make_dataset(session, scientist, project_id)
    without = exclude_column(session, actor=scientist, dataset_id=dataset.id, column="tenure", reason="Known too late")
    with pytest.raises(InvalidInputError, match="left out already"):
        exclude_column(session, actor=scientist, dataset_id=without.id, column="tenure", reason="Known too late")
    with pytest.raises(InvalidInputError, match="Take it back in"):
        choose_target(session, actor=scientist, dataset_id=without.id, column="tenure")
    with pytest.raises(InvalidInputError, match="is not left out"):
        include_column(session, actor=scientist, dataset_id=without.id, column="charges")


def test_a_change_to_an_older_version_is_refused(session: Session, scientist: Actor, project_id: str) -> None:
    old = make_dataset(session, scientist, project_id)
    exclude_column(session, actor=scientist, dataset_id=old.id, column="tenure", reason="Known too late")
    with pytest.raises(ConflictError, match="changed the data meanwhile"):
        exclude_column(session, actor=scientist, dataset_id=old.id, column="charges", reason="Also")


def test_a_new_table_keeps_the_decisions_that_still_apply(session: Session, scientist: Actor, project_id: str) -> None:
    dataset = make_dataset(session, scientist, project_id)
    exclude_column(session, actor=scientist, dataset_id=dataset.id, column="tenure", reason="Known too late")
    upload = make_upload(make_frame(seed=1), file_name="june.csv")
    newer = upload_dataset(session, actor=scientist, project_id=project_id, upload=upload)
    assert (newer.target, newer.positive_label, newer.excluded) == ("churn", "Yes", {"tenure": "Known too late"})
    assert newer.change == "Uploaded june.csv; kept the target and what is left out"


def test_a_new_table_without_the_target_has_none(session: Session, scientist: Actor, project_id: str) -> None:
    make_dataset(session, scientist, project_id)
    upload = make_upload(make_frame().drop(columns="churn"), file_name="june.csv")
    newer = upload_dataset(session, actor=scientist, project_id=project_id, upload=upload)
    assert (newer.target, newer.positive_label, newer.change) == (None, None, "Uploaded june.csv")


@pytest.mark.parametrize("role", [Role.BUSINESS, Role.MANAGER, Role.AUDITOR])
def test_only_a_data_scientist_changes_the_data(
    session: Session, scientist: Actor, project_id: str, role: Role
) -> None:
    dataset = make_dataset(session, scientist, project_id)
    other = make_actor(session, role)
    if role is not Role.AUDITOR:
        session.add(ProjectMember(project_id=project_id, user_id=other.user_id, added_by=scientist.user_id))
        session.flush()
    for change in changes_by(session, other, project_id, dataset.id):
        with pytest.raises(NotAllowedError, match="may not change the data"):
            change()
    assert get_dataset(session, actor=other, dataset_id=dataset.id) == dataset


def test_somebody_elses_data_do_not_exist(session: Session, scientist: Actor, project_id: str) -> None:
    dataset = make_dataset(session, scientist, project_id)
    stranger = make_actor(session, Role.DATA_SCIENTIST)
    reads: list[Callable[[], object]] = [
        lambda: get_dataset(session, actor=stranger, dataset_id=dataset.id),
        lambda: find_dataset(session, actor=stranger, project_id=project_id),
        lambda: get_table_content(session, actor=stranger, dataset_id=dataset.id),
    ]
    for attempt in (*changes_by(session, stranger, project_id, dataset.id), *reads):
        with pytest.raises(NotFoundError):
            attempt()


def changes_by(session: Session, actor: Actor, project_id: str, dataset_id: str) -> list[Callable[[], object]]:
    return [
        lambda: upload_dataset(session, actor=actor, project_id=project_id, upload=make_upload()),
        lambda: exclude_column(session, actor=actor, dataset_id=dataset_id, column="tenure", reason="why"),
        lambda: include_column(session, actor=actor, dataset_id=dataset_id, column="tenure"),
        lambda: choose_target(session, actor=actor, dataset_id=dataset_id, column="payment"),
    ]
