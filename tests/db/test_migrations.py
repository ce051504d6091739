"""The migrations, and the guards they put into the database itself."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, func, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, select

from db.migrations import current_revision, latest_revision, migrate, pending_changes
from db.session import transaction
from db.tables import Decision, EvidenceAuthor, ProjectMember, Run, SQLModel
from services.audit.actor import SYSTEM
from services.audit.commands import record_event
from services.datasets.queries import get_dataset
from services.people.permissions import Role
from services.portfolio.initiatives.commands import record_benefit
from services.portfolio.initiatives.facts import BenefitFacts
from services.proposals.commands import save_objective
from services.proposals.queries import get_objective
from services.reviews.commands import request_review
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset
from tests.makers_money import RETENTION
from tests.makers_reviews import approve, make_case
from tests.makers_simulation import CONTRACT, DOSE


def test_the_tables_are_what_the_migrations_make(engine: Engine) -> None:
    pending_changes(engine)


def test_every_migration_can_be_undone_and_done_again(engine: Engine) -> None:
    migrate(engine, "base")
    with engine.connect() as connection:
        assert current_revision(connection) is None
    migrate(engine)
    with engine.connect() as connection:
        assert current_revision(connection) == latest_revision()


def test_a_portal_full_of_work_is_migrated_with_every_row_in_place(engine: Engine) -> None:
    with transaction(engine) as session:
        case = make_case(session)
        request_review(session, actor=case.scientist, model_id=case.model.id, question="May it decide?")
    counts = _count_rows(engine)
    migrate(engine, "0003")
    with engine.connect() as connection:
        assert current_revision(connection) == "0003"
    migrate(engine)
    assert _count_rows(engine) == counts
    with transaction(engine) as session:
        run = session.exec(select(Run)).one()
        assert (run.depth, run.families, run.split["kind"]) == ("guided", [], "auto")
    with pytest.raises(IntegrityError), transaction(engine) as session:
        session.add(ProjectMember(project_id="nowhere", user_id="nobody", added_by="nobody"))


def _count_rows(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        tables = SQLModel.metadata.sorted_tables
        return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET reason = 'x'", "DELETE FROM audit_event"])
def test_the_database_refuses_to_rewrite_the_audit_log(engine: Engine, statement: str) -> None:
    with transaction(engine) as session:
        record_event(session, actor=SYSTEM, action="tested", object_type="test", object_id="1")
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize("statement", ["UPDATE benefit SET amount = 1000000", "DELETE FROM benefit"])
def test_the_database_refuses_to_rewrite_what_a_project_brought(engine: Engine, statement: str) -> None:
    with transaction(engine) as session:
        approve(session, case := make_case(session))
        facts = BenefitFacts(date(2026, 1, 1), date(2026, 1, 31), "EUR", 900.0, "hold_out", "Report of finance")
        record_benefit(session, actor=case.business, project_id=case.project_id, facts=facts)
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize("assignment", ["table_sha256 = 'x'", "sha256 = 'x'", "recipe = '[]'", "target = 'x'"])
def test_the_database_refuses_to_rewrite_a_version_of_the_data(engine: Engine, assignment: str) -> None:
    with transaction(engine) as session:
        scientist = make_actor(session, Role.DATA_SCIENTIST)
        dataset = make_dataset(session, scientist, make_project(session, scientist).id)
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(f"UPDATE dataset_version SET {assignment}"))  # noqa: S608
    with transaction(engine) as session:
        assert get_dataset(session, actor=scientist, dataset_id=dataset.id) == dataset


def drop_foreign_keys(session: Session) -> None:
    """Let this transaction write rows whose parents do not exist: only the trigger is under test."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
    else:
        session.execute(text("ALTER TABLE evidence_author DROP CONSTRAINT fk_evidence_author_review_id_review"))


def test_the_database_refuses_a_decision_by_an_author_of_the_evidence(engine: Engine) -> None:
    with pytest.raises(DBAPIError, match="cannot decide"), transaction(engine) as session:
        drop_foreign_keys(session)
        session.add(EvidenceAuthor(review_id="r", user_id="u", authored="edited the payoffs"))
        session.flush()
        session.add(
            Decision(
                review_id="r", user_id="u", role_at_time="manager", verdict="approve", reason="", manifest_sha256="0"
            )
        )
        session.flush()


def test_a_lever_that_an_older_portal_cannot_read_becomes_one_set_by_a_rule(engine: Engine) -> None:
    recorded = replace(DOSE, deciding_columns=("need",))
    others = [replace(CONTRACT, name=how, assignment=how) for how in ("randomised", "judgement", "unknown")]
    with transaction(engine) as session:
        business = make_actor(session)
        project = make_project(session, business)
        objective = replace(RETENTION, levers=(recorded, *others))
        saved = save_objective(session, actor=business, project_id=project.id, objective=objective, based_on=0)
    migrate(engine, "0016")
    with engine.connect() as connection:
        found = connection.execute(text("SELECT assignment FROM lever ORDER BY position")).scalars().all()
    assert found == ["rule", "randomised", "judgement", "unknown"]
    migrate(engine)
    with transaction(engine) as session:
        levers = get_objective(session, actor=business, objective_id=saved.id).objective.levers
    assert levers == (replace(recorded, assignment="rule", deciding_columns=()), *others)
