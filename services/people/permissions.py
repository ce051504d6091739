"""Roles and permissions: one table, checked by every command and query. An admin right is not a decision right."""

from enum import StrEnum

from services.audit.actor import Actor
from services.errors import NotAllowedError


class Role(StrEnum):
    """What a person is in the organisation; the label is what they see."""

    BUSINESS = "business"
    DATA_SCIENTIST = "data_scientist"
    MANAGER = "manager"
    AUDITOR = "auditor"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        """In words, as shown beside a name."""
        return _LABELS[self]


_LABELS = {
    Role.BUSINESS: "business stakeholder",
    Role.DATA_SCIENTIST: "data scientist",
    Role.MANAGER: "manager",
    Role.AUDITOR: "auditor",
    Role.ADMIN: "administrator",
}


class Permission(StrEnum):
    """What can be allowed. The words complete "may not ..."."""

    SEE_PROJECT = "see projects"
    START_PROJECT = "start a project"
    INVITE_MEMBER = "bring people into a project"
    EDIT_OBJECTIVE = "change the objective"
    EDIT_VALUATION = "change what calls are worth"
    EDIT_DATA = "change the data"
    EDIT_DICTIONARY = "say what columns mean"
    LABEL = "label rows"
    CONNECT = "connect a database"
    START_RUN = "start or steer a model run"
    PRIORITIZE_RUNS = "put a model run before others"
    STEER_PORTFOLIO = "steer the portfolio"
    CHOOSE_THRESHOLD = "choose the threshold"
    SIMULATE = "try what levers would change"
    ASSESS_FAIRNESS = "compare how groups are treated"
    AGREE_TOLERANCE = "agree on the largest gap between groups"
    EXAMINE = "have a model checked"
    REQUEST_REVIEW = "ask for a sign-off"
    JUDGE = "judge an explanation"
    DECIDE = "sign"
    PREDICT = "ask a model for predictions"
    MANAGE_TOKENS = "issue API tokens"
    MANAGE_PEOPLE = "manage people"
    READ_AUDIT = "read the audit log"


_SEE = frozenset({Permission.SEE_PROJECT})
_WORK = _SEE | {Permission.START_PROJECT, Permission.INVITE_MEMBER, Permission.PREDICT}

PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.BUSINESS: _WORK
    | {
        Permission.EDIT_OBJECTIVE,
        Permission.EDIT_VALUATION,
        Permission.EDIT_DICTIONARY,
        Permission.LABEL,
        Permission.CHOOSE_THRESHOLD,
        Permission.SIMULATE,
        Permission.ASSESS_FAIRNESS,
        Permission.AGREE_TOLERANCE,
        Permission.EXAMINE,
        Permission.REQUEST_REVIEW,
        Permission.JUDGE,
        Permission.STEER_PORTFOLIO,
    },
    Role.DATA_SCIENTIST: _WORK
    | {
        Permission.EDIT_OBJECTIVE,
        Permission.EDIT_DATA,
        Permission.EDIT_DICTIONARY,
        Permission.LABEL,
        Permission.CONNECT,
        Permission.START_RUN,
        Permission.CHOOSE_THRESHOLD,
        Permission.SIMULATE,
        Permission.ASSESS_FAIRNESS,
        Permission.EXAMINE,
        Permission.REQUEST_REVIEW,
        Permission.JUDGE,
        Permission.MANAGE_TOKENS,
    },
    Role.MANAGER: _SEE
    | {
        Permission.DECIDE,
        Permission.JUDGE,
        Permission.ASSESS_FAIRNESS,
        Permission.AGREE_TOLERANCE,
        Permission.PREDICT,
        Permission.INVITE_MEMBER,
        Permission.READ_AUDIT,
        Permission.PRIORITIZE_RUNS,
        Permission.STEER_PORTFOLIO,
    },
    Role.AUDITOR: _SEE | {Permission.READ_AUDIT},
    Role.ADMIN: frozenset({Permission.MANAGE_PEOPLE, Permission.READ_AUDIT}),
    "system": frozenset(Permission) - {Permission.DECIDE, Permission.JUDGE},
}


def is_allowed(actor: Actor, permission: Permission) -> bool:
    """Whether the actor's role has the permission at all (membership of a project is checked beside it)."""
    return permission in PERMISSIONS.get(actor.role, frozenset())


def require(actor: Actor, permission: Permission) -> None:
    """Raise `NotAllowedError` with a sentence unless the actor's role has the permission."""
    if not is_allowed(actor, permission):
        role = Role(actor.role).label if actor.role in set(Role) else actor.role
        raise NotAllowedError(f"As {_a(role)} {role} you may not {permission}. Ask somebody whose role allows it.")


def _a(noun: str) -> str:
    return "an" if noun[:1] in "aeiou" else "a"
