"""One way to build a model, as plain data: what a trial stores and a page shows."""

from dataclasses import dataclass, field
from typing import Any

from services.automl.family_names import family_label


@dataclass(frozen=True)
class Candidate:
    """A family and its parameters (plain JSON values)."""

    family: str
    parameters: dict[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The family in words."""
        return family_label(self.family)
