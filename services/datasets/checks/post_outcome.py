"""Columns that may not exist yet when the decision is taken."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from services.datasets.checks.calendar import is_birth, main_date
from services.datasets.checks.fixes import leave_out
from services.datasets.checks.phrases import share
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.subject import NotApplicableError, Subject

GAPS_TELL = 0.80  # methods 4.4: area under the ROC curve of “is empty”
LATER = 0.95  # of the rows with both dates
MIN_ROWS = 20
_AFTERWARDS = re.compile(
    r"(?:^| )(?:clos(?:e|ed|ing)|settle(?:d|ment)?|outcome|results?|status after|resolved|resolution)(?: |$)"
)
_WORD_ENDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")


def _find(subject: Subject) -> Iterator[Observation]:
    if subject.target is None:
        raise NotApplicableError("No target is chosen yet, so nothing can come after it.")
    later = _later_dates(subject)
    for name in subject.columns:
        if name == subject.target or subject.note_of(name, "known_before_decision") == "yes":
            continue
        found = _ask(subject, name, later)
        if found:
            severity_is_red, sentence, evidence = found
            yield Observation(
                "red" if severity_is_red else "amber",
                sentence,
                (name,),
                subject.n_rows - subject.profiles[name].n_missing,
                evidence,
                (leave_out(name, "It is not known when the decision is taken."),),
            )


def is_named_afterwards(name: str) -> bool:
    """Whether the name sounds like what is written down once a case has ended."""
    return bool(_AFTERWARDS.search(_WORD_ENDS.sub(" ", name).lower()))


def _ask(subject: Subject, name: str, later: dict[str, float]) -> tuple[bool, str, dict[str, float]] | None:
    if subject.note_of(name, "known_before_decision") == "no":
        return True, f"The dictionary says that “{name}” is not known before the decision, and a model may see it.", {}
    if is_named_afterwards(name):
        return True, f"“{name}” sounds like something written down after the outcome. Is it known when you decide?", {}
    if (area := _area_of_gaps(subject, name)) >= GAPS_TELL:
        sentence = (
            f"Whether “{name}” is empty alone tells “{subject.target}” right in {share(area)} of all pairs of rows. "
            "Is it filled in only after the outcome?"
        )
        return False, sentence, {"score": area}
    if name in later:
        sentence = (
            f"“{name}” is later than “{main_date(subject)}” in {share(later[name])} of the rows. "
            "Is it already known when you decide?"
        )
        return False, sentence, {"share": later[name]}
    return None


def _area_of_gaps(subject: Subject, name: str) -> float:
    if subject.task not in ("binary", "classes") or not subject.profiles[name].n_missing:
        return 0.0
    is_known = ~np.isnan(subject.outcome)
    is_event = subject.outcome[is_known] == 1
    is_empty = subject.sample[name].isna().to_numpy()[is_known]
    n_few = min(is_event.sum(), (~is_event).sum(), is_empty.sum(), (~is_empty).sum())
    if n_few < MIN_ROWS:
        return 0.0
    return 0.5 + abs(float(is_empty[is_event].mean()) - float(is_empty[~is_event].mean())) / 2


def _later_dates(subject: Subject) -> dict[str, float]:
    """Date columns that mostly lie after the main one, with the share of rows where they do."""
    dates = [name for name in subject.of_type("M") if not is_birth(name)]
    if len(dates) < 2:
        return {}
    main = main_date(subject)
    start = subject.sample[main].to_numpy()
    return {name: part for name in dates if name != main and (part := _share_after(subject, name, start)) >= LATER}


def _share_after(subject: Subject, name: str, start: "np.ndarray[Any, np.dtype[np.datetime64]]") -> float:
    moments = subject.sample[name].to_numpy()
    both = ~np.isnat(moments) & ~np.isnat(start)
    return float((moments[both] > start[both]).mean()) if both.sum() >= MIN_ROWS else 0.0


CHECK = Check(
    "post_outcome", "Columns from after the outcome", "No column looks as if it came after the outcome.", _find
)
