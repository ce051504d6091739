"""All decisions as text: complete, readable, and harmless where names are not."""

import pytest
from sqlmodel import Session

from services.audit.actor import Actor
from services.datasets.commands import describe_column, exclude_column, save_health, upload_dataset
from services.datasets.queries import find_same_source, get_decisions_text, get_lineage, get_table_content
from services.datasets.tables import read_table
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset, make_frame, make_health, make_steps, make_upload

LONG = {
    "kind": "exclude_rows",
    "condition": {"column": "tenure", "operator": "more", "value": 60},
    "reason": "Old contracts",
}


@pytest.fixture
def scientist(session: Session) -> Actor:
    return make_actor(session, Role.DATA_SCIENTIST)


@pytest.fixture
def project_id(session: Session, scientist: Actor) -> str:
    return make_project(session, scientist).id


def test_the_text_has_every_decision_with_reason_person_and_date(
    session: Session, scientist: Actor, project_id: str
) -> None:
    dataset = make_steps(session, scientist, make_dataset(session, scientist, project_id), LONG)
    last = exclude_column(session, actor=scientist, dataset_id=dataset.id, column="customerID", reason="An id")
    describe_column(session, actor=scientist, project_id=project_id, column="tenure", unit="months")
    save_health(session, actor=scientist, dataset_id=last.id, document=make_health(make_frame()).document())
    text = get_decisions_text(session, actor=scientist, dataset_id=last.id)
    day = f"{last.created_at:%-d %B %Y}"
    for part in (
        "# customers.csv, version 4",
        "churn, where it is Yes",
        "1. Leave out the rows where “tenure” is more than 60. Why: Old contracts",
        "- customerID: An id",
        "- amber: Two are one.",
        f"- tenure: tenure (months). Written by {scientist.name}, {day}.",
        f"- Version 4 was made from version 3 by {scientist.name} on {day}: Left out customerID. Why: An id",
        f"- Version 1 was brought by {scientist.name} on {day}: Uploaded customers.csv.",
        f"- table and decisions {last.sha256}",
    ):
        assert part in text


def test_a_name_is_no_markup(session: Session, scientist: Actor, project_id: str) -> None:
    frame = make_frame().rename(columns={"tenure": "<img src=x>"})
    dataset = make_dataset(session, scientist, project_id, frame=frame)
    without = exclude_column(
        session, actor=scientist, dataset_id=dataset.id, column="<img src=x>", reason="[a](javascript:b)\n# big"
    )
    text = get_decisions_text(session, actor=scientist, dataset_id=without.id)
    assert "<img" not in text.replace("\\<", "") and "[a]" not in text and "\n# big" not in text
    assert "The checks have not run on this version." in text and "None." in text


def test_the_line_says_what_came_from_what_by_whom_and_why(session: Session, scientist: Actor, project_id: str) -> None:
    first = make_steps(session, scientist, make_dataset(session, scientist, project_id), LONG)
    newest, chosen, uploaded = get_lineage(session, actor=scientist, dataset_id=first.id)
    assert (newest.from_version, chosen.from_version, uploaded.from_version) == (2, 1, None)
    assert (newest.reason, newest.by_name, newest.source) == ("Old contracts", scientist.name, "customers.csv")
    assert newest.sha256 == first.sha256
    assert len(get_lineage(session, actor=scientist, dataset_id=uploaded.dataset_id)) == 1


def test_the_same_bytes_make_no_version_and_older_bytes_are_recognised(
    session: Session, scientist: Actor, project_id: str
) -> None:
    dataset = make_steps(session, scientist, make_dataset(session, scientist, project_id), LONG)
    again = upload_dataset(session, actor=scientist, project_id=project_id, upload=make_upload())
    assert again == dataset
    june = make_upload(make_frame(seed=1), file_name="june.csv")
    newer = upload_dataset(session, actor=scientist, project_id=project_id, upload=june)
    back = upload_dataset(session, actor=scientist, project_id=project_id, upload=make_upload())
    assert back.version == newer.version + 1
    assert back.change.startswith("Uploaded customers.csv, the bytes of version 1;")
    found = find_same_source(session, actor=scientist, project_id=project_id, source_sha256=newer.source_sha256)
    assert found == newer


def test_rows_that_are_left_out_do_not_reach_a_model(session: Session, scientist: Actor, project_id: str) -> None:
    dataset = make_steps(session, scientist, make_dataset(session, scientist, project_id), LONG)
    table = read_table(get_table_content(session, actor=scientist, dataset_id=dataset.id))
    assert len(table) == dataset.n_rows < 200 and table["tenure"].max() <= 60
