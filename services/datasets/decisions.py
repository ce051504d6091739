"""Everything that was decided about a version of the data, as text that can be read, kept and sent."""

from collections.abc import Mapping, Sequence

from services.datasets.checks.explained import ExplainedFinding
from services.datasets.checks.finding import Finding
from services.datasets.dictionary import DictionaryLine, describe_line
from services.datasets.lineage import LineageEntry
from services.datasets.recipe.words import describe_step
from services.datasets.views import Dataset


def decisions_text(
    dataset: Dataset,
    *,
    lineage: Sequence[LineageEntry],
    findings: Sequence[Finding] | None,
    explained: Sequence[ExplainedFinding] = (),
    descriptions: Mapping[str, DictionaryLine],
) -> str:
    """Markdown with the hashes a sign-off binds.

    Parameters
    ----------
    findings
        None where the checks have not run.
    """
    parts = [
        f"# {_plain(dataset.file_name)}, version {dataset.version}",
        f"{dataset.n_rows:,} rows and {dataset.n_columns:,} columns, as {_plain(dataset.created_by_name)} left them on "
        f"{dataset.created_at:%-d %B %Y}.",
        _listed("What is predicted", [_target(dataset)]),
        _listed("Steps from the file as it was read to this table", _steps(dataset), numbered=True),
        _listed(
            "Columns that no model sees",
            [f"{_plain(column)}: {_plain(reason)}" for column, reason in sorted(dataset.excluded.items())],
        ),
        _listed("What the checks found", _findings(findings)),
        _listed("What was found and kept as it is", [_explained(one) for one in explained]),
        _listed("What the columns mean", [f"{_plain(name)}: {_line(line)}" for name, line in descriptions.items()]),
        _listed("How it came to be", [_entry(entry) for entry in lineage]),
        _listed(
            "What a sign-off binds",
            [
                f"file {dataset.source_sha256}",
                f"table as read {dataset.base_sha256}",
                f"table {dataset.table_sha256}",
                f"table and decisions {dataset.sha256}",
            ],
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _target(dataset: Dataset) -> str:
    if dataset.target is None:
        return "No column is chosen yet."
    label = f", where it is {_plain(dataset.positive_label)}" if dataset.positive_label else ""
    return f"{_plain(dataset.target)}{label}"


def _steps(dataset: Dataset) -> list[str]:
    return [
        _plain(describe_step(step)) + (f" Why: {_plain(step['reason'])}" if step.get("reason") else "")
        for step in dataset.recipe
    ]


def _findings(findings: Sequence[Finding] | None) -> list[str]:
    if findings is None:
        return ["The checks have not run on this version."]
    found = [f"{one.severity}: {_plain(one.sentence)}" for one in findings if one.outcome == "finding"]
    n_passed = sum(one.outcome == "passed" for one in findings)
    n_other = sum(one.outcome == "not_applicable" for one in findings)
    return [*found, f"{n_passed} checks found nothing, {n_other} do not apply."]


def _explained(one: ExplainedFinding) -> str:
    said = one.explanation
    return _plain(f"{one.finding.sentence} Why: {said.reason} ({said.by_name}, {said.at:%-d %B %Y})")


def _line(line: DictionaryLine) -> str:
    return f"{_plain(describe_line(line))} Written by {_plain(line.changed_by_name)}, {line.changed_at:%-d %B %Y}."


def _entry(entry: LineageEntry) -> str:
    return _plain(entry.words) + (f" Why: {_plain(entry.reason)}" if entry.reason else "")


def _listed(title: str, lines: Sequence[str], *, numbered: bool = False) -> str:
    if not lines:
        return f"## {title}\n\nNone."
    marks = [f"{number}." if numbered else "-" for number in range(1, len(lines) + 1)]
    return f"## {title}\n\n" + "\n".join(f"{mark} {line}" for mark, line in zip(marks, lines, strict=True))


def _plain(text: str) -> str:
    """On one line and without what Markdown or HTML would read as a mark."""
    line = " ".join(text.split())
    for mark in "\\`*_[]<>|#":
        line = line.replace(mark, f"\\{mark}")
    return line
