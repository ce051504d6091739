"""The two files that forecast without the portal: copies of what this portal itself uses."""

from pathlib import Path

_FILES = ("lag_table.py", "time_axis.py")
_PACKAGE = "services.automl.forecasting."


def portable_files() -> dict[str, str]:
    """File name to source, to lie in one folder with the pipeline and the schema."""
    folder = Path(__file__).parent
    return {name: (folder / name).read_text(encoding="utf-8").replace(f"from {_PACKAGE}", "from ") for name in _FILES}
