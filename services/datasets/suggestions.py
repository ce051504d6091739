"""Columns that people suggest a model should learn from, each with a formula and a reason."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.datasets.recipe.steps import REASON_LENGTH

SuggestionState = Literal["open", "taken", "declined"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A suggested column, who had the idea, and what became of it.

    Attributes
    ----------
    is_in_data
        Whether the latest version has it by this formula: a step that was taken can be undone.
    decision
        Why it was declined.
    """

    id: str
    project_id: str
    name: str
    formula: str
    reason: str
    suggested_by: str
    suggested_at: datetime
    state: SuggestionState
    is_in_data: bool = False
    decided_by: str | None = None
    decision: str = ""


@dataclass(frozen=True, slots=True)
class FormulaPreview:
    """What a formula gives in the first rows of the latest version.

    Attributes
    ----------
    inputs
        By column its values.
    values
        None where a row has no answer.
    """

    data_version: int
    inputs: dict[str, list[object]]
    values: list[float | None]

    @property
    def sentence(self) -> str:
        """How many of the rows have an answer."""
        n_valid = sum(value is not None for value in self.values)
        rows = f"{n_valid} of the first {len(self.values)} rows of version {self.data_version}"
        return f"It has an answer in {rows}."


def describe_suggestion(suggestion: Suggestion) -> str:
    """Who suggested it, and what became of it."""
    of = f"Suggested by {suggestion.suggested_by}: {suggestion.reason.rstrip('.')}."
    if suggestion.state == "declined":
        return f"{of} {suggestion.decided_by} declined it: {suggestion.decision.rstrip('.')}."
    if suggestion.state == "open":
        return f"{of} A data scientist of this project decides on it."
    if suggestion.is_in_data:
        return f"{of} {suggestion.decided_by} took it into the data: models learn from it."
    return f"{of} {suggestion.decided_by} took it; the latest version does not have it yet, or no longer."


def step_reason(reason: str, suggested_by: str) -> str:
    """The reason of the step, with the name of whose idea it is, within the length of a reason."""
    whose = f" (suggested by {suggested_by})"
    return f"{reason[: REASON_LENGTH - len(whose)]}{whose}"
