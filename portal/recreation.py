"""`python -m portal recreate`: make a run again from its project file, without a portal."""

import json
from pathlib import Path
from typing import Annotated

import typer

from services.errors import InvalidInputError


def recreate_run(
    project: Annotated[Path, typer.Argument(help="The project file that the page of the run gives.")],
    train: Annotated[Path, typer.Option(help="The version of the data it names, as CSV or Parquet.")],
    out: Annotated[Path, typer.Option(help="JSON file to write the report to.")],
) -> None:
    """Make a run again from its project file; exit code 1 where a score comes out differently."""
    from services.automl.project_file import read_project
    from services.models.recreating import recreate

    try:
        text = project.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise InvalidInputError(f"{project} cannot be read.") from None
    report = recreate(read_project(text), train, say=typer.echo)
    out.write_text(json.dumps(report, indent=2), encoding="utf-8")
    n_same = sum(found["is_same"] for found in report["candidates"])
    typer.echo(f"{n_same} of {len(report['candidates'])} variants have the stored score.")
    if report["holdout_score"] is not None:
        typer.echo(f"On the rows kept aside: {report['holdout_score']}, stored {report['stored_holdout_score']}.")
    raise typer.Exit(int(not report["is_same"]))
