"""Spaces around texts, which make two values of one."""

from collections.abc import Iterator

import pyarrow.compute as pc

from services.datasets.checks.fixes import step
from services.datasets.checks.phrases import count
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.subject import NotApplicableError, Subject


def _find(subject: Subject) -> Iterator[Observation]:
    texts = [name for name in subject.columns if subject.type_of(name) == "O"]
    if not texts:
        raise NotApplicableError("No column holds text.")
    for name in texts:
        values, counts = subject.value_counts(name)
        trimmed = pc.utf8_trim_whitespace(values)  # blank texts are gaps in disguise, another check
        is_padded = pc.and_(pc.not_equal(trimmed, values), pc.not_equal(trimmed, "")).to_numpy(zero_copy_only=False)
        n_cells = int(counts[is_padded].sum())
        if n_cells:
            yield Observation(
                "amber",
                f"{count(n_cells, 'cell')} of “{name}” {'has' if n_cells == 1 else 'have'} spaces at the beginning or "
                "the end, so equal values look different.",
                (name,),
                n_cells,
                {"n_cells": n_cells, "n_values": int(is_padded.sum())},
                (step("Trim the spaces", "trim_text", "Spaces around a value mean nothing.", columns=[name]),),
            )


CHECK = Check("whitespace", "Spaces around values", "No text has spaces at its ends.", _find)
