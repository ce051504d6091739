"""What texts look like."""

from services.datasets.checks.text_shapes import MAX_VALUES, shapes_of
from tests.makers_checks import make_subject


def test_cells_are_counted_not_values() -> None:
    shapes = shapes_of(make_subject({"x": ["1.5", "1.5", "1,5", "007", "2024-01-02", "31.12.2024", "word"]}), "x")
    assert (shapes.n_cells, shapes.n_point, shapes.n_comma, shapes.n_kept) == (7, 3, 2, 1)
    assert (shapes.n_iso, shapes.n_short_date, shapes.n_day_first, shapes.n_month_first) == (1, 1, 1, 0)


def test_of_very_many_texts_some_are_looked_at() -> None:
    shapes = shapes_of(make_subject({"x": [f"{number}" for number in range(MAX_VALUES + 500)]}), "x")
    assert shapes.n_cells == shapes.n_point == MAX_VALUES
