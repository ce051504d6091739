"""How far values moved: published and hand-computed vectors (methods 7.4), and what an index means."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.datasets.distributions import band_of, compare_columns, null_99, psi_of_counts

COUNTS = st.lists(st.integers(0, 10_000), min_size=2, max_size=12).filter(any)


def test_the_index_is_the_one_of_the_vectors() -> None:
    assert psi_of_counts([0.2, 0.3, 0.5], [0.3, 0.3, 0.4], smoothing=0) == pytest.approx(0.0628608659, abs=1e-10)
    assert psi_of_counts([200, 300, 500], [30, 30, 40]) == pytest.approx(0.0634070, abs=1e-7)
    assert psi_of_counts([500, 500, 0], [40, 40, 20]) == pytest.approx(1.2547379, abs=1e-7)


@given(COUNTS)
def test_what_did_not_move_has_no_index(counts: list[int]) -> None:
    assert psi_of_counts(counts, counts) == 0


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=2, max_size=12))
def test_the_index_is_never_negative_and_has_no_direction(pairs: list[tuple[int, int]]) -> None:
    old, new = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    found = psi_of_counts(old, new)
    assert found >= 0
    assert found == pytest.approx(psi_of_counts(new, old))


def test_chance_alone_explains_a_larger_index_in_few_rows() -> None:
    assert null_99(10_000, 50, 10) > null_99(10_000, 5_000, 10)
    # chi2.ppf(0.99, 9) = 21.666; Wilson–Hilferty is within 1 %
    assert null_99(1_000, 1_000, 10) == pytest.approx(2 / 1_000 * 21.666, rel=0.01)


@pytest.mark.parametrize(
    ("psi", "n_rows", "band"),
    [(0.05, 10_000, "stable"), (0.15, 10_000, "moved"), (0.3, 10_000, "shifted"), (0.3, 100, "too_few")],
)
def test_an_index_has_a_meaning(psi: float, n_rows: int, band: str) -> None:
    assert band_of(psi, n_rows, n_rows, 10) == band


def test_columns_are_compared_and_the_one_that_moved_most_comes_first() -> None:
    draw = np.random.default_rng(0)
    old = pd.DataFrame(
        {
            "moved": draw.normal(0, 1, 5_000),
            "still": draw.normal(0, 1, 5_000),
            "gaps": draw.normal(0, 1, 5_000),
            "constant": np.ones(5_000),
            "class": pd.Series(draw.choice(["a", "b"], 5_000), dtype="str"),
            "name": pd.Series([f"n{n}" for n in range(5_000)], dtype="str"),
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(draw.integers(0, 300, 5_000), unit="D"),
            "retyped": draw.normal(0, 1, 5_000),
        }
    )
    new = old.assign(
        moved=old["moved"] + 1,
        gaps=old["gaps"].where(draw.random(5_000) > 0.4),
        constant=2.0,
        retyped=old["retyped"].map(str).astype("str"),
        fresh=1,
    )
    found = {change.column: change for change in compare_columns(old, new)}
    assert next(iter(found)) == "constant"
    assert {name for name, change in found.items() if change.band == "shifted"} == {"constant", "moved", "gaps"}
    assert found["moved"].psi == pytest.approx(0.93, abs=0.1)  # one standard deviation: .9261
    assert {found[name].psi for name in ("still", "class", "day")} == {0}
    assert not {"name", "retyped", "fresh"} & set(found)
