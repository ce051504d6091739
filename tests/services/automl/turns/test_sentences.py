"""Turns in words."""

from dataclasses import replace

import pytest

from services.automl.turns.sentences import describe_turn
from services.automl.turns.views import TurnView

ALONE = TurnView(position=1, n_waiting=1, n_workers=1, n_places=2, priority="normal", is_over_quota=False)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Normal priority · the next free place is its · 1 run without a place yet · 2 places on 1 worker"),
        ({"position": 2}, "1 run before it"),
        ({"position": 4, "n_waiting": 3}, "3 runs before it · 3 runs without a place yet"),
        ({"position": None, "n_waiting": 0, "priority": "high"}, "High priority · 2 places on 1 worker"),
        ({"n_places": 0, "n_workers": 0, "n_waiting": 0}, "Normal priority · the next free place is its"),
        ({"is_over_quota": True}, "the worker time of a day is used up, so others of the same priority come first"),
    ],
)
def test_a_turn_says_when_and_among_how_many(changes: dict[str, object], words: str) -> None:
    assert words in describe_turn(replace(ALONE, **changes))  # type: ignore[arg-type]
