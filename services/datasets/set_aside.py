"""Faulty rows: counted, shown, and written where somebody can download them with the lines they stand in."""

import csv
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from services.datasets.choices import ChoiceNeededError, FaultyRows, Question, clip_preview
from services.datasets.outcome import SET_ASIDE
from services.datasets.safe_cells import neutralize

_SHOWN = 5
_SHOWN_CELLS = 6


class SetAside:
    """The faulty rows of one file; `set_aside.csv` is there afterwards only if they are to be left out."""

    def __init__(self, folder: Path, *, n_cells: int) -> None:
        self.count = 0
        self._path = folder / SET_ASIDE
        self._first = ""
        self._shown: list[tuple[str, ...]] = []
        self._heads = ["line", "fault", *(f"cell {number}" for number in range(1, n_cells + 1))]

    def __enter__(self) -> Self:
        self._file = self._path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(self._heads)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        if kind is not None:
            self._path.unlink(missing_ok=True)

    def add(self, line: int, fault: str, cells: Sequence[str], *, sentence: str) -> None:
        """Note a row: the line it begins in, what is wrong in a few words and in a sentence that continues "Line n"."""
        self.count += 1
        if self.count == 1:
            self._first = f"Line {line:,} {sentence}"
        if len(self._shown) < _SHOWN:
            self._shown.append((f"line {line:,}", fault, *cells[:_SHOWN_CELLS]))
        self._writer.writerow([line, fault, *(neutralize(cell) for cell in cells)])

    def settle(self, choice: FaultyRows, n_good: int) -> int:
        """How many rows are left out, once the file is read to its end.

        Raises
        ------
        ChoiceNeededError
            There are some, and nobody has said that the file shall be read without them.
        """
        if not self.count or choice == "refuse":
            self._path.unlink(missing_ok=True)
        if self.count and choice == "refuse":
            raise ChoiceNeededError([self._question(n_good)])
        return self.count

    def _question(self, n_good: int) -> Question:
        rows = "the 1 faulty row" if self.count == 1 else f"the {self.count:,} faulty rows"
        those = "that line" if self.count == 1 else "those lines"
        return Question(
            code="faulty_rows",
            field="faulty_rows",
            sentence=f"{self._first} Correct {those}, or continue without {rows}.",
            options=(("set_aside", f"Continue without {rows}; {n_good:,} remain"),),
            preview=clip_preview(self._shown),
        )
