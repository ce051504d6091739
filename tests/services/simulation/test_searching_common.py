"""A search says which limit ended it."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from services.simulation import searching_common
from services.simulation.cases import MOST_SETTINGS
from services.simulation.common_settings import CommonSettings
from services.simulation.searching_common import BY_COUNT, BY_TIME, Clock


def make_clock() -> tuple[Clock, Any]:
    settings = SimpleNamespace(n_tried=1, n_possible=10_000)
    return Clock(cast("CommonSettings", settings), lambda _share, _phase: None), settings


def test_a_search_that_goes_on_was_ended_by_nothing() -> None:
    clock, _ = make_clock()
    assert clock.start()()
    assert clock.ended_by == ""


def test_too_many_settings_are_no_lack_of_time() -> None:
    clock, settings = make_clock()
    is_wished = clock.start()
    settings.n_tried = MOST_SETTINGS
    assert not is_wished()
    assert clock.ended_by == BY_COUNT


def test_lack_of_time_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, settings = make_clock()
    is_wished = clock.start()
    monkeypatch.setattr(searching_common, "_MOST_SECONDS", -1.0)
    assert not is_wished()
    assert clock.ended_by == BY_TIME
    settings.n_tried = MOST_SETTINGS
    assert not is_wished()
    assert clock.ended_by == f"{BY_COUNT}, and {BY_TIME}"
