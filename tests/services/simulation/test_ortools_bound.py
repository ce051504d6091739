"""The bound of other solvers: above everything that keeps the limits, and no trouble where they are not installed."""

import importlib.util
import itertools
import sys
import time
from importlib.metadata import PackageNotFoundError
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from services.simulation import ortools_bound
from services.simulation.allocation import allocate
from services.simulation.ortools_bound import Bound, bound_beside, is_installed
from tests.services.simulation.test_allocation import TABLE_COSTS, TABLE_VALUES

ALL = np.ones(TABLE_VALUES.shape, dtype=bool)
NEEDS = TABLE_COSTS[:, :, None]
Problem = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


class LinearStandIn:
    """As PDLP is called; the prices are those of another program, or what the test says they are."""

    asked: Any
    how: Any
    duals: np.ndarray | None = None
    refuses: Exception | None = None

    @staticmethod
    def solve(asked: Any, how: Any) -> SimpleNamespace:
        LinearStandIn.asked, LinearStandIn.how = asked, how
        if LinearStandIn.refuses:
            raise LinearStandIn.refuses
        lower, upper, matrix = asked.constraint_lower_bounds, asked.constraint_upper_bounds, asked.constraint_matrix
        is_equal = lower == upper
        assert (lower[~is_equal] == -np.inf).all()
        found = linprog(
            asked.objective_vector,
            A_ub=matrix[~is_equal],
            b_ub=upper[~is_equal],
            A_eq=matrix[is_equal],
            b_eq=upper[is_equal],
            bounds=np.column_stack([asked.variable_lower_bounds, asked.variable_upper_bounds]),
        )
        duals = np.zeros(len(lower))
        duals[is_equal], duals[~is_equal] = found.eqlin.marginals, found.ineqlin.marginals
        return SimpleNamespace(dual_solution=duals if LinearStandIn.duals is None else LinearStandIn.duals)


class Sum:
    """Whole numbers times what is taken."""

    def __init__(self, weights: list[int], most: int | None = None) -> None:
        assert all(type(one) is int for one in weights)
        self.weights, self.most = weights, most

    @classmethod
    def weighted_sum(cls, taken: list[int], weights: list[int]) -> "Sum":
        assert taken == list(range(len(weights)))
        return cls(weights)

    def __le__(self, most: int) -> "Sum":
        assert type(most) is int
        return Sum(self.weights, most)


class WholeModel:
    """As a model of CP-SAT is built."""

    def __init__(self) -> None:
        self.n, self.groups, self.limits = 0, list[list[int]](), list[Sum]()
        self.goal = Sum([])

    def new_bool_var(self, name: str) -> int:
        self.n += 1
        return self.n - 1

    def add_exactly_one(self, group: list[int]) -> None:
        assert len(group) > 1
        self.groups.append(group)

    def add(self, limit: Sum) -> None:
        self.limits.append(limit)

    def minimize(self, goal: Sum) -> None:
        self.goal = goal


class WholeStandIn:
    """As CP-SAT is asked: it tries everything, or has no time to."""

    asked: Any = None
    has_time = True

    def __init__(self) -> None:
        self.parameters, self.best_objective_bound = SimpleNamespace(), 0.0

    def solve(self, model: WholeModel) -> int:
        WholeStandIn.asked = self.parameters
        if not WholeStandIn.has_time:
            return 0
        goals = [
            sum(model.goal.weights[one] for one in chosen)
            for chosen in itertools.product(*model.groups)
            if all(sum(limit.weights[one] for one in chosen) <= (limit.most or 0) for limit in model.limits)
        ]
        self.best_objective_bound = float(min(goals, default=0))
        return 4 if goals else 3


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("ortools", "ortools.pdlp", "ortools.pdlp.python", "ortools.sat", "ortools.sat.python")
    modules: dict[str, Any] = {name: ModuleType(name) for name in names}
    until = {"termination_criteria": SimpleNamespace(simple_optimality_criteria=SimpleNamespace())}
    modules["ortools.pdlp"].solvers_pb2 = SimpleNamespace(
        PrimalDualHybridGradientParams=lambda **given: SimpleNamespace(**given, **until)
    )
    modules["ortools.pdlp.python"].pdlp = SimpleNamespace(
        QuadraticProgram=SimpleNamespace, primal_dual_hybrid_gradient=LinearStandIn.solve
    )
    modules["ortools.sat.python"].cp_model = SimpleNamespace(
        CpModel=WholeModel, CpSolver=WholeStandIn, LinearExpr=Sum, UNKNOWN=0, FEASIBLE=2, INFEASIBLE=3, OPTIMAL=4
    )
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(ortools_bound, "is_installed", lambda: True)
    monkeypatch.setattr(ortools_bound, "version", lambda _name: "9.9")
    monkeypatch.setattr(LinearStandIn, "refuses", None)
    monkeypatch.setattr(LinearStandIn, "duals", None)
    monkeypatch.setattr(WholeStandIn, "has_time", True)
    monkeypatch.setattr(WholeStandIn, "asked", None)


def small(seed: int, n_most: int = 5) -> Problem:
    """A few cases with up to four actions, some not to be taken; numbers whole or not, limits none to ample."""
    random = np.random.default_rng(seed)
    n, k, r = random.integers(1, n_most + 1), random.integers(1, 5), random.integers(1, 3)
    is_whole = random.random() < 0.5
    values = random.integers(-5, 20, (n, k)) if is_whole else random.normal(3, 8, (n, k))
    needs = random.integers(0, 7, (n, k, r)) if is_whole else random.gamma(1, 3, (n, k, r))
    needs[:, 0] = 0
    limits = random.choice([0.0, 1.0, 7.5, 1e4, np.inf], r)
    supported = random.random((n, k)) < 0.8
    supported[:, 0] = True
    return values.astype(float), needs.astype(float), limits, supported


def worths_of(values: np.ndarray, needs: np.ndarray, limits: np.ndarray, supported: np.ndarray) -> list[float]:
    """What each choice within the limits is worth, the best first."""
    rows = np.arange(len(values))
    found = [
        float(values[rows, choice].sum())
        for choice in map(np.array, itertools.product(range(values.shape[1]), repeat=len(values)))
        if supported[rows, choice].all() and (needs[rows, choice].sum(axis=0) <= limits).all()
    ]
    return sorted(found, reverse=True)


def asked(problem: Problem, at_hand: float) -> Bound | None:
    values, needs, limits, supported = problem
    return bound_beside(values, needs, limits, supported=supported, at_hand=at_hand)


@pytest.mark.usefixtures("stand_in")
@pytest.mark.parametrize(("budget", "value"), list(enumerate([0, 5, 9, 12, 16, 19, 21, 24, 26, 26, 31, 31])))
def test_the_published_table_is_settled_whatever_is_at_hand(budget: float, value: float) -> None:
    for at_hand in (value, 0.0, -4.0):
        found = asked((TABLE_VALUES, NEEDS, np.array([budget]), ALL), at_hand)
        assert found is not None
        assert found.amount == pytest.approx(value, abs=1e-6)
        assert found.is_best
        assert found.method in ("CP-SAT of OR-Tools 9.9", "PDLP of OR-Tools 9.9")


@pytest.mark.usefixtures("stand_in")
def test_both_are_asked_politely() -> None:
    found = asked((TABLE_VALUES, NEEDS, np.array([2.0]), ALL), 5.0)
    assert found is not None
    assert LinearStandIn.how.num_threads == WholeStandIn.asked.num_workers == 1
    assert LinearStandIn.how.termination_criteria.time_sec_limit == 10
    assert 1 <= WholeStandIn.asked.max_time_in_seconds <= 10
    assert not WholeStandIn.asked.catch_sigint_signal


@pytest.mark.usefixtures("stand_in")
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 100_000), st.floats(0, 10))
def test_nothing_within_the_limits_is_above_the_bound(seed: int, short_of: float) -> None:
    problem = small(seed)
    best = worths_of(*problem)[0]
    found = asked(problem, best - short_of)
    assert found is not None
    assert found.amount == pytest.approx(best, abs=1e-5)
    assert found.is_best


@pytest.mark.usefixtures("stand_in")
def test_what_falls_away_is_never_part_of_something_better() -> None:
    """Of each of 150 problems the best is found from one of the next best, which leaves little open."""
    for seed in range(150):
        problem = small(seed, n_most=6)
        best, *others = worths_of(*problem)
        for at_hand in others[:3]:
            found = asked(problem, at_hand)
            assert found is not None
            assert found.amount == pytest.approx(best, abs=1e-5), seed


@pytest.mark.usefixtures("stand_in")
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 100_000))
def test_it_holds_at_any_prices_as_where_time_was_over(seed: int) -> None:
    problem = small(seed)
    random, best = np.random.default_rng(seed), worths_of(*problem)[0]
    with pytest.MonkeyPatch.context() as patch:
        n = len(problem[0]) + int(np.isfinite(problem[2]).sum())
        patch.setattr(LinearStandIn, "duals", random.normal(0, 2, n))
        patch.setattr(WholeStandIn, "has_time", False)
        found = asked(problem, best)
        assert found is not None
        assert found.amount >= best - 1e-9
        patch.setattr(WholeStandIn, "has_time", True)
        found = asked(problem, best)
        assert found is not None
        assert found.amount == pytest.approx(best, abs=1e-5)


@pytest.mark.usefixtures("stand_in")
def test_more_than_can_be_had_is_not_believed() -> None:
    """As where an allocation breaks a limit: the bound is that of all, not of those that could reach it."""
    found = asked((TABLE_VALUES, NEEDS, np.array([6.0]), ALL), 30.0)
    assert found is not None
    assert found.amount == pytest.approx(21)


@pytest.mark.usefixtures("stand_in")
def test_where_much_is_open_the_prices_are_all_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ortools_bound, "_MOST_OPEN", 3)
    found = asked((TABLE_VALUES, NEEDS, np.array([7.0]), ALL), 20.0)
    assert found is not None
    assert found.method == "PDLP of OR-Tools 9.9"
    assert not found.is_best
    assert 24 <= found.amount < 26
    assert WholeStandIn.asked is None


@pytest.mark.usefixtures("stand_in")
def test_beyond_a_size_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ortools_bound, "MOST_PAIRS", 11)
    assert asked((TABLE_VALUES, NEEDS, np.array([2.0]), ALL), 9.0) is None
    fewer = ALL.copy()
    fewer[0, 2] = False
    assert asked((TABLE_VALUES, NEEDS, np.array([2.0]), fewer), 9.0) is not None


@pytest.mark.usefixtures("stand_in")
@pytest.mark.parametrize("error", [ValueError, AttributeError, RuntimeError, TypeError, MemoryError])
def test_where_it_cannot_say_ours_stands_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: type[Exception]
) -> None:
    monkeypatch.setattr(LinearStandIn, "refuses", error("row 7 says 0007-AX"))
    assert asked((TABLE_VALUES, NEEDS, np.array([2.0]), ALL), 9.0) is None
    assert error.__name__ in caplog.text
    assert "0007-AX" not in caplog.text


@pytest.mark.usefixtures("stand_in")
def test_prices_that_are_no_numbers_are_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LinearStandIn, "duals", np.full(5, np.nan))
    assert asked((TABLE_VALUES, NEEDS, np.array([2.0]), ALL), 9.0) is None


@pytest.mark.usefixtures("stand_in")
def test_a_broken_install_is_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ortools.pdlp.python", ModuleType("ortools.pdlp.python"))
    assert asked((TABLE_VALUES, NEEDS, np.array([2.0]), ALL), 9.0) is None


@pytest.mark.usefixtures("stand_in")
def test_an_install_without_its_version_is_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(ortools_bound, "version", missing)
    assert asked((TABLE_VALUES, NEEDS, np.array([2.0]), ALL), 9.0) is None


def test_where_it_is_not_installed_nothing_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert not is_installed()
    assert asked((TABLE_VALUES, NEEDS, np.array([2.0]), ALL), 9.0) is None


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 100_000))
def test_the_real_one_finds_the_best_of_all_where_it_is_installed(seed: int) -> None:
    problem = small(seed)
    best = worths_of(*problem)[0]
    found = asked(problem, best)
    assert (found is None) == (not is_installed())
    assert found is None or found.amount == pytest.approx(best, abs=1e-5)


@pytest.mark.parametrize("n_limits", [1, 2])
def test_the_real_one_bounds_many_cases_in_bounded_time_where_it_is_installed(n_limits: int) -> None:
    random = np.random.default_rng(3)
    needs = random.gamma(2, 10, (4_000, 6, n_limits))
    values = needs.mean(axis=2) + random.normal(0, 10, (4_000, 6))
    values[:, 0], needs[:, 0] = 0, 0
    limits = 0.1 * needs.max(axis=1).sum(axis=0)
    ours, began = allocate(values, needs, limits), time.perf_counter()
    found = asked((values, needs, limits, np.ones(values.shape, dtype=bool)), ours.value)
    assert (found is None) == (not is_installed())
    assert found is None or 0.9999 * ours.value <= found.amount <= 1.0001 * ours.bound
    assert time.perf_counter() - began < 60  # of about 10: the machine may be busy
