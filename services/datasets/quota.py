"""What a project keeps, and what it may keep. The same bytes are counted once, however many versions share them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.errors import InvalidInputError

GB = 1024**3


class QuotaExceededError(InvalidInputError):
    """The project keeps as much as it may."""

    code = "quota_exceeded"


@dataclass(frozen=True, slots=True)
class Usage:
    """Distinct files of a project's versions, and their bytes."""

    n_files: int
    n_bytes: int
    most_files: int
    most_bytes: int

    @property
    def words(self) -> str:
        """“3 files, 0.02 of 10 GB”."""
        files = "1 file" if self.n_files == 1 else f"{self.n_files:,} files"
        return f"{files}, {self.n_bytes / GB:,.2f} of {self.most_bytes / GB:g} GB"

    def require_room(self, n_bytes: int, n_files: int = 1) -> None:
        """Refuse what would not fit.

        Raises
        ------
        QuotaExceededError
            There would be more bytes or files than allowed; the sentence says how many there are.
        """
        if self.n_files + n_files > self.most_files:
            raise QuotaExceededError(
                f"The project keeps {self.n_files:,} files of data; {self.most_files:,} are allowed. "
                "Nothing was stored. Start another project, or ask whoever runs the portal for more."
            )
        if self.n_bytes + n_bytes > self.most_bytes:
            raise QuotaExceededError(
                f"The project keeps {self.n_bytes / GB:,.2f} GB of data and this needs {n_bytes / GB:,.2f} GB more; "
                f"{self.most_bytes / GB:g} GB are allowed. Nothing was stored. "
                "Bring fewer rows or columns, or ask whoever runs the portal for more."
            )


def usage_of(stored: Iterable[Mapping[str, int]], *, most_files: int, most_bytes: int) -> Usage:
    """Sum up the files of all versions.

    Parameters
    ----------
    stored
        Of each version: digest -> bytes.
    """
    files: dict[str, int] = {}
    for version in stored:
        files.update(version)
    return Usage(len(files), sum(files.values()), most_files, most_bytes)
