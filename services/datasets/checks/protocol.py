"""What a check is: a code, a title, and a function from a table to observations."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np

from services.datasets.checks.finding import Finding, Severity
from services.datasets.checks.subject import NotApplicableError, Subject

MAX_FINDINGS = 100  # of one check; a card for each of 3,000 columns is read by nobody


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that deserves a second look; the fields are those of a finding."""

    severity: Severity
    sentence: str
    columns: tuple[str, ...] = ()
    n_rows_affected: int = 0
    evidence: dict[str, float] = field(default_factory=dict)
    fixes: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One question about a table.

    `find` yields what it saw and raises `NotApplicableError` where the question makes no sense; `passed` is the
    sentence where it saw nothing.
    """

    code: str
    title: str
    passed: str
    find: Callable[[Subject], Iterator[Observation]]

    def run(self, subject: Subject) -> tuple[Finding, ...]:
        """At least one finding, all with one outcome: what was found, that nothing was, or that it does not apply."""
        try:
            with np.errstate(all="ignore"):  # what overflows is compared as not a number, which finds nothing
                found = self.find(subject)
                observations, rest = list(islice(found, MAX_FINDINGS)), list(found)
        except NotApplicableError as reason:
            return (Finding(self.code, self.title, "not_applicable", str(reason)),)
        if not observations:
            return (Finding(self.code, self.title, "passed", self.passed),)
        if rest:
            observations.append(_summarise(rest))
        return tuple(self._as_finding(observation) for observation in observations)

    def _as_finding(self, observation: Observation) -> Finding:
        return Finding(
            code=self.code,
            title=self.title,
            outcome="finding",
            sentence=observation.sentence,
            severity=observation.severity,
            columns=observation.columns,
            n_rows_affected=observation.n_rows_affected,
            evidence=observation.evidence,
            fixes=observation.fixes,
        )


def _summarise(rest: list[Observation]) -> Observation:
    what = "1 more finding" if len(rest) == 1 else f"{len(rest):,} more findings"
    sentence = f"There are {what} of this kind. Settle those above and check again."
    return Observation("info", sentence, evidence={"n_more": len(rest)})
