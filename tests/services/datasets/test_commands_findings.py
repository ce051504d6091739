"""Something the checks found is kept as it is with a reason, in every version, until somebody opens it again."""

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import Session, select

from db.tables import AuditEvent
from services.audit.actor import Actor
from services.datasets.commands import exclude_column, explain_finding, reopen_finding, request_fixes, save_health
from services.datasets.queries import Health, find_health, get_decisions_text
from services.datasets.views import Dataset
from services.errors import ConflictError, InvalidInputError
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset, make_frame, make_health

WHY = "Large customers are real"
OF: dict[str, Any] = {"code": "spelling_variants", "columns": ("payment",)}


@pytest.fixture
def scientist(session: Session) -> Actor:
    return make_actor(session, Role.DATA_SCIENTIST)


@pytest.fixture
def dataset(session: Session, scientist: Actor) -> Dataset:
    made = make_dataset(session, scientist, make_project(session, scientist).id)
    save_health(session, actor=scientist, dataset_id=made.id, document=make_health(make_frame()).document())
    return made


def health_of(session: Session, actor: Actor, dataset_id: str) -> Health:
    found = find_health(session, actor=actor, dataset_id=dataset_id)
    assert found is not None
    return found


def codes(health: Health) -> list[str]:
    return [one.code for one in health.document.findings if one.outcome == "finding"]


def test_it_is_no_longer_open_in_this_version_and_the_next(
    session: Session, scientist: Actor, dataset: Dataset
) -> None:
    explain_finding(session, actor=scientist, dataset_id=dataset.id, reason=f"  {WHY}\n", **OF)
    later = exclude_column(session, actor=scientist, dataset_id=dataset.id, column="customerID", reason="Names rows")
    for dataset_id in (dataset.id, later.id):
        health = health_of(session, scientist, dataset_id)
        assert "spelling_variants" not in codes(health)
        assert [(one.finding.code, one.explanation.reason) for one in health.explained] == [("spelling_variants", WHY)]
    with pytest.raises(InvalidInputError):  # its fix is not among those that are taken at once
        request_fixes(session, actor=scientist, dataset_id=later.id, codes=["spelling_variants"])
    event = session.exec(select(AuditEvent).where(AuditEvent.action == "dataset.finding_explained")).one()
    assert (event.reason, "payment" in str(event.after)) == (WHY, False)


def test_it_stands_among_all_decisions(session: Session, scientist: Actor, dataset: Dataset) -> None:
    explain_finding(session, actor=scientist, dataset_id=dataset.id, reason=WHY, **OF)
    text = get_decisions_text(session, actor=scientist, dataset_id=dataset.id)
    assert f"## What was found and kept as it is\n\n- Two are one. Why: {WHY} ({scientist.name}" in text


def test_it_is_opened_again_once(session: Session, scientist: Actor, dataset: Dataset) -> None:
    explain_finding(session, actor=scientist, dataset_id=dataset.id, reason=WHY, **OF)
    reopen_finding(session, actor=scientist, dataset_id=dataset.id, **OF)
    health = health_of(session, scientist, dataset.id)
    assert ("spelling_variants" in codes(health), health.explained) == (True, ())
    with pytest.raises(ConflictError, match="open already"):
        reopen_finding(session, actor=scientist, dataset_id=dataset.id, **OF)


def test_a_graver_finding_is_open_again_and_can_be_explained_anew(
    session: Session, scientist: Actor, dataset: Dataset
) -> None:
    explain_finding(session, actor=scientist, dataset_id=dataset.id, reason=WHY, **OF)
    document = make_health(make_frame())
    worse = tuple(replace(one, severity="red") if one.code == OF["code"] else one for one in document.findings)
    save_health(session, actor=scientist, dataset_id=dataset.id, document=replace(document, findings=worse).document())
    assert "spelling_variants" in codes(health_of(session, scientist, dataset.id))
    explain_finding(session, actor=scientist, dataset_id=dataset.id, reason="Looked at it again", **OF)
    (one,) = health_of(session, scientist, dataset.id).explained
    assert (one.explanation.reason, one.explanation.severity) == ("Looked at it again", "red")


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_a_reason_is_needed(session: Session, scientist: Actor, dataset: Dataset, reason: str) -> None:
    with pytest.raises(InvalidInputError, match="Say in at most 300"):
        explain_finding(session, actor=scientist, dataset_id=dataset.id, reason=reason, **OF)


@pytest.mark.parametrize(
    ("code", "columns"), [("constant", ()), ("spelling_variants", ("tenure",)), ("nonsense", ("payment",))]
)
def test_only_what_is_open_can_be_explained(
    session: Session, scientist: Actor, dataset: Dataset, code: str, columns: tuple[str, ...]
) -> None:
    with pytest.raises(ConflictError, match="do not say this"):
        explain_finding(session, actor=scientist, dataset_id=dataset.id, code=code, columns=columns, reason=WHY)
