"""The data dictionary: who writes it, what it takes, and that every line is on the record."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import Session, select

from db.tables import AuditEvent, ProjectMember
from services.audit.actor import Actor
from services.datasets.commands import describe_column
from services.datasets.dictionary import (
    Description,
    DictionaryLine,
    business_names,
    checked_description,
    describe_line,
    in_business_words,
)
from services.datasets.errors import ColumnMissingError
from services.datasets.queries import list_descriptions
from services.datasets.views import Dataset
from services.errors import InvalidInputError, NotAllowedError
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset


@pytest.fixture
def business(session: Session) -> Actor:
    return make_actor(session, Role.BUSINESS)


@pytest.fixture
def dataset(session: Session, business: Actor) -> Dataset:
    scientist = make_actor(session, Role.DATA_SCIENTIST)
    return make_dataset(session, scientist, make_project(session, business, scientist).id)


def events(session: Session) -> list[AuditEvent]:
    return list(session.exec(select(AuditEvent).where(AuditEvent.action == "dataset.column_described")))


def test_a_stakeholder_says_what_a_column_means(session: Session, business: Actor, dataset: Dataset) -> None:
    describe_column(
        session,
        actor=business,
        project_id=dataset.project_id,
        column="tenure",
        business_name=" Loyalty ",
        unit="months",
    )
    describe_column(
        session, actor=business, project_id=dataset.project_id, column="tenure", known_before_decision="yes"
    )
    (line,) = list_descriptions(session, actor=business, project_id=dataset.project_id).values()
    assert line.description == Description(business_name="Loyalty", unit="months", known_before_decision="yes")
    assert (line.column, line.changed_by_name) == ("tenure", business.name)
    first, second = events(session)
    assert first.before is not None and first.before["unit"] == ""
    assert second.after is not None and second.before is not None
    assert (second.before["known_before_decision"], second.after["known_before_decision"]) == ("unknown", "yes")


def test_what_is_expected_and_whose_groups_are_compared_is_said_and_read(
    session: Session, business: Actor, dataset: Dataset
) -> None:
    fields = {"expected_direction": "falls", "compared": "yes"}
    describe_column(session, actor=business, project_id=dataset.project_id, column="tenure", **fields)
    (line,) = list_descriptions(session, actor=business, project_id=dataset.project_id).values()
    assert line.description == Description(expected_direction="falls", compared="yes")
    words = describe_line(line)
    assert words == "tenure. Expected: more of it makes the outcome less likely or lower; its groups are compared."
    with pytest.raises(InvalidInputError, match="What is expected of it is one of: rises, falls, unknown"):
        describe_column(
            session, actor=business, project_id=dataset.project_id, column="tenure", expected_direction="up"
        )


def test_the_same_line_again_is_no_change(session: Session, business: Actor, dataset: Dataset) -> None:
    for _ in range(2):
        describe_column(session, actor=business, project_id=dataset.project_id, column="tenure", unit="months")
    assert len(events(session)) == 1


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR])
def test_who_may_not_is_told(session: Session, dataset: Dataset, role: Role) -> None:
    other = make_actor(session, role)
    session.add(ProjectMember(project_id=dataset.project_id, user_id=other.user_id, added_by=other.user_id))
    session.flush()
    with pytest.raises(NotAllowedError, match="may not say what columns mean"):
        describe_column(session, actor=other, project_id=dataset.project_id, column="tenure", unit="months")


def test_a_column_must_be_in_the_data(session: Session, business: Actor, dataset: Dataset) -> None:
    with pytest.raises(ColumnMissingError, match="“city”"):
        describe_column(session, actor=business, project_id=dataset.project_id, column="city", unit="x")
    empty = make_project(session, business).id
    with pytest.raises(InvalidInputError, match="no data yet"):
        describe_column(session, actor=business, project_id=empty, column="tenure", unit="x")


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "a long name": ({"business_name": "x" * 121}, "business name has 121 characters"),
    "a long unit": ({"unit": "x" * 41}, "unit has 41"),
    "no such time": ({"known_before_decision": "maybe"}, "Known before the decision is one of: yes, no, unknown"),
    "no such sensitivity": ({"sensitivity": "secret"}, "Sensitivity is one of"),
    "no such action": ({"actionability": "x"}, "What we can do about it is one of"),
    "a field of the database": ({"changed_by": "somebody"}, "no field called changed_by"),
    "another project": ({"id": "1"}, "no field called id"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_faulty_line_is_refused(session: Session, business: Actor, dataset: Dataset, case: str) -> None:
    fields, expected = BAD[case]
    with pytest.raises(InvalidInputError, match=expected):
        describe_column(session, actor=business, project_id=dataset.project_id, column="tenure", **fields)
    assert list_descriptions(session, actor=business, project_id=dataset.project_id) == {}


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(InvalidInputError) as refused:
        checked_description({"unit": "x" * 41, "sensitivity": "x"})
    assert len(refused.value.problems) == 2


def test_a_line_is_read_in_one_paragraph() -> None:
    said = Description("Loyalty", "Since when they are a customer.", "months", "yes", "personal", "fixed")
    line = DictionaryLine("tenure", said, "Ann", datetime(2026, 5, 3, tzinfo=UTC))
    assert describe_line(line) == (
        "Loyalty (months): Since when they are a customer. "
        "Known before the decision; personal data; we cannot change it."
    )
    assert describe_line(DictionaryLine("tenure", Description(), "Ann", line.changed_at)) == "tenure."


def test_a_column_without_a_business_name_has_none_and_two_of_one_name_are_told_apart() -> None:
    called = {"tenure": "Time with us", "charges": "Bill", "fee": "Bill", "plan": ""}
    lines = {
        column: DictionaryLine(column, Description(business_name=name), "Ana", datetime(2026, 1, 1, tzinfo=UTC))
        for column, name in called.items()
    }
    assert business_names(lines) == {"tenure": "Time with us", "charges": "Bill (charges)", "fee": "Bill (fee)"}


def test_only_what_stands_in_quotation_marks_is_a_column() -> None:
    names = {"tenure": "Time with us"}
    assert (
        in_business_words("“tenure” is over 24; tenure of a judge", names)
        == "“Time with us” is over 24; tenure of a judge"
    )


def test_a_name_is_replaced_once_and_one_that_is_another_column_is_told_apart() -> None:
    names = {"contract": "tenure (contract)", "tenure": "Months"}
    assert in_business_words("“contract” and “tenure”", names) == "“tenure (contract)” and “Months”"
    lines = {
        column: DictionaryLine(column, Description(business_name=name), "Ana", datetime(2026, 1, 1, tzinfo=UTC))
        for column, name in {"contract": "tenure", "tenure": "Months"}.items()
    }
    assert business_names(lines) == names
