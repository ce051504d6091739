"""Rows that agree in every column and differ in the outcome."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from services.datasets.checks.phrases import count, share
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.row_hashes import codes_of, count_different, hash_only, hash_without
from services.datasets.checks.subject import NotApplicableError, Subject

AMBER_SHARE = 0.01


def _find(subject: Subject) -> Iterator[Observation]:
    if subject.target is None or subject.task not in ("binary", "classes"):
        raise NotApplicableError("Rows conflict where the target is a class; this one is not, or none is chosen.")
    names_of_rows = {name for name in subject.columns if subject.profiles[name].kind == "identifier"}
    left_out = names_of_rows | (subject.excluded & set(subject.columns)) | {subject.target}
    if len(left_out) == len(subject.columns):
        raise NotApplicableError("There is no column to learn from.")
    hashes = hash_without(subject, left_out)
    if count_different(hashes) == count_different(hashes + hash_only(subject, [subject.target])):
        return
    is_known = subject.frame[subject.target].notna().to_numpy()
    groups = codes_of(hashes[is_known])
    labels = pd.factorize(subject.frame[subject.target][is_known])[0]
    cells = groups.astype(np.int64) * (int(labels.max()) + 1) + labels
    different, n_cells = np.unique(cells, return_counts=True)
    of_group = different // (int(labels.max()) + 1)
    largest = np.zeros(int(groups.max()) + 1, dtype=np.int64)
    np.maximum.at(largest, of_group, n_cells)
    is_mixed = np.bincount(of_group) > 1
    n_rows = int(np.bincount(groups)[is_mixed].sum())
    if n_rows == 0:
        return
    best = int(largest.sum()) / len(groups)
    yield Observation(
        "amber" if n_rows > AMBER_SHARE * len(groups) else "info",
        f"{count(n_rows, 'row')} agree with another in every column a model may see and differ in “{subject.target}”. "
        f"So no model of these columns is right in more than {share(best)} of the rows. Is a column missing, "
        "or a label wrong?",
        (subject.target,),
        n_rows,
        {"n_groups": int(is_mixed.sum()), "n_rows": n_rows, "best_accuracy": best},
    )


CHECK = Check("conflicting_labels", "Equal rows, different outcomes", "No two equal rows differ in the outcome.", _find)
