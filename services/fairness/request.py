"""What a person asks: how a model treats the groups of which columns."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from services.errors import InvalidInputError

KIND = "fairness.assess"
MOST_COLUMNS = 4  # for each of them the model is fitted anew once in every fold


@dataclass(frozen=True, slots=True)
class AssessmentRequest:
    """One question; an invalid one cannot exist. Each column is looked at alone, and every two of them together."""

    model_id: str
    columns: tuple[str, ...]

    def __post_init__(self) -> None:
        problems = [*self._problems()]
        if problems:
            raise InvalidInputError(*problems)

    def _problems(self) -> Iterator[str]:
        if not self.columns:
            yield "Choose at least one column whose groups are compared."
        if len(self.columns) > MOST_COLUMNS:
            yield (
                f"You chose {len(self.columns)} columns; {MOST_COLUMNS} are compared at once. Ask again for the others."
            )
        if len(set(self.columns)) < len(self.columns):
            yield "A column is named twice. Name each once."

    def document(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self) | {"columns": list(self.columns)}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "AssessmentRequest":
        """What `document` wrote."""
        return cls(document["model_id"], tuple(document["columns"]))
