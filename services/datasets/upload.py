"""A file that has been read: its bytes as they came, the same rows as a typed table, and their profile."""

from dataclasses import dataclass

from services.datasets.profile import TableProfile


@dataclass(frozen=True, slots=True)
class ParsedUpload:
    """What `intake.read_upload` returns and `commands.upload_dataset` stores."""

    file_name: str
    source: bytes
    table: bytes  # Parquet
    profile: TableProfile
