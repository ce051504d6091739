"""Columns that tell the outcome so well that they may have been written after it."""

from collections.abc import Iterator

from services.datasets.checks.fixes import leave_out
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.single_columns import score_columns
from services.datasets.checks.subject import Subject

AMBER, RED = 0.90, 0.98  # methods 4.4; both of the area under the ROC curve and of R squared


def _find(subject: Subject) -> Iterator[Observation]:
    scores = subject.once(score_columns)
    for name in sorted(scores, key=lambda name: -scores[name]):
        score = scores[name]
        if score < AMBER or subject.note_of(name, "known_before_decision") == "yes":
            continue
        words = (
            f"explains {score:.1%} of the differences in “{subject.target}”"
            if subject.task == "number"
            else f"alone tells “{subject.target}” right in {score:.1%} of all pairs of rows"
        )
        yield Observation(
            "red" if score >= RED else "amber",
            f"“{name}” {words}. Is it known when you decide, or written down afterwards?",
            (name,),
            0,
            {"score": score},
            (leave_out(name, "It is known only after the outcome."),),
        )


CHECK = Check("target_leakage", "Columns that give the answer away", "No column alone gives the answer away.", _find)
