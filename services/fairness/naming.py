"""What was found with columns called as the business calls them: a report is kept with the names of the data."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from services.fairness.report import Compared, FairnessReport


def in_business_words(report: FairnessReport, names: Mapping[str, str]) -> FairnessReport:
    """The report with the business name of each column that has one."""
    if not names:
        return report
    compared = tuple(_renamed(one, names) for one in report.compared)
    return replace(report, target=names.get(report.target, report.target), compared=compared)


def _renamed(compared: Compared, names: Mapping[str, str]) -> Compared:
    def called(columns: Iterable[str]) -> tuple[str, ...]:
        return tuple(names.get(column, column) for column in columns)

    proxy = compared.proxy
    if proxy is not None:
        proxy = replace(proxy, columns=tuple((names.get(column, column), area) for column, area in proxy.columns))
    options = tuple(replace(option, without=called(option.without)) for option in compared.options)
    return replace(compared, columns=called(compared.columns), proxy=proxy, options=options)
