from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from services.simulation.answer_journal import remembering

TABLE = pd.DataFrame({"price": [1.0, 2.0, np.nan], "plan": pd.Categorical(["a", "b", "a"]), "word": ["x", None, "z"]})


class Model:
    """Says the price and its double, and counts how often it was asked."""

    def __init__(self) -> None:
        self.n_asked = 0

    def ask(self, table: pd.DataFrame) -> NDArray[np.float64]:
        self.n_asked += 1
        price = table["price"].to_numpy(dtype=np.float64)
        return np.array([price, 2 * price])


def test_what_was_asked_before_is_read_and_not_asked_again(tmp_path: Path) -> None:
    first, second = Model(), Model()
    said = remembering(first.ask, tmp_path)(TABLE)
    again = remembering(second.ask, tmp_path)(TABLE.copy())  # as after a start of its own
    np.testing.assert_array_equal(said, again)
    assert (first.n_asked, second.n_asked) == (1, 0)


@pytest.mark.parametrize(
    "other",
    [
        TABLE.assign(price=[1.0, 2.0, 3.0]),
        TABLE.assign(plan=pd.Categorical(["a", "b", "b"])),
        TABLE.assign(word=["x", "", "z"]),
        TABLE.iloc[::-1],
        TABLE.iloc[:2],
        TABLE.rename(columns={"price": "cost", "word": "price"}).assign(price=0.0),
        TABLE.assign(price=[1, 2, 3]),
    ],
)
def test_another_table_is_another_question(other: pd.DataFrame, tmp_path: Path) -> None:
    model = Model()
    ask = remembering(model.ask, tmp_path)
    ask(TABLE)
    np.testing.assert_array_equal(ask(other), Model().ask(other))
    assert model.n_asked == 2


def test_names_of_rows_do_not_matter(tmp_path: Path) -> None:
    model = Model()
    ask = remembering(model.ask, tmp_path)
    ask(TABLE)
    ask(TABLE.set_axis([7, 7, 9]))
    assert model.n_asked == 1


def test_what_a_killed_process_had_half_written_is_not_read(tmp_path: Path) -> None:
    remembering(Model().ask, tmp_path)(TABLE)
    [kept] = tmp_path.iterdir()
    whole = kept.read_bytes()
    for left in (b"", whole[:20], whole[:-4]):  # after the power failed
        kept.write_bytes(left)
        model = Model()
        assert remembering(model.ask, tmp_path)(TABLE).shape == (2, 3)
        assert model.n_asked == 1
        assert kept.read_bytes() == whole
    assert list(tmp_path.iterdir()) == [kept]


def test_where_nothing_can_be_kept_the_answer_is_there_all_the_same(tmp_path: Path) -> None:
    model = Model()
    ask = remembering(model.ask, tmp_path / "gone")
    assert ask(TABLE).shape == ask(TABLE).shape == (2, 3)
    assert model.n_asked == 2
