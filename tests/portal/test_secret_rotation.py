"""A new key for stored passwords: every one is readable with it alone, the others are named, and nothing is printed."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine
from sqlmodel import select
from typer.testing import CliRunner

from db.session import reading, transaction
from db.tables import AuditEvent, Connection
from portal.__main__ import app
from services.audit.queries import get_chain_report
from services.connections.secrets import KEY_FILE, SecretBox, open_secret_box
from services.connections.settings import get_connection_settings
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_connections import make_connection
from tests.makers_datasets import make_dataset, make_steps

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))
PASSWORDS = {"Shop": "open sesame", "Ledger": "abracadabra"}


@pytest.fixture(autouse=True)
def _forget_settings() -> None:
    get_connection_settings.cache_clear()


def use(monkeypatch: pytest.MonkeyPatch, *keys: str) -> None:
    monkeypatch.setenv("PORTAL_SECRET_KEY", ",".join(keys))
    get_connection_settings.cache_clear()


def keep_passwords() -> None:
    with transaction() as session:
        scientist = make_actor(session, Role.DATA_SCIENTIST)
        project_id = make_project(session, scientist).id
        for name, password in PASSWORDS.items():
            row = session.get_one(Connection, make_connection(session, scientist, project_id, name=name).id)
            row.secret = open_secret_box().encrypt(password)
            session.add(row)


def stored() -> dict[str, str]:
    with reading() as session:
        return {row.name: str(row.secret) for row in session.exec(select(Connection))}


def rotate() -> tuple[int, str]:
    outcome = CliRunner().invoke(app, ["secret", "rotate"])
    assert not outcome.exception or isinstance(outcome.exception, SystemExit), outcome.exception
    for word in (*PASSWORDS.values(), OLD, NEW):
        assert word not in outcome.output
    return outcome.exit_code, outcome.output


def test_every_password_is_encrypted_with_the_first_key_and_each_is_an_event(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, OLD)
    keep_passwords()
    use(monkeypatch, NEW, OLD)
    code, said = rotate()
    assert (code, "2 passwords encrypted anew" in said, "Nothing here needs the older keys" in said) == (0, True, True)
    box = SecretBox([NEW])
    assert {name: box.decrypt(token) for name, token in stored().items()} == PASSWORDS
    with reading() as session:
        actions = session.exec(select(AuditEvent.action).where(AuditEvent.action == "connection.secret_rotated")).all()
        assert (len(actions), get_chain_report(session).is_intact) == (2, True)
    again = stored()
    assert "2 passwords had it already" in rotate()[1]
    assert stored() == again


def test_without_a_configured_key_one_is_made_in_the_data_folder(engine: Engine, tmp_path: Path) -> None:
    keep_passwords()
    code, said = rotate()
    assert (code, f"A new key stands first in {KEY_FILE}" in said) == (0, True)
    first, _second = (tmp_path / "var" / KEY_FILE).read_text().split()
    assert {name: SecretBox([first]).decrypt(token) for name, token in stored().items()} == PASSWORDS


def test_a_password_that_no_key_reads_is_named_and_left_as_it_is(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, OLD)
    keep_passwords()
    before = stored()
    use(monkeypatch, NEW)
    code, said = rotate()
    assert (code, "No key here reads the password of: " in said, "Ledger" in said) == (1, True, True)
    assert stored() == before


def test_a_key_inside_a_version_of_the_data_is_told_to_be_kept(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, OLD)
    with transaction() as session:
        scientist = make_actor(session, Role.DATA_SCIENTIST)
        dataset = make_dataset(session, scientist, make_project(session, scientist).id)
        monkeypatch.setattr("tests.makers_datasets.apply_recipe", lambda base, recipe: base.assign(payment="x"))
        make_steps(session, scientist, dataset, {"kind": "hash_column", "column": "payment", "reason": "Personal"})
    use(monkeypatch, NEW, OLD)
    code, said = rotate()
    assert (code, "Keep the older keys in PORTAL_SECRET_KEY: 1 key of steps" in said) == (0, True)
