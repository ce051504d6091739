import pytest

from services.automl.more_rows import MoreRows, describe_more_rows

CURVE = MoreRows(n_half=500, n_whole=1_000, n_judged=400, half=0.6, whole=0.8, exponent=1.0, deviation=0.1)


def test_what_twice_as_many_rows_give_is_said_with_its_numbers() -> None:
    words = describe_more_rows(CURVE, "roc_auc")
    for part in ("0.600 after learning from 500 rows", "0.800 after 1,000", "400 rows", "to 0.900 at best"):
        assert part in words


def test_a_difference_that_may_be_chance_promises_nothing() -> None:
    words = describe_more_rows(MoreRows(500, 1_000, 400, 30_100.0, 30_000.0, 0.005, 0.1), "rmse")
    assert "30,100" in words and "cannot be told" in words and "twice" not in words


def test_that_more_rows_do_not_help_is_said_where_it_is_known() -> None:
    words = describe_more_rows(MoreRows(5_000, 10_000, 4_000, 30_010.0, 30_000.0, 0.001, 0.002), "rmse")
    assert "unlikely to help, other columns may" in words


@pytest.mark.parametrize(("n_rows", "left"), [(1_000, 1.0), (2_000, 0.5), (4_000, 0.25)])
def test_what_is_missing_falls_like_a_power_of_the_rows(n_rows: int, left: float) -> None:
    assert CURVE.factor(n_rows) == pytest.approx(left)
