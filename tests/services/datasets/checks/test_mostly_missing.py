"""How many gaps are too many."""

import pytest

from services.datasets.checks.mostly_missing import CHECK
from tests.makers_checks import find, find_one


@pytest.mark.parametrize(("n_missing", "severity"), [(20, "info"), (50, "amber"), (95, "red")])
def test_gaps_weigh_by_their_share(n_missing: int, severity: str) -> None:
    found = find_one(CHECK, {"x": [None] * n_missing + [float(n) for n in range(100 - n_missing)]})
    assert (found.severity, found.n_rows_affected, found.evidence["share"]) == (severity, n_missing, n_missing / 100)
    assert f"empty in {n_missing} of 100 rows ({n_missing}%)" in found.sentence
    assert bool(found.fixes) is (severity != "info")


def test_a_few_gaps_pass() -> None:
    assert not find(CHECK, {"x": [None, *range(9)]})
