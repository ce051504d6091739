"""The best set, exactly: published vectors, every small problem against trying all sets, ties and shadow prices."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.errors import InvalidInputError
from services.portfolio.choice.problem import Candidate, Limit, Problem, exceeds, infeasibility
from services.portfolio.choice.solving import Choice, find_best, find_marginal, find_twin

# The sample of the OR-Tools guide to the knapsack problem: 50 things, capacity 850.
_VALUES = (
    "360 83 59 130 431 67 230 52 93 125 670 892 600 38 48 147 78 256 63 17 120 164 432 35 92 110 22 42 50 323 514 28 "
    "87 73 78 15 26 78 210 36 85 189 274 43 33 10 19 389 276 312"
)
_WEIGHTS = (
    "7 0 30 22 80 94 11 81 70 64 59 18 0 36 3 8 15 42 9 0 42 47 52 32 26 48 55 6 29 84 2 4 18 56 7 29 93 44 71 3 86 66 "
    "31 65 0 79 20 65 52 13"
)


def _problem(
    values: list[float], uses: Sequence[tuple[float, ...]], limits: list[float | None], **demands: object
) -> Problem:
    pairs = zip(values, uses, strict=True)
    candidates = tuple(Candidate(str(i), f"P{i}", value, use) for i, (value, use) in enumerate(pairs))
    names = ("budget", "work")
    return Problem(candidates, tuple(Limit(n, a) for n, a in zip(names, limits, strict=False)), **demands)  # type: ignore[arg-type]


def test_the_knapsack_of_or_tools() -> None:
    values, weights = ([float(number) for number in text.split()] for text in (_VALUES, _WEIGHTS))
    best = find_best(_problem(values, [(weight,) for weight in weights], [850.0]))
    assert best is not None
    assert (best.value, best.used, best.is_proven) == (7534.0, (850.0,), True)


def test_a_multiple_choice_knapsack_at_every_budget() -> None:
    values: list[list[float]] = [[0, 3, 10], [0, 4, 9], [0, 2, 7], [0, 5, 5.5]]
    costs: list[list[float]] = [[0, 1, 4], [0, 1, 3], [0, 1, 2], [0, 1, 4]]
    flat = [(float(v), (float(c),)) for vs, cs in zip(values, costs, strict=True) for v, c in zip(vs, cs, strict=True)]
    groups = tuple(frozenset(str(3 * row + place) for place in range(3)) for row in range(4))
    found = []
    for budget in range(12):
        best = find_best(_problem([v for v, _ in flat], [c for _, c in flat], [float(budget)], either=groups))
        assert best is not None
        found.append(best.value)
    assert found == [0, 5, 9, 12, 16, 19, 21, 24, 26, 26, 31, 31]


@st.composite
def _small_problems(draw: st.DrawFn) -> Problem:
    n = draw(st.integers(1, 7))
    values = draw(st.lists(st.integers(-5, 40), min_size=n, max_size=n))
    uses = draw(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 9)), min_size=n, max_size=n))
    limits = [draw(st.none() | st.integers(0, 60)), draw(st.none() | st.integers(0, 25))]
    keys = st.frozensets(st.sampled_from([str(i) for i in range(n)]), max_size=2)
    return _problem(
        [float(value) for value in values],
        [(float(a), float(b)) for a, b in uses],
        [None if limit is None else float(limit) for limit in limits],
        must=draw(keys),
        without=draw(keys),
        either=tuple(draw(st.lists(keys.filter(lambda group: len(group) > 1), max_size=2))) if n > 1 else (),
    )


def _every_set(problem: Problem) -> list[tuple[float, tuple[float, ...], frozenset[str]]]:
    """Each set that keeps all demands, by trying them all."""
    found = []
    subsets = chain.from_iterable(combinations(problem.candidates, n) for n in range(len(problem.candidates) + 1))
    for subset in subsets:
        keys = frozenset(candidate.key for candidate in subset)
        used = tuple(sum(candidate.uses[place] for candidate in subset) for place in range(2))
        is_within = not any(
            limit.amount is not None and exceeds(used[place], limit.amount)
            for place, limit in enumerate(problem.limits)
        )
        is_asked = problem.must <= keys and not keys & problem.without
        if is_within and is_asked and all(len(keys & group) <= 1 for group in problem.either):
            found.append((sum(candidate.value for candidate in subset), used, keys))
    return found


@given(_small_problems())
@settings(max_examples=120)
def test_it_is_the_best_of_all_sets(problem: Problem) -> None:
    every, best = _every_set(problem), find_best(problem)
    assert bool(every) == (best is not None) == (not infeasibility(problem))
    if best is None:
        return
    assert best.is_proven
    assert best.value == max(value for value, _, _ in every)
    assert (best.value, best.used, frozenset(best.keys)) in every
    as_good = [used for value, used, _ in every if value == best.value]
    assert not any(all(a <= b for a, b in zip(used, best.used, strict=True)) and used != best.used for used in as_good)


@given(_small_problems(), st.integers(0, 1), st.integers(1, 15))
@settings(max_examples=60)
def test_the_shadow_price_is_what_solving_again_says(problem: Problem, place: int, step: int) -> None:
    best, amount = find_best(problem), problem.limits[place].amount
    if best is None:
        return
    marginal = find_marginal(problem, best, place, float(step))
    if amount is None:
        assert marginal is None
        return
    assert marginal is not None
    limits = list(problem.limits)
    limits[place] = Limit(limits[place].name, amount + step)
    more = max(value for value, _, _ in _every_set(replace(problem, limits=tuple(limits))))
    assert marginal.gain == more - best.value
    if marginal.gain == 0:
        limits[place] = Limit(limits[place].name, None)
        free = _every_set(replace(problem, limits=tuple(limits)))
        better = [used[place] - amount for value, used, _ in free if value > best.value]
        assert marginal.least == (pytest.approx(min(better)) if better else None)


@given(_small_problems())
@settings(max_examples=60)
def test_a_tie_is_told_if_and_only_if_there_is_one(problem: Problem) -> None:
    best = find_best(problem)
    if best is None:
        return
    twin = find_twin(problem, best)
    n_as_good = sum(value == best.value for value, _, _ in _every_set(problem))
    assert (twin is not None) == (n_as_good > 1)
    if twin is not None:
        assert twin.value == best.value
        assert set(twin.keys) != set(best.keys)


def test_many_alike_are_solved_through_their_core() -> None:
    """More candidates than the core: those of one value for each euro, of which the budget holds a known number."""
    problem = _problem([7.0] * 300, [(2.0, 1.0)] * 300, [101.0, None])
    best = find_best(problem)
    assert best is not None
    assert (len(best.keys), best.value, best.is_proven) == (50, 350.0, True)


def test_the_core_does_not_change_the_optimum() -> None:
    values = [float((37 * i) % 101 + 3) for i in range(120)]
    uses = [(float((53 * i) % 97 + 5), float((29 * i) % 31 + 1)) for i in range(120)]
    best = find_best(_problem(values, uses, [900.0, 250.0]))
    assert best is not None
    assert best.value == _by_dynamic_programming(values, uses, 900, 250)


def _by_dynamic_programming(values: list[float], uses: Sequence[tuple[float, ...]], budget: int, work: int) -> float:
    import numpy as np

    table = np.zeros((budget + 1, work + 1))
    for value, (cost, days) in zip(values, uses, strict=True):
        a, b = int(cost), int(days)
        taken = table[: budget + 1 - a, : work + 1 - b] + value
        table[a:, b:] = np.maximum(table[a:, b:], taken)
    return float(table[budget, work])


def test_nothing_to_choose_from() -> None:
    assert find_best(Problem((), (Limit("budget", 10.0),))) == Choice((), 0.0, (0,), True)


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        ({"limits": (Limit("budget", -1.0),)}, "limit on budget must be from 0"),
        ({"limits": (Limit("budget", float("nan")),)}, "limit on budget must be from 0"),
        ({"candidates": (Candidate("a", "A", float("inf"), (1.0,)),)}, "worth of A is not a number"),
        ({"candidates": (Candidate("a", "A", 1.0, (-1.0,)),)}, "What A takes must be 0 or more"),
        ({"candidates": (Candidate("a", "A", 1.0, (1.0,)),) * 2}, "among the candidates twice"),
        ({"must": frozenset({"nobody"})}, "not among the candidates"),
    ],
)
def test_an_ill_posed_problem_is_refused_in_words(problem: dict[str, object], said: str) -> None:
    parts: dict[str, object] = {"candidates": (), "limits": (Limit("budget", 1.0),)} | problem
    with pytest.raises(InvalidInputError, match=said):
        Problem(**parts)  # type: ignore[arg-type]


@pytest.mark.parametrize("amount", [1e306, float("nan"), float("inf"), -1.0])
def test_a_limit_that_is_no_amount_is_refused(amount: float) -> None:
    with pytest.raises(InvalidInputError, match="to a million million"):
        _problem([1.0], [(1.0,)], [amount])
