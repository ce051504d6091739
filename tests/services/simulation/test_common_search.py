"""Settings that many cases share: closed forms, the published optimum under a share, small groups, limits."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, lambertw

from services.errors import InvalidInputError
from services.proposals.lever import Lever
from services.simulation.actions import values_of
from services.simulation.common_search import MOST_EXHAUSTIVE, Ceilings, CommonSearch, View
from services.simulation.common_settings import AS_IT_IS, CommonSettings
from services.simulation.common_value import curve_of, is_on_edge, value_common
from services.simulation.constraint import Constraint
from services.simulation.segments import Segment, deal_segments
from services.simulation.worth import Worth
from tests.makers_simulation import PRICE

N, COPIES = 1_000, 6
WILLINGNESS = {"low": 4.0, "middle": 5.0, "high": 6.0}
SHARED, GROUPED = replace(PRICE, scope="global"), replace(PRICE, scope="segment")


def make_rows(weights: Sequence[float] = (0.3, 0.4, 0.3)) -> pd.DataFrame:
    names = np.repeat(list(WILLINGNESS), (np.array(weights) * N).astype(int))
    return pd.DataFrame({"price": np.full(len(names), 880.0), "group": names})


def acceptance(rows: pd.DataFrame) -> np.ndarray:
    willingness = rows["group"].map(WILLINGNESS).to_numpy(dtype=float)
    return np.tile(expit(willingness - 0.01 * rows["price"].to_numpy(dtype=float)), (COPIES, 1))


def make_settings(
    rows: pd.DataFrame,
    *levers: Lever,
    ask: Callable[[pd.DataFrame], np.ndarray] = acceptance,
    believed: Callable[[np.ndarray], np.ndarray] = lambda values: np.ones(len(values), dtype=bool),
    formula: str = "(price - 300) * chance",
    constraints: Sequence[Constraint] = (),
) -> CommonSettings:
    values: list[list[Any]] = [values_of(lever, {}) for lever in levers]
    flags = [np.tile(believed(np.array(own)), (len(rows), 1)) for own in values]
    return CommonSettings(rows, levers, values, flags, ask=ask, worth=Worth(0.0, formula), constraints=constraints)


def everything(n: int) -> View:
    return View(np.ones(COPIES, dtype=bool), np.ones(n, dtype=bool))


def test_one_price_for_all_is_the_closed_form() -> None:
    rows = make_rows((0.0, 1.0, 0.0))
    settings = make_settings(rows, replace(SHARED, step=10.0))
    found = CommonSearch(settings, deal_segments(rows, ""), everything(N), Ceilings()).best()
    assert settings.setting(found.choices[0]) == (500.0,)
    assert settings.of(found.choices[0]).worth.mean() == pytest.approx(100.0)


def test_each_segment_has_its_own_price() -> None:
    rows = make_rows()
    settings, segments = make_settings(rows, replace(GROUPED, step=5.0)), deal_segments(rows, "group")
    policy = value_common(settings, segments, np.arange(len(rows)) % 2 == 0, Ceilings())
    by_name = {
        segment.name: settings.setting(choice)[0] for segment, choice in zip(segments, policy.choices, strict=True)
    }
    for name, a in WILLINGNESS.items():
        closed = 300 + 100 * (1 + float(lambertw(math.exp(a - 3 - 1)).real))
        assert by_name[name] == pytest.approx(closed, abs=2.5)
    assert policy.value == pytest.approx(103.728669, rel=1e-3)
    assert policy.status_quo == pytest.approx(acceptance(rows).mean(axis=0) @ (rows["price"] - 300) / len(rows))
    assert policy.gains[0].amount == pytest.approx(policy.value - policy.status_quo)
    assert policy.claim == pytest.approx(policy.gains[0].amount), "Copies that agree claim what is so."
    assert [gain.over for gain in policy.gains][1] == "the best single action for all"
    assert policy.gains[1].amount > 0


def test_with_a_share_that_must_accept_it_is_the_published_optimum() -> None:
    rows = make_rows()
    must = Constraint("chance", "mean", "at least", 0.6)
    settings, segments = (
        make_settings(rows, replace(GROUPED, step=5.0), constraints=[must]),
        deal_segments(rows, "group"),
    )
    policy = value_common(
        settings, segments, np.arange(len(rows)) % 2 == 0, Ceilings(least=(0.6,), words=(must.words,))
    )
    assert 3 * 42 < 42**3, "Too many to try each: this is differential evolution."
    assert policy.value == pytest.approx(98.524023, rel=5e-3)
    answers = [
        settings.of(choice).answers[segment.cases] for segment, choice in zip(segments, policy.choices, strict=True)
    ]
    assert np.concatenate(answers).mean() >= 0.6 - 1e-9


def test_the_same_search_finds_the_same_again() -> None:
    rows, must = make_rows(), Constraint("chance", "mean", "at least", 0.6)
    found = []
    for _ in range(2):
        settings = make_settings(rows, GROUPED, constraints=[must])
        search = CommonSearch(
            settings, deal_segments(rows, "group"), everything(len(rows)), Ceilings(least=(0.6,), words=("it",)), seed=3
        )
        found.append(search.best())
    assert found[0] == found[1], "Work that begins again after its worker died ends as it would have."


def test_what_cannot_be_kept_is_named() -> None:
    rows, must = make_rows(), Constraint("chance", "mean", "at least", 0.999)
    settings = make_settings(rows, SHARED, constraints=[must])
    with pytest.raises(InvalidInputError, match=r"keeps this: chance is at least 0.999 on average"):
        value_common(
            settings,
            deal_segments(rows, ""),
            np.arange(len(rows)) % 2 == 0,
            Ceilings(least=(0.999,), words=(must.words,)),
        )


def test_what_must_hold_in_each_case_rules_a_setting_out() -> None:
    rows = make_rows((0.0, 1.0, 0.0))
    settings = make_settings(
        rows, replace(SHARED, step=10.0), constraints=[Constraint("price", "each", "at most", 450.0)]
    )
    found = CommonSearch(settings, deal_segments(rows, ""), everything(N), Ceilings()).best()
    assert settings.setting(found.choices[0]) == (450.0,)


def test_what_may_not_be_believed_is_not_chosen_and_the_edge_is_told() -> None:
    rows = make_rows((0.0, 1.0, 0.0))
    settings = make_settings(rows, replace(SHARED, step=10.0), believed=lambda values: values <= 430)
    (segment,) = deal_segments(rows, "")
    (choice,) = CommonSearch(settings, [segment], everything(N), Ceilings()).best().choices
    assert settings.setting(choice) == (430.0,)
    assert is_on_edge(settings, segment, choice)
    assert not is_on_edge(settings, segment, (AS_IT_IS,))
    free = make_settings(rows, replace(SHARED, step=10.0))
    assert not is_on_edge(free, segment, CommonSearch(free, [segment], everything(N), Ceilings()).best().choices[0])


def test_too_small_a_group_keeps_what_it_has() -> None:
    rows = pd.concat([make_rows((0.5, 0.5, 0.0)), make_rows((0.0, 0.0, 0.05))], ignore_index=True)
    settings, segments = make_settings(rows, GROUPED), deal_segments(rows, "group")
    policy = value_common(settings, segments, np.arange(len(rows)) % 2 == 0, Ceilings())
    chosen = dict(zip([segment.name for segment in segments], policy.choices, strict=True))
    assert chosen["high"] == (AS_IT_IS,)
    assert chosen["low"] != (AS_IT_IS,)


def test_where_capacity_is_short_the_groups_that_gain_most_come_first() -> None:
    rows = make_rows()
    settings, segments = make_settings(rows, GROUPED), deal_segments(rows, "group")
    found = CommonSearch(settings, segments, everything(len(rows)), Ceilings(acts=0.4)).best()
    acted = [segment.name for segment, choice in zip(segments, found.choices, strict=True) if choice != (AS_IT_IS,)]
    assert found.broken == ()
    gains = {"low": 0.3 * 48.5, "middle": 0.4 * 88.3, "high": 0.3 * 121.6}  # a case: at 880, and at the closed form
    assert acted == [max(gains, key=gains.__getitem__)] == ["high"]


def test_two_levers_are_searched_and_a_number_of_settings_is_an_end() -> None:
    rows = make_rows((0.0, 1.0, 0.0)).assign(bonus=0.0)
    bonus = Lever("Bonus", "number", low=0.0, high=40.0, step=1.0, column="bonus", scope="global")

    def ask(table: pd.DataFrame) -> np.ndarray:
        odds = 5 - 0.01 * table["price"] + 0.06 * table["bonus"] - 0.001 * table["bonus"] ** 2
        return np.tile(expit(odds.to_numpy(dtype=float)), (COPIES, 1))

    settings = make_settings(rows, replace(SHARED, step=10.0), bonus, ask=ask, formula="(price - 300 - bonus) * chance")
    assert settings.n_possible > MOST_EXHAUSTIVE
    (choice,) = CommonSearch(settings, deal_segments(rows, ""), everything(N), Ceilings()).best().choices
    grid = [
        ((price - 300 - b) * expit(5 - 0.01 * price + 0.06 * b - 0.001 * b**2), price, b)
        for price in np.arange(200, 901, 10)
        for b in range(41)
    ]
    assert settings.of(choice).worth.mean() >= 0.999 * max(grid)[0]
    assert settings.n_tried < settings.n_possible / 2
    short = make_settings(rows, replace(SHARED, step=10.0), bonus, ask=ask, formula="(price - 300 - bonus) * chance")
    CommonSearch(short, deal_segments(rows, ""), everything(N), Ceilings(), is_wished=lambda: False).best()
    assert short.n_tried < settings.n_tried


def test_the_curve_has_its_top_where_the_best_price_is() -> None:
    rows = make_rows((0.0, 1.0, 0.0))
    settings = make_settings(rows, replace(SHARED, step=50.0), believed=lambda values: values < 800)
    (segment,) = deal_segments(rows, "")
    points = curve_of(settings, segment, np.arange(len(rows)) % 2 == 0)
    assert max(points, key=lambda point: point.gain.amount).value == 500.0
    assert [point.value for point in points if not point.is_allowed] == [800.0, 850.0, 900.0]


def test_copies_that_chose_by_noise_claim_too_much() -> None:
    rows = make_rows((0.0, 1.0, 0.0))

    def noisy(table: pd.DataFrame) -> np.ndarray:
        price = int(table["price"].iloc[0])
        halves = np.repeat(np.random.default_rng(price).normal(0, 0.05, 2), COPIES // 2)
        return np.clip(0.5 + halves[:, None] + np.zeros((COPIES, len(table))), 0, 1)

    settings = make_settings(rows, replace(SHARED, step=10.0), ask=noisy, formula="chance * 100")
    policy = value_common(settings, deal_segments(rows, ""), np.arange(len(rows)) % 2 == 0, Ceilings())
    assert policy.claim > policy.gains[0].amount


def test_cases_without_a_value_are_left_and_counted() -> None:
    rows = make_rows((0.0, 1.0, 0.0)).assign(size=1.0)
    rows.loc[:99, "size"] = 0.0
    settings = make_settings(rows, SHARED, formula="(price - 300) * chance / size")
    assert settings.n_lost == 100
    (choice,) = CommonSearch(settings, deal_segments(rows, ""), everything(N), Ceilings()).best().choices
    assert not settings.of(choice).is_believed[:100].any()
    assert (settings.of(choice).worth[:, :100] == 0).all()


def test_a_measure_without_a_value_is_refused_with_the_number_of_cases() -> None:
    rows = make_rows((0.0, 1.0, 0.0)).assign(size=0.0)
    with pytest.raises(InvalidInputError, match=r"has no value in 1,000 of 1,000 cases"):
        make_settings(rows, SHARED, constraints=[Constraint("chance / size", "mean", "at least", 0.0)])


def test_a_segment_is_a_set_of_places() -> None:
    assert Segment("few", np.arange(99)).is_small
    assert not Segment("enough", np.arange(100)).is_small
