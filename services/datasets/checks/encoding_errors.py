"""Letters that were read in the wrong encoding: “Ã¼” for “ü”, or a replacement sign for what was lost."""

from collections.abc import Iterator

import pyarrow.compute as pc

from services.datasets.checks.fixes import Fix, step
from services.datasets.checks.personal_data import personal_columns
from services.datasets.checks.phrases import count
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.subject import NotApplicableError, Subject

GARBLED = "Ã[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|Â[\u0080-\u00bf]|â(€|„|‚)|ï»¿|\ufffd"
MAX_REPAIRS = 200


def _find(subject: Subject) -> Iterator[Observation]:
    texts = [name for name in subject.columns if subject.type_of(name) == "O"]
    if not texts:
        raise NotApplicableError("No column holds text.")
    for name in texts:
        values, counts = subject.value_counts(name)
        is_garbled = pc.match_substring_regex(values, GARBLED)
        chosen = is_garbled.to_numpy(zero_copy_only=False)
        if not chosen.any():
            continue
        n_cells, garbled = int(counts[chosen].sum()), values.filter(is_garbled).to_pylist()
        mapping = {value: fixed for value in garbled if (fixed := repair(value)) is not None}
        is_personal = name in subject.once(personal_columns)
        verb = "holds" if n_cells == 1 else "hold"
        yield Observation(
            "amber",
            f"{count(n_cells, 'cell')} of “{name}” {verb} garbled letters, as if the file had been read in the "
            "wrong encoding. Read it again as UTF-8, or repair the source.",
            (name,),
            n_cells,
            {"n_cells": n_cells, "n_values": len(garbled), "n_repairable": len(mapping)},
            () if is_personal or len(mapping) > MAX_REPAIRS or len(mapping) < len(garbled) else _fixes(name, mapping),
        )


def repair(value: str) -> str | None:
    """The text as it was meant, if reading it as Windows-1252 was the mistake; else None."""
    try:
        fixed = value.encode("cp1252").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return None
    return fixed if fixed != value and fixed.strip() else None


def _fixes(name: str, mapping: dict[str, str]) -> tuple[Fix, ...]:
    return (step("Repair the letters", "merge_spellings", "They were garbled.", column=name, mapping=mapping),)


CHECK = Check("encoding_errors", "Garbled letters", "No text has garbled letters.", _find)
