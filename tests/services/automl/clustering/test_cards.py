"""What distinguishes a group, in words."""

import numpy as np
import pandas as pd
import pytest

from services.automl.clustering.cards import cliffs_delta, write_cards
from services.automl.columns import Column

X = pd.DataFrame(
    {
        "months": [60.0, 61.0, 62.0, 63.0, 1.0, 2.0, 3.0, np.nan],
        "plan": ["year"] * 3 + ["month"] * 5,
        "said": ["late bus again"] * 4 + ["all fine"] * 4,
        "since": [20_000.0] * 4 + [19_000.0] * 4,
        "noise": [1.0, 2.0] * 4,
    }
)
KINDS = {"months": "number", "plan": "category", "said": "text", "since": "date", "noise": "number"}
COLUMNS = [Column(name, kind) for name, kind in KINDS.items()]  # type: ignore[arg-type]
LABELS = np.array([0, 0, 0, 0, 1, 1, 1, -1])


@pytest.mark.parametrize(
    ("members", "others", "delta"),
    [([1, 2, 3], [4, 5, 6], -1.0), ([4, 5], [1, 2], 1.0), ([1, 2], [1, 2], 0.0), ([1, 1, 2], [1, 2, 2], -1 / 3)],
)
def test_cliffs_delta_is_the_share_of_pairs_above_less_that_below(
    members: list[float], others: list[float], delta: float
) -> None:
    values = np.array([*members, *others])
    is_member = np.arange(len(values)) < len(members)
    assert cliffs_delta(values, is_member) == pytest.approx(delta)


def test_a_card_says_what_is_different_in_every_kind_of_column() -> None:
    first, second, alone = write_cards(X, LABELS, COLUMNS, seed=0)
    assert (first.number, second.number, alone.number) == (1, 2, 0)
    assert (first.n_rows, first.share) == (4, 0.5)
    told = {difference.column: difference for difference in first.differences}
    assert told["months"].sentence == "“months” is higher (median 61.5 against 2)"
    assert told["plan"].sentence in (
        "“plan” is month less often (25% against 100%)",
        "“plan” is year more often (75% against 0%)",
    )
    assert told["said"].effect in (1.0, -1.0)
    assert told["since"].sentence == "“since” is later (median 2024-10-04 against 2022-01-08)"
    assert "noise" not in told
    assert [abs(d.effect) for d in first.differences] == sorted(
        (abs(d.effect) for d in first.differences), reverse=True
    )


def test_groups_that_differ_in_nothing_say_so() -> None:
    x = pd.DataFrame({"a": [1.0, 2.0, 1.0, 2.0]})
    cards = write_cards(x, np.array([0, 0, 1, 1]), [Column("a", "number")], seed=0)
    assert {card.sentence for card in cards} == {"No column tells it clearly from the others."}


def test_a_single_group_has_nobody_to_differ_from() -> None:
    (card,) = write_cards(X, np.zeros(8, dtype=np.int64), COLUMNS, seed=0)
    assert card.differences == ()
