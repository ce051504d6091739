"""The audit log in words."""

import re
from pathlib import Path

import pytest

from services.portfolio.history import describe_event, is_described

ROOT = Path(__file__).resolve().parents[3]
ACTION = re.compile(r'(?:action=|, )"([a-z_]+\.[a-z_]+)"')


def _recorded_actions() -> set[str]:
    sources = (path for floor in ("services", "portal") for path in (ROOT / floor).rglob("*.py"))
    texts = (path.read_text() for path in sources if "record" in path.read_text())
    return {action for text in texts for action in ACTION.findall(text)}


@pytest.mark.parametrize("action", sorted(_recorded_actions()))
def test_every_event_that_is_recorded_has_a_sentence(action: str) -> None:
    assert is_described(action)


@pytest.mark.parametrize("end", ["feature_suggested", "suggestion_taken", "suggestion_declined"])
def test_what_became_of_a_suggested_column_is_told_with_its_name(end: str) -> None:
    assert is_described(f"dataset.{end}")
    assert describe_event(f"dataset.{end}", {"name": "per month"}).endswith("per month.")


def test_a_later_version_is_named() -> None:
    assert describe_event("valuation.saved", {"version": 1}) == "Said what right and wrong calls are worth."
    assert describe_event("valuation.saved", {"version": 3}) == "Said what right and wrong calls are worth, version 3."


def test_an_unknown_event_is_still_a_sentence() -> None:
    assert describe_event("data_source.was_read", None) == "Data source: was read."


def test_a_restriction_names_the_kinds_or_that_it_was_taken_back() -> None:
    assert describe_event("run.restricted", {"families": ["linear", "lightgbm"]}) == (
        "Let the search try only linear model and gradient boosting from here on."
    )
    assert describe_event("run.restricted", {"families": []}) == "Let the search try every kind of model again."
