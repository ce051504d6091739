"""The command line."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from typer.testing import CliRunner, Result

from db.session import reading, transaction
from db.tables import ApiToken, User
from portal.__main__ import app
from portal.settings import get_portal_settings
from services.errors import PortalError
from services.people.permissions import Role
from tests.makers import actor_of, make_project, make_user

COMMANDS = ["serve", "work", "run", "demo", "migrate", "check", "automl", "recreate", "backup", "restore"]
COMMANDS += ["user add", "token create", "audit verify", "secret rotate"]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _fresh_settings() -> None:
    get_portal_settings.cache_clear()


def portal(*arguments: str) -> Result:
    """Run one command in this process."""
    return CliRunner().invoke(app, list(arguments))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does(command: str) -> None:
    outcome = portal(*command.split(), "--help")
    assert outcome.exit_code == 0
    assert len(outcome.output) > 200


def test_the_command_line_starts_without_anything_heavy() -> None:
    heavy = ("sklearn", "optuna", "shap", "lightgbm", "dbos", "streamlit", "pandas")
    code = f"import sys, portal.__main__; print([name for name in {heavy} if name in sys.modules])"
    outcome = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert outcome.stdout.strip() == "[]"


def test_a_person_is_added_with_a_link_to_choose_a_password(engine: Engine) -> None:
    outcome = portal("user", "add", "Ana@Example.com", "--name", "Ana Costa", "--role", "business")
    assert "http://127.0.0.1:8501/invitation?token=" in outcome.output
    with reading(engine) as session:
        assert session.exec(select(User.email)).one() == "ana@example.com"


def test_a_refusal_is_a_sentence(engine: Engine) -> None:
    outcome = portal("user", "add", "ana@example.com", "--name", "Ana", "--role", "queen")
    assert isinstance(outcome.exception, PortalError)
    assert outcome.exception.sentence == "Choose one of the roles."


def test_a_token_is_printed_once_and_stored_as_a_hash(engine: Engine) -> None:
    with transaction(engine) as session:
        user = make_user(session, Role.DATA_SCIENTIST)
        project = make_project(session, actor_of(user))
        email, slug = user.email, project.slug
    printed = portal("token", "create", email, slug, "--name", "nightly").output.strip()
    assert printed.startswith("pk_")
    with reading(engine) as session:
        assert session.exec(select(ApiToken.secret_sha256)).one() not in printed


@pytest.mark.parametrize(("email", "slug"), [("nobody@example.com", "x"), (None, "not-a-project")])
def test_no_token_for_a_stranger(engine: Engine, email: str | None, slug: str) -> None:
    with transaction(engine) as session:
        known = make_user(session, Role.DATA_SCIENTIST).email
    outcome = portal("token", "create", email or known, slug, "--name", "nightly")
    assert outcome.exit_code == 1
    assert "pk_" not in outcome.output


def test_the_audit_chain_is_verified_and_its_end_compared(engine: Engine) -> None:
    with transaction(engine) as session:
        make_project(session)
    outcome = portal("audit", "verify")
    assert outcome.exit_code == 0
    head = outcome.output.split()[-1]
    assert portal("audit", "verify", "--head", head).exit_code == 0
    with transaction(engine) as session:
        make_project(session)
    assert portal("audit", "verify", "--head", head).exit_code == 1


def test_backup_and_restore_from_the_command_line(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(engine) as session:
        make_project(session)
    assert portal("backup", str(tmp_path / "kept")).exit_code == 0
    refused = portal("restore", str(tmp_path / "kept"))
    assert isinstance(refused.exception, PortalError)
    assert "not empty" in refused.exception.sentence


def test_check_reports_and_refuses_an_unsafe_address(engine: Engine) -> None:
    assert portal("check").exit_code == 0
    outcome = portal("check", "--host", "192.0.2.1")
    assert outcome.exit_code == 1
    assert "clear text" in outcome.output
