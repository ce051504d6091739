"""What is withheld from who is still to say what they expect to drive a model.

How a model treats the groups of any column they like, and what it loses without one, would tell them what drives it.
The columns that the data dictionary called sensitive before the model was made stay: they were declared before anybody
could look. A line that somebody changed later does not count, or they would declare the column they want to see.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from services.datasets.dictionary import DictionaryLine
from services.fairness.report import FairnessReport

SENSITIVE = ("personal", "special")


def declared_columns(dictionary: Mapping[str, DictionaryLine], before: datetime | None = None) -> frozenset[str]:
    """Columns that people have called sensitive, or whose groups they want compared.

    Parameters
    ----------
    before
        Lines last changed at that moment or later do not count; None where all do.
    """
    return frozenset(
        name
        for name, line in dictionary.items()
        if (line.description.sensitivity in SENSITIVE or line.description.compared == "yes")
        and (before is None or line.changed_at < before)
    )


def without_drivers(report: FairnessReport, declared: Collection[str]) -> FairnessReport:
    """The report without other columns, and without what the model loses where it is fitted without some."""
    return replace(
        report,
        compared=tuple(
            replace(one, options=tuple(option for option in one.options if option.code != "without"))
            for one in report.compared
            if set(one.columns) <= set(declared)
        ),
    )
