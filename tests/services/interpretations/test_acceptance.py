"""Who may decide whether a model is understood, searched exhaustively against a second statement of the policy."""

from itertools import product

import pytest

from services.errors import InvalidInputError
from services.interpretations import acceptance
from services.interpretations.acceptance import (
    DISPUTED,
    STALE,
    Standing,
    Verdict,
    find_refusal,
    parse_verdict,
    state_now,
)

WORLDS = [Standing(*facts) for facts in product((True, False), (True, False), (True, False), (0, 1, 2), (0, 1, 3))]


def _policy_allows(world: Standing, verdict: Verdict | None) -> bool:
    judges = world.has_answered and not world.is_maker
    clear = world.is_additive and world.n_unanswered + world.n_blocking == 0
    return judges and (clear or verdict is not Verdict.ACCEPTED)


def _disagreements() -> list[tuple[Standing, Verdict | None]]:
    return [
        (world, verdict)
        for world in WORLDS
        for verdict in (None, *Verdict)
        if (find_refusal(world, verdict) is None) != _policy_allows(world, verdict)
    ]


def test_the_rules_agree_with_the_policy_in_every_world() -> None:
    assert _disagreements() == []


@pytest.mark.parametrize("name", [guard.__name__ for guard in (*acceptance.GUARDS, *acceptance.ACCEPTANCE_GUARDS)])
def test_a_missing_guard_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for guards in ("GUARDS", "ACCEPTANCE_GUARDS"):
        kept = tuple(guard for guard in getattr(acceptance, guards) if guard.__name__ != name)
        monkeypatch.setattr(acceptance, guards, kept)
    assert _disagreements()


@pytest.mark.parametrize(("n", "words"), [(1, "1 vote of no stands"), (2, "2 votes of no stand")])
def test_what_stands_in_the_way_is_counted(n: int, words: str) -> None:
    refusal = acceptance.refuse_standing_objections(Standing(False, True, n_blocking=n))
    assert refusal is not None
    assert words in refusal.sentence


def test_a_decision_is_stale_first_then_disputed_then_what_it_was() -> None:
    assert state_now("accepted", is_replaced=True, n_blocking=2) == STALE
    assert state_now("accepted", is_replaced=False, n_blocking=1) == DISPUTED
    assert state_now("not_accepted", is_replaced=False, n_blocking=1) == "not_accepted"
    assert state_now("accepted", is_replaced=False, n_blocking=0) == "accepted"


@pytest.mark.parametrize("verdict", ["", "None", "stale", "ACCEPTED"])
def test_a_verdict_that_is_none_is_refused(verdict: str) -> None:
    with pytest.raises(InvalidInputError, match="accepted or not accepted"):
        parse_verdict(verdict)
