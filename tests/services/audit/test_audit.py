"""The audit chain: complete, ordered, and honest about the first broken event."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from db.session import reading, transaction
from services.audit.actor import SYSTEM
from services.audit.canonical import canonical_json, sha256_of
from services.audit.chain import GENESIS, event_hash, verify_chain
from services.audit.commands import record_event
from services.audit.queries import get_chain_report, iterate_events

plain_data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), plain_data))
def test_the_order_of_keys_does_not_change_a_hash(document: dict[str, Any]) -> None:
    assert sha256_of(document) == sha256_of(dict(reversed(document.items())))


def test_canonical_json_refuses_what_json_cannot_spell() -> None:
    assert canonical_json({"b": 1, "a": "é"}) == '{"a":"é","b":1}'.encode()
    with pytest.raises(ValueError, match="JSON"):
        canonical_json(float("nan"))


@pytest.mark.parametrize(
    "spellings", [(1, 1.0), (0, 0.0, -0.0), (10**16, 1e16), (10**22, 1e22), (-(10**300), -1e300), (2**53, 2.0**53)]
)
def test_equal_numbers_have_one_spelling(spellings: tuple[float, ...]) -> None:
    assert len({canonical_json({"a": [number]}) for number in spellings}) == 1


def test_different_numbers_and_truth_stay_different() -> None:
    assert len({canonical_json(value) for value in (1, True, 1.5, "1", 2**53 - 1, 2**53, 10**400)}) == 7


_NUMBERS = (1e16, -0.0, 1e22, -1e300, 5e-324, 0.1, 1e-7, 265.0, 2**60, 2**53 + 1)


def test_the_chain_survives_how_a_database_spells_numbers(engine: Engine) -> None:
    with transaction(engine) as session:
        for number in _NUMBERS:
            after = {"number": number, "list": [number]}
            record_event(session, actor=SYSTEM, action="a", object_type="o", object_id="1", after=after)
    with reading(engine) as session:
        report = get_chain_report(session)
    assert (report.is_intact, report.n_events) == (True, len(_NUMBERS))


def test_an_empty_chain_is_intact(engine: Engine) -> None:
    with reading(engine) as session:
        report = get_chain_report(session)
    assert report.is_intact
    assert (report.n_events, report.head_hash) == (0, GENESIS)


def test_writers_at_the_same_time_do_not_fork_the_chain(engine: Engine) -> None:
    def write(writer: int) -> None:
        for number in range(10):
            with transaction(engine) as session:
                record_event(session, actor=SYSTEM, action="tested", object_type="test", object_id=f"{writer}-{number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    with reading(engine) as session:
        report = get_chain_report(session)
        events = list(iterate_events(session))
    assert report.is_intact
    assert report.n_events == 80
    assert len({event["object_id"] for event in events}) == 80


def test_an_event_of_a_rolled_back_change_is_not_kept(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), transaction(engine) as session:
        record_event(session, actor=SYSTEM, action="tested", object_type="test", object_id="1")
        raise ZeroDivisionError
    with reading(engine) as session:
        assert get_chain_report(session).n_events == 0


def _chain(n: int) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    for number in range(1, n + 1):
        event: dict[str, Any] = {"id": number, "action": f"did {number}", "prev_hash": GENESIS}
        if events:
            event["prev_hash"] = events[-1]["hash"]
        events.append(event | {"hash": event_hash(event)})
    return events


@given(st.integers(1, 12).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n))))
def test_a_changed_event_is_named(case: tuple[int, int]) -> None:
    n, broken = case
    events = _chain(n)
    events[broken - 1]["action"] = "did something else"
    report = verify_chain(events)
    assert report.first_broken_id == broken
    assert "changed" in (report.fault or "")


@given(st.integers(2, 12).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n - 1))))
def test_a_removed_event_is_named(case: tuple[int, int]) -> None:
    n, missing = case
    events = _chain(n)
    del events[missing - 1]
    assert verify_chain(events).first_broken_id == missing


def test_swapped_and_rehashed_events_are_found() -> None:
    events = _chain(5)
    events[1], events[2] = events[2], events[1]
    assert verify_chain(events).first_broken_id == 2
    events = _chain(5)
    events[2]["action"] = "forged"
    events[2]["hash"] = event_hash(events[2])
    assert verify_chain(events).first_broken_id == 4
