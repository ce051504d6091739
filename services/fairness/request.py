"""What a person asks: how a model treats the groups of which columns."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from services.errors import InvalidInputError

KIND = "fairness.assess"
_OF_CLASSES = ("favourable", "is_priced")
MOST_COLUMNS = 4  # for each of them the model is fitted anew once in every fold


@dataclass(frozen=True, slots=True)
class AssessmentRequest:
    """One question; an invalid one cannot exist. Each column is looked at alone, and every two of them together.

    Attributes
    ----------
    favourable
        Of several classes, those that are good to be given; empty for other answers.
    is_priced
        Whether giving one of them is what the payoffs of Money are about.
    """

    model_id: str
    columns: tuple[str, ...]
    favourable: tuple[str, ...] = ()
    is_priced: bool = False

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
        if len(set(self.favourable)) < len(self.favourable):
            yield "A class is named twice. Name each once."

    def document(self) -> dict[str, Any]:
        """As plain data; of an answer that is none of several classes as it always was."""
        plain = asdict(self) | {"columns": list(self.columns), "favourable": list(self.favourable)}
        return {name: value for name, value in plain.items() if name not in _OF_CLASSES or value}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "AssessmentRequest":
        """What `document` wrote."""
        return cls(
            document["model_id"],
            tuple(document["columns"]),
            tuple(document.get("favourable", ())),
            bool(document.get("is_priced")),
        )
