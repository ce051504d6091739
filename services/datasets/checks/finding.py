"""What a check found: a finding, a pass, or that it does not apply, which is never a pass."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Outcome = Literal["finding", "passed", "not_applicable"]
Severity = Literal["red", "amber", "info"]
SEVERITIES: tuple[Severity, ...] = ("red", "amber", "info")
OUTCOMES: tuple[Outcome, ...] = ("finding", "passed", "not_applicable")


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check says of one column, one group of columns, or the table.

    `evidence` holds numbers under short names and never a value of the table. `fixes` are proposals: dicts with a
    `label`, and either `{"kind": "step", "step": {...}}` (a step of a recipe) or
    `{"kind": "exclude_column", "column": ..., "reason": ...}`.
    """

    code: str
    title: str
    outcome: Outcome
    sentence: str
    severity: Severity = "info"
    columns: tuple[str, ...] = ()
    n_rows_affected: int = 0
    evidence: dict[str, float] = field(default_factory=dict)
    fixes: tuple[dict[str, Any], ...] = ()

    def document(self) -> dict[str, Any]:
        """Plain data, as stored."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> "Finding":
        """The finding that `document` wrote."""
        return cls(**{**document, "columns": tuple(document["columns"]), "fixes": tuple(document["fixes"])})

    @property
    def rank(self) -> tuple[int, int, int]:
        """What sorts findings: the grave ones first, then those that touch most rows; passes and the rest last."""
        return OUTCOMES.index(self.outcome), SEVERITIES.index(self.severity), -self.n_rows_affected
