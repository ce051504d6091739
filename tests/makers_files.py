"""Read files in this process, as the limited child does, and make large ones."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from services.datasets.choices import ReadingChoices
from services.datasets.limits import ReadingLimits
from services.datasets.outcome import SET_ASIDE, TABLE, ReadingReport
from services.datasets.parsing import parse_file
from services.datasets.profile import ColumnProfile, TableProfile
from services.datasets.tables import read_table
from services.datasets.task import Task


@dataclass(frozen=True)
class Parsed:
    """What came of a file."""

    frame: pd.DataFrame
    profile: TableProfile
    report: ReadingReport
    set_aside: str
    names: tuple[str, ...]

    def column(self, name: str) -> ColumnProfile:
        """The profile of one column."""
        return next(column for column in self.profile.columns if column.name == name)


def parse(
    content: bytes | str, file_name: str = "table.csv", *, limits: ReadingLimits | None = None, **choices: object
) -> Parsed:
    """Read a file without the child process around it."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        source = folder / "source"
        source.write_bytes(content.encode() if isinstance(content, str) else content)
        task = Task(source, file_name, folder, ReadingChoices(**choices), limits or ReadingLimits())  # type: ignore[arg-type]
        profile, report = parse_file(task)
        set_aside = folder / SET_ASIDE
        return Parsed(
            frame=read_table((folder / TABLE).read_bytes()),
            profile=profile,
            report=report,
            set_aside=set_aside.read_text() if set_aside.exists() else "",
            names=tuple(sorted(path.name for path in folder.iterdir())),
        )
