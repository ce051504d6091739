"""Passwords of databases at rest: encrypted with a key that is not in the database, nor in its backup.

Fernet (AES-128-CBC with HMAC-SHA256, https://github.com/fernet/spec) of the `cryptography` package. Several keys may be
given: the first encrypts, each decrypts, so that a key is changed by putting a new one in front.
"""

import os
import uuid
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from services.connections.errors import SecretUnreadableError
from services.connections.settings import ConnectionSettings, get_connection_settings

KEY_FILE = "secret.key"
_LOST = (
    "The password of this connection cannot be read: the key it was encrypted with is not here. Put the old key back "
    f"(PORTAL_SECRET_KEY, or {KEY_FILE} in the data folder), or remove the connection and type the password again."
)
_MALFORMED = (
    "The key for stored passwords is malformed: PORTAL_SECRET_KEY takes 32 random bytes as URL-safe base64, "
    "44 characters, several with commas. Ask whoever runs the portal."
)


class SecretBox:
    """Encrypts and decrypts with the keys it is given, newest first."""

    def __init__(self, keys: list[str]) -> None:
        try:
            fernets = [Fernet(key) for key in keys]
            self._fernet, self._newest = MultiFernet(fernets), fernets[0]
        except (ValueError, IndexError):
            raise SecretUnreadableError(_MALFORMED) from None

    def __repr__(self) -> str:
        return "SecretBox()"

    def encrypt(self, secret: str) -> str:
        """The secret as text that only the holder of a key can read."""
        return self._fernet.encrypt(secret.encode()).decode()

    def decrypt(self, token: str) -> str:
        """The secret that `encrypt` was given.

        Raises
        ------
        SecretUnreadableError
            None of the keys is the one it was encrypted with, or the text was changed.
        """
        try:
            return self._fernet.decrypt(token.encode()).decode()
        except InvalidToken:
            raise SecretUnreadableError(_LOST) from None

    def is_newest(self, token: str) -> bool:
        """Whether the first key alone reads it."""
        try:
            self._newest.decrypt(token.encode())
        except InvalidToken:
            return False
        return True

    def rotate(self, token: str) -> str:
        """The same secret, encrypted with the first key."""
        try:
            return self._fernet.rotate(token.encode()).decode()
        except InvalidToken:
            raise SecretUnreadableError(_LOST) from None


def open_secret_box(settings: ConnectionSettings | None = None) -> SecretBox:
    """The box of this portal. Without a configured key, one is made in the data folder, for its owner only."""
    settings = settings or get_connection_settings()
    given = settings.secret_key.get_secret_value()
    return _open(given or _read_or_make(settings.data_dir / KEY_FILE))


def add_key(settings: ConnectionSettings | None = None) -> bool:
    """Put a new key in front of those in the data folder; False where the keys are configured, and so not ours."""
    settings = settings or get_connection_settings()
    if settings.secret_key.get_secret_value():
        return False
    path = settings.data_dir / KEY_FILE
    keys = _read_or_make(path)
    draft = _draft(path, Fernet.generate_key().decode() + "\n" + keys)
    draft.replace(path)
    return True


@lru_cache(maxsize=4)
def _open(keys: str) -> SecretBox:
    return SecretBox([key.strip() for key in keys.replace("\n", ",").split(",") if key.strip()])


def _read_or_make(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = _draft(path, Fernet.generate_key().decode() + "\n")
    try:
        os.link(draft, path)  # fails where another process was faster: its key is the key
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text()


def _draft(path: Path, keys: str) -> Path:
    """A file beside, for its owner only, that is on the disk before it takes the place."""
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(keys)
        file.flush()
        os.fsync(file.fileno())
    return draft
