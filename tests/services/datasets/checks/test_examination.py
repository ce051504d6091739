"""All checks at once."""

import json
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.datasets.checks import examination
from services.datasets.checks.clusters import cluster_columns
from services.datasets.checks.coverage import cover_time
from services.datasets.checks.examination import examine
from services.datasets.checks.health import HealthDocument
from services.datasets.checks.missingness import map_missingness
from services.datasets.checks.protocol import Check
from services.datasets.checks.registry import CHECKS, TITLES
from services.datasets.checks.relations import relate_columns
from services.datasets.checks.subject import Subject
from services.datasets.profiling import profile_table
from tests.makers_datasets import make_frame


def test_codes_are_unique() -> None:
    assert len(TITLES) == len(CHECKS)


def test_a_broken_check_costs_only_its_own_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_subject: object) -> None:
        raise ValueError("secret cell")

    broken = Check("broken", "Broken", "", fail)  # type: ignore[arg-type]
    monkeypatch.setattr(examination, "CHECKS", (broken, *CHECKS))
    frame = pd.DataFrame({"a": [1, 2]})
    found = examine(
        frame, target=None, positive_label=None, excluded={}, descriptions={}, profile=profile_table(frame)
    ).findings
    assert [(one.outcome, one.sentence) for one in found if one.code == "broken"] == [
        ("not_applicable", "This check could not be completed.")
    ]
    assert {one.code for one in found} == {"broken", *TITLES}


CELLS = {
    "str": st.sampled_from(
        ["a", "A ", "", " ", "1", "1,5", "01", "2024-01-31", "31/12/2024", "x@y.org", "MÃ¼", "?", "NA", "\u0000", None]
    ),
    "float64": st.floats(allow_nan=True) | st.sampled_from([0.0, -999.0, 1e308, -1e308, 5e-324]),
    "int64": st.integers(-(2**63), 2**63 - 1) | st.integers(0, 3),
    "datetime64[us]": st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)) | st.none(),  # noqa: DTZ001
}


@st.composite
def tables(draw: st.DrawFn) -> tuple[pd.DataFrame, str | None]:
    n_rows = draw(st.sampled_from([0, 1, 2, 30, 120]))
    names = draw(st.lists(st.sampled_from(["id", "age", "sex", "close_date", "email", "x", "y"]), unique=True))
    dtypes = {name: draw(st.sampled_from(sorted(CELLS))) for name in names}
    few = {name: draw(st.lists(CELLS[dtype], min_size=1, max_size=8)) for name, dtype in dtypes.items()}
    picks = draw(st.randoms(use_true_random=False))
    columns = {
        name: pd.Series([picks.choice(few[name]) for _row in range(n_rows)], dtype=dtype)
        for name, dtype in dtypes.items()
    }
    return pd.DataFrame(columns, index=range(n_rows)), draw(st.sampled_from([*names, None]))


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(tables())
def test_no_table_breaks_a_check_and_each_has_one_outcome(given_table: tuple[pd.DataFrame, str | None]) -> None:
    frame, target = given_table
    subject = Subject(frame, profile=profile_table(frame), target=target)
    for check in CHECKS:
        found = check.run(subject)
        assert len({(one.code, one.outcome) for one in found}) == 1
        assert len(found) == 1 or found[0].outcome == "finding"
        assert all(set(one.columns) <= set(frame.columns) and one.sentence for one in found)
    for sum_up in (map_missingness, cluster_columns, relate_columns, cover_time):
        sum_up(subject)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(tables())
def test_every_answer_can_be_stored(given_table: tuple[pd.DataFrame, str | None]) -> None:
    frame, target = given_table
    found = examine(
        frame, target=target, positive_label=None, excluded={}, descriptions={}, profile=profile_table(frame)
    )
    assert HealthDocument.from_document(json.loads(json.dumps(found.document(), allow_nan=False))) == found


def test_customers_of_a_telephone_company() -> None:
    """The faults of the public Telco churn table, remade: a key, and totals that are blank for new customers."""
    frame = make_frame(400)
    total = (frame["tenure"] * frame["charges"]).map("{:.2f}".format).where(frame["tenure"] > 0, " ")
    frame = frame.assign(TotalCharges=total.astype("str"))
    found = examine(
        frame, target="churn", positive_label="Yes", excluded={}, descriptions={}, profile=profile_table(frame)
    )
    by_column = {(one.code, column) for one in found.outcome("finding") for column in one.columns}
    assert {
        ("id_like", "customerID"),
        ("disguised_missing", "TotalCharges"),
        ("mixed_types", "TotalCharges"),
    } <= by_column
    assert found.relations[0].column == "tenure"
    assert "target_leakage" not in {code for code, _column in by_column}


def test_figures_of_a_large_table_stay_small() -> None:
    draw = np.random.default_rng(0)
    columns = {f"x{number}": np.where(draw.random(3000) < 0.1, np.nan, draw.normal(size=3000)) for number in range(80)}
    moments = pd.Series(pd.date_range("2020-01-01", periods=3000).astype("datetime64[us]"))
    frame = pd.DataFrame({**columns, "day": moments, "y": draw.integers(0, 2, 3000)})
    found = examine(frame, target="y", positive_label="1", excluded={}, descriptions={}, profile=profile_table(frame))
    assert found.missingness is not None
    assert found.correlations is not None
    assert found.coverage is not None
    n_points = (
        sum(map(len, found.missingness.shares))
        + sum(map(len, found.correlations.strengths))
        + sum(len(one.bins) for one in found.relations)
        + len(found.coverage.periods)
    )
    assert 3_000 < n_points <= 5_000
