"""What many columns or rows show together is said in words before it is drawn."""

import pytest

from portal.ui.table_maps import MAX_LINES, _most_related, describe_coverage, name_period
from services.datasets.checks.chart_data import Correlations, Coverage, Period


@pytest.mark.parametrize(
    ("unit", "words"),
    [("day", "3 Sep 2025"), ("week", "3 Sep 2025"), ("month", "Sep 2025"), ("quarter", "Q3 2025"), ("year", "2025")],
)
def test_a_period_is_named_as_people_write_it(unit: str, words: str) -> None:
    assert name_period(Period("2025-09-03", 4), unit) == words


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ([1, 2], "Rows from Jan 2025 to Feb 2025"),
        ([1, 0, 2], "Rows from Jan 2025 to Mar 2025; 1 month has none"),
        ([1, 0, 0, 2], "Rows from Jan 2025 to Apr 2025; 2 months have none"),
        ([3], "All rows are from Jan 2025"),
    ],
)
def test_gaps_in_time_are_counted(counts: list[int], words: str) -> None:
    periods = tuple(Period(f"2025-{month:02d}-01", count) for month, count in enumerate(counts, start=1))
    assert describe_coverage(Coverage("signed", "month", periods)) == words


def test_of_many_columns_the_most_closely_related_are_drawn_in_their_order() -> None:
    n = 40
    strengths = [[1.0 if row == place else 0.0 for place in range(n)] for row in range(n)]
    strengths[3][30] = strengths[30][3] = -0.9
    names = tuple(f"c{place}" for place in range(n))
    drawn = _most_related(Correlations(names, tuple(tuple(line) for line in strengths), (("c3", "c30"),)))
    assert len(drawn) == MAX_LINES
    assert drawn.index("c3") < drawn.index("c30")


def test_a_pair_that_cannot_be_compared_counts_as_unrelated() -> None:
    n = MAX_LINES + 1
    strengths = tuple(tuple(None if row != place else 1.0 for place in range(n)) for row in range(n))
    assert len(_most_related(Correlations(tuple(f"c{place}" for place in range(n)), strengths, ()))) == MAX_LINES
