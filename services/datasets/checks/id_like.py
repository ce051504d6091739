"""Columns that name single rows."""

from collections.abc import Iterator

from services.datasets.checks.fixes import leave_out
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.single_columns import score_columns
from services.datasets.checks.subject import Subject

PREDICTIVE = {"number": 0.5}  # R squared; classes: area under the ROC curve
PREDICTIVE_AREA = 0.75


def _find(subject: Subject) -> Iterator[Observation]:
    names = subject.of_kind("identifier")
    scores = subject.once(score_columns) if names and subject.task else {}
    limit = PREDICTIVE.get(subject.task or "", PREDICTIVE_AREA)
    for name in names:
        profile = subject.profiles[name]
        score = scores.get(name, 0.0)
        sentence = f"“{name}” names single rows: {profile.n_distinct:,} different values in {subject.n_rows:,} rows."
        if score >= limit:
            sentence += f" Yet it tells “{subject.target}” ({score:.2f}). Is the table sorted by the outcome?"
        yield Observation(
            "red" if score >= limit else "amber",
            sentence,
            (name,),
            subject.n_rows,
            {"n_distinct": profile.n_distinct, "score": score},
            (leave_out(name, "It names a row and says nothing about the next one."),),
        )


CHECK = Check("id_like", "Names of rows", "No column names single rows.", _find)
