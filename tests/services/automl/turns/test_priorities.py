"""Which priorities a person may give."""

import pytest
from sqlmodel import Session

from services.automl.turns.priorities import priorities_to_give
from services.automl.turns.rule import Priority
from services.people.permissions import Role
from tests.makers import make_actor


@pytest.mark.parametrize(
    ("role", "current", "expected"),
    [
        (Role.DATA_SCIENTIST, "normal", ("low",)),
        (Role.DATA_SCIENTIST, "low", ("normal",)),
        (Role.DATA_SCIENTIST, "high", ()),
        (Role.MANAGER, "normal", ("low", "high")),
        (Role.MANAGER, "high", ("low", "normal")),
        (Role.ADMIN, "low", ()),
        (Role.BUSINESS, "normal", ()),
        (Role.AUDITOR, "low", ()),
    ],
)
def test_high_is_given_and_taken_by_those_who_may_put_runs_before_others(
    session: Session, role: Role, current: str, expected: tuple[Priority, ...]
) -> None:
    assert priorities_to_give(make_actor(session, role), current) == expected
