"""Categories that differ in capitals, spaces or dashes only."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator

from services.datasets.checks.fixes import step
from services.datasets.checks.personal_data import personal_columns
from services.datasets.checks.phrases import count
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.subject import NotApplicableError, Subject

MAX_VALUES = 5_000
_BETWEEN = re.compile(r"[\s_\-./]+")


def _find(subject: Subject) -> Iterator[Observation]:
    names = [
        name
        for name in subject.columns
        if subject.type_of(name) == "O"
        and subject.profiles[name].kind == "category"
        and subject.profiles[name].n_distinct <= MAX_VALUES
    ]
    if not names:
        raise NotApplicableError("No column holds categories.")
    for name in names:
        groups = _groups(subject, name)
        if not groups:
            continue
        mapping = {value: spellings[0][0] for spellings in groups for value, _count in spellings[1:]}
        n_cells = sum(n for spellings in groups for _value, n in spellings[1:])
        is_personal = name in subject.once(personal_columns)
        example = "" if is_personal else f", such as “{groups[0][0][0]}” and “{groups[0][1][0]}”"
        fix = step("Merge the spellings", "merge_spellings", "They name the same.", column=name, mapping=mapping)
        yield Observation(
            "amber",
            f"“{name}” spells {count(len(groups), 'category', 'categories')} in several ways{example}: "
            f"{count(n_cells, 'cell')} would be merged into the most frequent spelling.",
            (name,),
            n_cells,
            {"n_groups": len(groups), "n_cells": n_cells},
            () if is_personal else (fix,),
        )


def fold(text: str) -> str:
    """The text without what people spell differently: case, width, and what stands between words and around them."""
    return _BETWEEN.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def _groups(subject: Subject, name: str) -> list[list[tuple[str, int]]]:
    """Spellings of the same with their counts, the most frequent first; the largest group first."""
    values, counts = subject.value_counts(name)
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for value, number in zip(values.to_pylist(), counts.tolist(), strict=True):
        if any(letter.isalpha() for letter in value):  # 1.5 and 1-5 are not the same
            found[fold(value)].append((value, number))
    groups = [
        sorted(spellings, key=lambda one: (-one[1], one[0])) for spellings in found.values() if len(spellings) > 1
    ]
    return sorted(groups, key=lambda spellings: -sum(number for _value, number in spellings))


CHECK = Check("spelling_variants", "One category, several spellings", "No category is spelled in two ways.", _find)
