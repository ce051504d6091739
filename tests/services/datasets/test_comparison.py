"""Two versions side by side: what came, what went, what moved, what was decided."""

import pandas as pd
import pytest
from sqlmodel import Session

from services.audit.actor import Actor
from services.datasets.commands import choose_target, exclude_column, upload_dataset
from services.datasets.queries import compare_versions
from services.datasets.views import Dataset
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset, make_frame, make_steps, make_upload


@pytest.fixture
def scientist(session: Session) -> Actor:
    return make_actor(session, Role.DATA_SCIENTIST)


@pytest.fixture
def dataset(session: Session, scientist: Actor) -> Dataset:
    return make_dataset(session, scientist, make_project(session, scientist).id, frame=make_frame(600))


def upload(session: Session, actor: Actor, dataset: Dataset, frame: pd.DataFrame) -> Dataset:
    return upload_dataset(
        session, actor=actor, project_id=dataset.project_id, upload=make_upload(frame, file_name="june.csv")
    )


def test_a_version_is_like_itself(session: Session, scientist: Actor, dataset: Dataset) -> None:
    found = compare_versions(session, actor=scientist, before_id=dataset.id, after_id=dataset.id)
    assert found.is_same_table
    assert found.sentences == ("Versions 2 and 2 have the same rows and decisions.",)


def test_columns_that_come_go_and_change_are_named(session: Session, scientist: Actor, dataset: Dataset) -> None:
    frame = make_frame(650).drop(columns="payment").assign(city="Bonn")
    frame["tenure"] = frame["tenure"].map(lambda months: f"about {months}").astype("str")
    frame["charges"] = frame["charges"].where(frame.index % 3 > 0)
    after = upload(session, scientist, dataset, frame)
    found = compare_versions(session, actor=scientist, before_id=dataset.id, after_id=after.id)
    assert (found.added, found.removed, found.n_rows) == (("city",), ("payment",), (600, 650))
    assert found.sentences[:4] == (
        "650 rows instead of 600: 50 more.",
        "New columns: “city”.",
        "Columns that are gone: “payment”.",
        "“tenure” was read as number and is category now.",
    )
    assert any(
        sentence.startswith("“charges” has 2") and "missing cells (3" in sentence for sentence in found.sentences
    )


def test_a_share_that_moved_is_told_from_the_profile(session: Session, scientist: Actor, dataset: Dataset) -> None:
    frame = make_frame(600)
    frame.loc[frame.index % 4 > 0, "contract"] = "Two year"
    after = upload(session, scientist, dataset, frame)
    found = compare_versions(session, actor=scientist, before_id=dataset.id, after_id=after.id)
    bands = {change.column: change.band for change in found.distributions}
    assert bands["contract"] == "shifted" and bands["payment"] == "stable"
    assert "“contract” has shifted: its distribution is a different one." in found.sentences


def test_steps_and_decisions_are_told_in_both_directions(session: Session, scientist: Actor, dataset: Dataset) -> None:
    changed = make_steps(session, scientist, dataset, {"kind": "exclude_rows", "rows": [1], "reason": "A test"})
    without = exclude_column(session, actor=scientist, dataset_id=changed.id, column="customerID", reason="An id")
    turned = choose_target(session, actor=scientist, dataset_id=without.id, column="churn", positive_label="No")
    there = compare_versions(session, actor=scientist, before_id=dataset.id, after_id=turned.id)
    assert there.sentences == (
        "599 rows instead of 600: 1 fewer.",
        "Another class is the one the business acts on.",
        "“customerID” is left out: An id",
        "Step added: Leave out 1 row picked by hand.",
    )
    back = compare_versions(session, actor=scientist, before_id=turned.id, after_id=dataset.id)
    assert back.sentences[1:] == (
        "Another class is the one the business acts on.",
        "“customerID” is no longer left out.",
        "Step removed: Leave out 1 row picked by hand.",
    )
