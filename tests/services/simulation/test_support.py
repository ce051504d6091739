"""Where a model may be believed."""

import numpy as np
import pandas as pd
import pytest

from services.proposals.lever import Lever
from services.simulation.actions import Actions, actions_of
from services.simulation.support import (
    Support,
    explained_share,
    find_support,
    share_on_edge,
    strange_among,
    strange_rows,
)

N = 1_500
NAMES = ("price", "age", "region", "channel")


def make_frame(seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    region = random.choice(["north", "south"], N)
    return pd.DataFrame(
        {
            "price": random.uniform(0, 100, N),
            "age": random.normal(40, 10, N),
            "region": region,
            "channel": random.choice(["mail", "phone"], N),
        }
    )


def price(**changes: float | bool) -> Lever:
    return Lever("Price", "number", low=0.0, high=200.0, step=10.0, column="price", **changes)  # type: ignore[arg-type]


def actions_for(*levers: Lever) -> Actions:
    return actions_of(levers, observed={})


def test_what_was_never_seen_is_not_believed_and_leaving_a_case_always_is() -> None:
    frame = make_frame()
    actions = actions_for(price())
    found = find_support(frame.head(200), frame, actions, learned_from=NAMES)
    assert found.supported[:, 0].all()
    values = actions.numbers(0)
    assert not found.supported[:, values > 100].any()
    assert found.supported[:, (values >= 10) & (values <= 90)].mean() > 0.9
    assert found.excluded["range"] == pytest.approx(np.mean((values[1:] < 1) | (values[1:] > 99)), abs=0.06)
    assert found.share_with_choice > 0.9


def test_there_is_no_hole_between_neighbouring_values_that_were_tried() -> None:
    """With two or few values, tenths that fall between them would be groups that nobody is in."""
    random = np.random.default_rng(0)
    for tried in ([1.0, 2.0], [1.0, 2.0, 12.0, 24.0], list(np.arange(1.0, 60.0))):
        known = pd.DataFrame({"months": random.choice(tried, 400), "age": random.normal(size=400)})
        lever = Lever("Months", "number", low=min(tried), high=max(tried), column="months", step=0.5)
        actions = actions_of((lever,), observed={})
        found = find_support(known.head(30), known, actions, learned_from=["months", "age"])
        between = np.array([min(tried) < float(setting[0]) < max(tried) for setting in actions.settings])
        familiar = found.supported[:, 1:].any(axis=1)
        assert familiar.mean() > 0.8
        assert found.supported[familiar][:, 1:][:, between].mean() > 0.8


def test_a_choice_hardly_ever_made_is_not_believed() -> None:
    frame = make_frame()
    frame.loc[:9, "channel"] = "visit"
    lever = Lever("Channel", "choice", choices=("mail", "phone", "visit", "letter"), column="channel")
    found = find_support(frame.head(100), frame, actions_for(lever), learned_from=NAMES)
    assert found.supported[:, 1:3].mean() > 0.9
    assert not found.supported[:, 3:].any()


def test_where_cases_like_this_were_never_treated_so_it_is_not_believed() -> None:
    """Dear prices in the south only: a dear price in the north is beyond what was tried, though it was seen."""
    frame = make_frame()
    north = (frame["region"] == "north").to_numpy()
    frame["price"] = np.where(north, frame["price"] / 2, frame["price"])
    actions = actions_for(price())
    found = find_support(frame, frame, actions, learned_from=NAMES)
    dear = actions.numbers(0) == 80
    assert found.supported[north][:, dear].mean() < 0.1
    assert found.supported[~north][:, dear].mean() > 0.8


def test_a_case_unlike_all_others_is_left_as_it_is() -> None:
    frame = make_frame()
    strange = frame.head(3).assign(age=[400.0, -300.0, 40.0])
    found = find_support(strange, frame, actions_for(price()), learned_from=NAMES)
    assert found.supported[:, 1:].any(axis=1).tolist() == [False, False, True]


@pytest.mark.parametrize(("most", "is_share"), [(15.0, False), (0.3, True)])
def test_no_lever_is_moved_farther_than_its_farthest_change(most: float, is_share: bool) -> None:
    frame = make_frame().assign(price=50.0)
    frame["price"] += np.random.default_rng(0).uniform(-45, 45, N)
    rows = frame.head(50).assign(price=50.0)
    actions = actions_for(price(max_change=most, is_max_change_share=is_share))
    values = actions.numbers(0)
    supported = find_support(rows, frame, actions, learned_from=NAMES).supported
    assert set(values[1:][supported[:, 1:].any(axis=0)]) <= {40, 50, 60}
    assert supported[:, values == 60].mean() > 0.85  # one case in twenty is strange


def test_about_one_in_twenty_of_the_same_kind_is_called_strange() -> None:
    random = np.random.default_rng(0)
    known, others = random.normal(size=(4_000, 3)), random.normal(size=(2_000, 3))
    assert strange_rows(others, known, 0).mean() == pytest.approx(0.05, abs=0.02)
    assert strange_rows(others + 9, known, 0).all()
    assert not strange_rows(others, known[:10], 0).any()


def test_best_actions_at_the_end_of_what_was_tried_are_counted() -> None:
    actions = actions_for(price())
    values = actions.numbers(0)
    supported = np.tile(np.isnan(values) | ((values >= 10) & (values <= 90)), (10, 1))
    support = Support(supported, {}, np.where(supported, 0, 1).astype(np.uint8))
    highest = np.array([int(np.flatnonzero(row)[-1]) for row in support.supported])
    assert share_on_edge(highest, support, actions) == 1
    middle = np.full(10, int(np.flatnonzero(values == 50)[0]))
    assert share_on_edge(middle, support, actions) == 0
    assert share_on_edge(np.zeros(10, dtype=int), support, actions) == 0


def test_a_lever_that_others_decide_cannot_be_told_apart() -> None:
    frame = make_frame()
    free = explained_share(frame, price(), NAMES)
    decided = frame.assign(price=frame["age"] * 2)
    assert free < 0.1
    assert explained_share(decided, price(), NAMES) > 0.8


def test_empty_and_missing_cells_are_no_obstacle() -> None:
    frame = make_frame()
    frame.loc[::7, "age"] = np.nan
    frame.loc[::5, "region"] = None
    frame.loc[::11, "price"] = np.nan
    found = find_support(frame.head(60), frame, actions_for(price()), learned_from=NAMES)
    assert found.supported.shape == (60, 22)
    assert found.supported[:, 3].mean() > 0.7


def test_rows_unlike_all_known_ones_are_told_by_their_raw_columns() -> None:
    random = np.random.default_rng(3)
    known = pd.DataFrame({"age": random.normal(40, 9, 400), "plan": pd.Series(["a", "b"] * 200, dtype="str")})
    rows = pd.DataFrame({"age": [40.0, 400.0], "plan": pd.Series(["a", "a"], dtype="str")})
    assert strange_among(rows, known, ["age", "plan"]).tolist() == [False, True]
    assert strange_among(rows, known, ["plan"]).tolist() == [False, False]
