"""What is withheld from who is still to say what they expect to drive a model.

How a model treats the groups of any column they like, and what it loses without one, would tell them what drives it.
The columns that the data dictionary calls sensitive stay: they are declared before anybody looks.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from services.datasets.dictionary import DictionaryLine
from services.fairness.report import FairnessReport

SENSITIVE = ("personal", "special")


def declared_columns(dictionary: Mapping[str, DictionaryLine]) -> frozenset[str]:
    """Columns that people have called sensitive, or whose groups they want compared."""
    return frozenset(
        name
        for name, line in dictionary.items()
        if line.description.sensitivity in SENSITIVE or line.description.compared == "yes"
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
