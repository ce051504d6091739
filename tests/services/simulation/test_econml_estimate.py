"""The estimate of another library: there with its own interval where it is installed, and no trouble where not."""

import importlib.util
import sys
from importlib.metadata import PackageNotFoundError
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from services.simulation import econml_estimate
from services.simulation.econml_estimate import estimate_beside, is_installed
from services.simulation.lever_finding import BesideFound
from services.simulation.sentences import describe_missing_extra
from tests.makers_simulation import make_adjusted, make_lever_finding, make_report
from tests.services.simulation.test_adjusted import confounded


class StandIn:
    """As LinearDML is called; it says 2, between 1 and 3, or cannot say."""

    asked: dict[str, Any]
    refuses: Exception | None = None

    def __init__(self, **settings: Any) -> None:
        StandIn.asked = dict(settings)

    def fit(self, outcomes: np.ndarray, lever: np.ndarray, *, X: None, W: np.ndarray) -> None:  # noqa: N803
        if StandIn.refuses:
            raise StandIn.refuses
        StandIn.asked |= {"shapes": (outcomes.shape, lever.shape, W.shape), "X": X}

    def ate(self, *, T0: float, T1: float) -> float:  # noqa: N803
        return 2.0 * (T1 - T0)

    def ate_interval(self, *, T0: float, T1: float, alpha: float) -> tuple[np.ndarray, np.ndarray]:  # noqa: N803
        StandIn.asked["alpha"] = alpha
        return np.array([T1 - T0]), np.array([3.0 * (T1 - T0)])


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> type[StandIn]:
    library, dml = ModuleType("econml"), ModuleType("econml.dml")
    dml.LinearDML = StandIn  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "econml", library)
    monkeypatch.setitem(sys.modules, "econml.dml", dml)
    monkeypatch.setattr(econml_estimate, "is_installed", lambda: True)
    monkeypatch.setattr(econml_estimate, "version", lambda _name: "9.9")
    monkeypatch.setattr(StandIn, "refuses", None)
    return StandIn


def test_its_own_interval_is_passed_on_and_all_controls_are_given(stand_in: type[StandIn]) -> None:
    y, t, w = confounded(0, n=300)
    found = estimate_beside(y, t, w, seed=4)
    assert found == BesideFound("LinearDML of econml 9.9", 2.0, 1.0, 3.0)
    assert stand_in.asked["shapes"] == ((300,), (300,), (300, 2))
    assert stand_in.asked["alpha"] == pytest.approx(0.05)
    assert (stand_in.asked["random_state"], stand_in.asked["X"]) == (4, None)
    assert found.sentence == ("LinearDML of econml 9.9 says +2 of the same cases, 19 times in 20 between +1 and +3.")


@pytest.mark.parametrize("error", [ValueError, AttributeError, RuntimeError, np.linalg.LinAlgError, MemoryError])
def test_where_it_cannot_say_ours_stands_alone(
    stand_in: type[StandIn],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: type[Exception],
) -> None:
    monkeypatch.setattr(stand_in, "refuses", error("row 7 says 0007-AX"))
    assert estimate_beside(*confounded(0, n=300), seed=0) is None
    assert error.__name__ in caplog.text
    assert "0007-AX" not in caplog.text


class Broken(ModuleType):
    """An install of which a part is of another version."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"module 'numpy' has no attribute '{name}'") if name.startswith("__") else OSError(name)


def test_a_broken_install_is_as_none(stand_in: type[StandIn], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "econml.dml", Broken("econml.dml"))
    assert estimate_beside(*confounded(0, n=300), seed=0) is None


def test_an_install_without_its_version_is_as_none(stand_in: type[StandIn], monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(econml_estimate, "version", missing)
    assert estimate_beside(*confounded(0, n=300), seed=0) is None


def test_where_it_is_not_installed_nothing_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert not is_installed()
    assert estimate_beside(*confounded(0, n=300), seed=0) is None


def test_the_real_one_holds_the_truth_where_it_is_installed() -> None:
    found = estimate_beside(*confounded(0, n=1_000), seed=0)
    assert (found is None) == (not is_installed())
    assert found is None or found.low < 2 < found.high


def test_what_it_would_add_is_said_only_where_an_estimate_stands_alone() -> None:
    beside = BesideFound("LinearDML of econml 9.9", 2.0, 1.0, 3.0)
    alone, both = (make_lever_finding(grade="B", adjusted=make_adjusted(beside=one)) for one in (None, beside))
    assert "extra `econml`" in str(describe_missing_extra(make_report(levers=(alone,))))
    assert describe_missing_extra(make_report(levers=(both,))) is None
    assert describe_missing_extra(make_report()) is None
    assert both.adjusted is not None
    assert both.adjusted.told.endswith("between +1 and +3.")
