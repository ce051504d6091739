"""Stored passwords: unreadable without the key, readable after the key changed, and plain about a key that is lost."""

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from services.connections.errors import SecretUnreadableError
from services.connections.secrets import KEY_FILE, SecretBox, add_key, open_secret_box
from services.connections.settings import ConnectionSettings

KEYS = [Fernet.generate_key().decode() for _ in range(2)]


def settings(folder: Path, key: str = "") -> ConnectionSettings:
    return ConnectionSettings.model_validate({"data_dir": folder, "secret_key": key})


@given(st.text())
def test_what_goes_in_comes_out_and_is_not_seen_between(secret: str) -> None:
    box = SecretBox(KEYS)
    token = box.encrypt(secret)
    assert box.decrypt(token) == secret
    assert len(secret) < 8 or secret not in token


def test_a_new_key_in_front_reads_the_old_and_can_replace_it() -> None:
    old, both, new = SecretBox(KEYS[1:]), SecretBox(KEYS), SecretBox(KEYS[:1])
    token = old.encrypt("open sesame")
    assert both.decrypt(token) == "open sesame"
    assert new.decrypt(both.rotate(token)) == "open sesame"


def test_only_what_the_first_key_encrypted_is_newest() -> None:
    both = SecretBox(KEYS)
    old = SecretBox(KEYS[1:]).encrypt("open sesame")
    assert not both.is_newest(old)
    assert both.is_newest(both.rotate(old))


def test_a_new_key_in_the_data_folder_stands_before_the_old_one(tmp_path: Path) -> None:
    token = open_secret_box(settings(tmp_path)).encrypt("open sesame")
    assert add_key(settings(tmp_path))
    box, path = open_secret_box(settings(tmp_path)), tmp_path / KEY_FILE
    assert box.decrypt(token) == "open sesame"
    assert not box.is_newest(token)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in tmp_path.iterdir()] == [KEY_FILE]


def test_keys_that_are_configured_are_not_ours_to_make(tmp_path: Path) -> None:
    assert not add_key(settings(tmp_path, KEYS[0]))
    assert list(tmp_path.iterdir()) == []


def test_a_lost_key_is_said_plainly() -> None:
    token = SecretBox(KEYS[1:]).encrypt("open sesame")
    with pytest.raises(SecretUnreadableError, match="the key it was encrypted with is not here") as caught:
        SecretBox(KEYS[:1]).decrypt(token)
    assert "open sesame" not in str(caught.value)
    with pytest.raises(SecretUnreadableError):
        SecretBox(KEYS[:1]).rotate(token)


@pytest.mark.parametrize("token", ["", "x", "gAAAAA", "ä"])
def test_a_damaged_secret_is_refused(token: str) -> None:
    with pytest.raises(SecretUnreadableError):
        SecretBox(KEYS).decrypt(token)


def test_a_malformed_key_is_refused_without_repeating_it(tmp_path: Path) -> None:
    with pytest.raises(SecretUnreadableError, match="malformed") as caught:
        open_secret_box(settings(tmp_path, "not-a-key"))
    assert "not-a-key" not in str(caught.value)


def test_without_a_configured_key_one_is_made_for_its_owner_only(tmp_path: Path) -> None:
    token = open_secret_box(settings(tmp_path / "new")).encrypt("open sesame")
    path = tmp_path / "new" / KEY_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in path.parent.iterdir()] == [KEY_FILE]
    assert open_secret_box(settings(tmp_path / "new")).decrypt(token) == "open sesame"


def test_a_configured_key_leaves_no_file(tmp_path: Path) -> None:
    open_secret_box(settings(tmp_path, ",".join(KEYS))).encrypt("open sesame")
    assert list(tmp_path.iterdir()) == []


def test_nothing_prints_a_key() -> None:
    assert KEYS[0] not in repr(SecretBox(KEYS)) + repr(settings(Path("x"), KEYS[0]))
