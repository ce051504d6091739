"""What people said that a story leans on: what can be changed, and what is never given as a reason.

Payoffs are not among it: what an action is worth is worked out when a story is read, from the payoffs as they are then.
"""

import hashlib
from dataclasses import asdict, dataclass

from services.audit.canonical import canonical_json
from services.stories.changeable import Changeable


@dataclass(frozen=True)
class Basis:
    """Usable levers and what the dictionary says we influence, and the columns that are never a reason."""

    changeable: tuple[Changeable, ...]
    without: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Another one as soon as any of it is another."""
        said = {"changeable": [asdict(one) for one in self.changeable], "without": sorted(self.without)}
        return hashlib.sha256(canonical_json(said)).hexdigest()
