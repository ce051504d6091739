"""What a look behind an explanation, and the story of a case, are asked about."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

LOOK, CASE = "explanation.deepen", "explanation.tell_case"


@dataclass(frozen=True, slots=True)
class StoryRequest:
    """One question. What was found holds for this model, explanation, threshold and basis.

    Attributes
    ----------
    threshold
        In force when it was asked, as a probability; None for what has none.
    row
        Of the version of the data, counted from 1; None for the look behind the whole explanation.
    basis
        Digest of what people said that it leans on.
    """

    model_id: str
    digest: str
    explanation_sha256: str
    threshold: float | None = None
    row: int | None = None
    basis: str = ""

    def document(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "StoryRequest":
        """What `document` wrote."""
        return cls(**document)

    def is_about(self, digest: str, explanation_sha256: str) -> bool:
        """Whether it asks about this model as it is, and what is said of it now."""
        return (self.digest, self.explanation_sha256) == (digest, explanation_sha256)
