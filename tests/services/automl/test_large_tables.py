import numpy as np
import pandas as pd

from services.automl.large_tables import MAX_ROWS, MIN_ROWS, sample_rows


def test_a_table_of_usual_size_is_used_as_it_is() -> None:
    frame = pd.DataFrame({"a": np.arange(1_000)})
    found = sample_rows(frame)
    assert found.frame is frame
    assert found.document() == {"n_rows": 1_000, "n_rows_used": 1_000}


def test_of_too_many_rows_a_sample_is_used_in_its_order_and_said() -> None:
    frame = pd.DataFrame({"a": np.arange(MAX_ROWS + 50_000)})
    found = sample_rows(frame, seed=1)
    assert len(found.frame) == MAX_ROWS
    assert found.frame["a"].is_monotonic_increasing
    assert found.document()["n_rows"] == MAX_ROWS + 50_000
    assert "300,000 were used" in found.document()["sampling"]
    assert sample_rows(frame, seed=1).frame.equals(found.frame)
    assert not sample_rows(frame, seed=2).frame.equals(found.frame)


def test_of_wide_tables_fewer_rows_are_used_but_never_too_few() -> None:
    frame = pd.DataFrame(np.zeros((MIN_ROWS + 10, 1_000), dtype=np.int8))
    assert len(sample_rows(frame).frame) == MIN_ROWS
