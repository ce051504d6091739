"""The health of a table as it is stored: findings, and small sums that figures are drawn from."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from typing import Any

from services.datasets.checks.chart_data import Correlations, Coverage, Missingness, Relation
from services.datasets.checks.finding import Finding


@dataclass(frozen=True, slots=True)
class HealthDocument:
    """What all checks say of one table, the grave findings first.

    `n_examined` is how many rows stood behind estimates (ranks, ratios, relations); counts are of all rows.
    `excluded` are the columns that were left out of questions about several columns when this was made.
    """

    checks_version: int
    n_rows: int
    n_columns: int
    n_examined: int
    findings: tuple[Finding, ...]
    excluded: tuple[str, ...] = ()
    missingness: Missingness | None = None
    correlations: Correlations | None = None
    relations: tuple[Relation, ...] = ()
    coverage: Coverage | None = None

    def document(self) -> dict[str, Any]:
        """Plain data, as stored."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> "HealthDocument":
        """The health that `document` wrote, also after a trip through JSON."""
        missingness, correlations, coverage = (
            document.get(name) for name in ("missingness", "correlations", "coverage")
        )
        return cls(
            checks_version=document["checks_version"],
            n_rows=document["n_rows"],
            n_columns=document["n_columns"],
            n_examined=document["n_examined"],
            findings=tuple(Finding.from_document(found) for found in document["findings"]),
            excluded=tuple(document.get("excluded", ())),
            missingness=Missingness.from_document(missingness) if missingness else None,
            correlations=Correlations.from_document(correlations) if correlations else None,
            relations=tuple(Relation.from_document(relation) for relation in document.get("relations", ())),
            coverage=Coverage.from_document(coverage) if coverage else None,
        )

    def without(self, excluded: Collection[str]) -> "HealthDocument":
        """The health as it matters to a model that never sees `excluded`: what is only about them is gone.

        A check whose last finding goes has passed. Nothing is computed again.
        """
        kept = tuple(found for found in self.findings if not excluded or not set(found.columns) & set(excluded))
        standing = {found.code for found in kept}
        settled: dict[str, Finding] = {}
        for found in self.findings:
            if found.code not in standing:
                settled.setdefault(found.code, _settle(found))
        findings = tuple(sorted((*kept, *settled.values()), key=lambda found: found.rank))
        return replace(self, findings=findings)

    def outcome(self, outcome: str) -> tuple[Finding, ...]:
        """The findings with this outcome, in their order."""
        return tuple(found for found in self.findings if found.outcome == outcome)


def _settle(found: Finding) -> Finding:
    sentence = "What this check found is in columns that are left out."
    return Finding(code=found.code, title=found.title, outcome="passed", sentence=sentence)
