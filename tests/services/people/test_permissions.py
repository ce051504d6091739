"""Who may do what: the whole table, written out once more by hand."""

import pytest

from services.audit.actor import SYSTEM, Actor
from services.errors import NotAllowedError
from services.people.permissions import Permission, Role, is_allowed, require

P = Permission
EXPECTED: dict[Permission, set[Role]] = {
    P.SEE_PROJECT: {Role.BUSINESS, Role.DATA_SCIENTIST, Role.MANAGER, Role.AUDITOR},
    P.START_PROJECT: {Role.BUSINESS, Role.DATA_SCIENTIST},
    P.INVITE_MEMBER: {Role.BUSINESS, Role.DATA_SCIENTIST, Role.MANAGER},
    P.EDIT_OBJECTIVE: {Role.BUSINESS, Role.DATA_SCIENTIST},
    P.EDIT_VALUATION: {Role.BUSINESS},
    P.EDIT_DATA: {Role.DATA_SCIENTIST},
    P.EDIT_DICTIONARY: {Role.BUSINESS, Role.DATA_SCIENTIST},
    P.LABEL: {Role.BUSINESS, Role.DATA_SCIENTIST},
    P.CONNECT: {Role.DATA_SCIENTIST},
    P.START_RUN: {Role.DATA_SCIENTIST},
    P.PRIORITIZE_RUNS: {Role.MANAGER},
    P.STEER_PORTFOLIO: {Role.BUSINESS, Role.MANAGER},
    P.CHOOSE_THRESHOLD: {Role.BUSINESS, Role.DATA_SCIENTIST},
    P.SIMULATE: {Role.BUSINESS, Role.DATA_SCIENTIST},
    P.ASSESS_FAIRNESS: {Role.BUSINESS, Role.DATA_SCIENTIST, Role.MANAGER},
    P.AGREE_TOLERANCE: {Role.BUSINESS, Role.MANAGER},
    P.EXAMINE: {Role.BUSINESS, Role.DATA_SCIENTIST},
    P.REQUEST_REVIEW: {Role.BUSINESS, Role.DATA_SCIENTIST},
    P.JUDGE: {Role.BUSINESS, Role.DATA_SCIENTIST, Role.MANAGER},
    P.DECIDE: {Role.MANAGER},
    P.PREDICT: {Role.BUSINESS, Role.DATA_SCIENTIST, Role.MANAGER},
    P.MANAGE_TOKENS: {Role.DATA_SCIENTIST},
    P.MANAGE_PEOPLE: {Role.ADMIN},
    P.READ_AUDIT: {Role.MANAGER, Role.AUDITOR, Role.ADMIN},
}


def _actor(role: str) -> Actor:
    return Actor("u", "Ana", role)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_every_cell_of_the_table_is_meant(permission: Permission, role: Role) -> None:
    actor = _actor(role)
    expected = role in EXPECTED[permission]
    assert is_allowed(actor, permission) is expected
    if not expected:
        with pytest.raises(NotAllowedError, match=role.label):
            require(actor, permission)


def test_managing_people_is_no_right_to_decide() -> None:
    assert not EXPECTED[P.MANAGE_PEOPLE] & EXPECTED[P.DECIDE]
    assert not EXPECTED[P.EDIT_VALUATION] & EXPECTED[P.DECIDE]


def test_the_portal_itself_never_signs() -> None:
    assert not is_allowed(SYSTEM, Permission.DECIDE)
    assert not is_allowed(SYSTEM, Permission.JUDGE)


@pytest.mark.parametrize("role", ["", "owner", "ADMIN", "system "])
def test_an_unknown_role_may_do_nothing(role: str) -> None:
    assert not any(is_allowed(_actor(role), permission) for permission in Permission)
