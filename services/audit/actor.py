"""The person (or the portal itself) on whose behalf something happens."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, in what role, in which request. Loaded afresh for every rerun and every API call."""

    user_id: str
    name: str
    role: str
    email: str = ""
    request_id: str | None = None
    session_id: str | None = None

    @property
    def is_system(self) -> bool:
        """Whether the portal itself acts: a worker, a migration."""
        return self.user_id == "system"


SYSTEM = Actor(user_id="system", name="The portal", role="system")
