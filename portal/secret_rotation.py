"""Change the key that passwords of databases are encrypted with, and say which older keys are still needed."""

from dataclasses import dataclass

from sqlmodel import Session

from services.connections.commands import Rotation, rotate_secrets
from services.connections.secrets import KEY_FILE, add_key, open_secret_box
from services.datasets.queries import list_sealed_keys
from services.datasets.recipe.words import counted


@dataclass(frozen=True, slots=True)
class RotationReport:
    """What was done. `n_old_steps` keys of steps that hash are part of versions, which are never rewritten."""

    is_new_key: bool
    passwords: Rotation
    n_old_steps: int

    @property
    def is_complete(self) -> bool:
        """Whether every password could be read."""
        return not self.passwords.unreadable

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was done, and what to do with the older keys."""
        where = KEY_FILE if self.is_new_key else "PORTAL_SECRET_KEY"
        words = [f"A new key stands first in {KEY_FILE}."] if self.is_new_key else []
        words.append(f"{counted(self.passwords.n_rotated, 'password')} encrypted anew with the first key.")
        if self.passwords.n_newest:
            words.append(f"{counted(self.passwords.n_newest, 'password')} had it already.")
        if not self.is_complete:
            names = ", ".join(self.passwords.unreadable)
            words.append(f"No key here reads the password of: {names}. Put the old key back, or connect them anew.")
        if self.n_old_steps:
            words.append(
                f"Keep the older keys in {where}: {counted(self.n_old_steps, 'key')} of steps that hash a column "
                "were encrypted with them, and versions of data are never rewritten."
            )
        elif self.is_complete:
            words.append(f"Nothing here needs the older keys in {where} any more; an older backup does.")
        return tuple(words)


def rotate(session: Session) -> RotationReport:
    """Make a new key where none is configured, and encrypt every stored password with the first one."""
    is_new_key = add_key()
    passwords, box = rotate_secrets(session), open_secret_box()
    n_old_steps = sum(not box.is_newest(sealed) for sealed in list_sealed_keys(session))
    return RotationReport(is_new_key, passwords, n_old_steps)
