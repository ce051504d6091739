"""The rules of a round, searched exhaustively against a second statement of the policy.

Every world that can be reached in a few steps is visited, and in each of them every action of every person is compared
with `_policy_allows`, written independently of the rules. Each guard is then taken out in turn: the same search must
notice, or the search is decoration.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from services.errors import InvalidInputError, NotAllowedError, PortalError
from services.reviews import rules
from services.reviews.errors import AlreadyDecidedError, SelfApprovalError, StaleEvidenceError
from services.reviews.rules import ReviewState, Standing, Verdict

ALL = frozenset(rules.SECTIONS)
DEPTH = 7


@dataclass(frozen=True)
class Person:
    name: str
    is_member: bool = True
    may_sign: bool = True
    authored: str | None = None
    is_requester: bool = False


MANAGER = Person("manager")
SECOND = Person("second manager")
TURNED_MANAGER = Person("author who became manager", authored="edited the payoffs on 3 May")
STRANGER = Person("manager of another project", is_member=False)
SCIENTIST = Person("scientist", may_sign=False, authored="asked for this sign-off on 3 May", is_requester=True)
ADMIN = Person("administrator", may_sign=False)
PEOPLE = (MANAGER, SECOND, TURNED_MANAGER, STRANGER, SCIENTIST, ADMIN)


@dataclass(frozen=True)
class World:
    """One round: what was frozen, what the evidence is now, and what each person has seen of it."""

    tier: str
    state: ReviewState = ReviewState.IN_APPROVAL
    frozen: int = 1
    current: int = 1
    seen: tuple[tuple[str, int], ...] = ()  # the manifest on each person's screen
    readers: frozenset[str] = frozenset()  # who opened every section
    accepter: str = ""  # who accepted the interpretability of the model

    def standing(self, person: Person) -> Standing:
        return Standing(
            state=self.state,
            tier=self.tier,
            is_member=person.is_member,
            may_sign=person.may_sign,
            is_requester=person.is_requester,
            authored=person.authored,
            opened=ALL if person.name in self.readers else frozenset(),
            frozen_sha256=str(self.frozen),
            current_sha256=str(self.current),
            seen_sha256=str(dict(self.seen).get(person.name, 0)),
            is_understood=bool(self.accepter),
            accepted_it=self.accepter == person.name,
        )


Action = tuple[str, Person]
SILENT = ("look", "read")  # always possible, by anybody: they change only what a person has seen
DECISIONS = {verdict.value: verdict for verdict in Verdict}
ACTIONS = (*SILENT, *DECISIONS, "withdraw", "revoke", "edit", "ask again")


def _engine_allows(world: World, action: str, person: Person) -> bool:
    standing = world.standing(person)
    if action in DECISIONS:
        return rules.find_decision_refusal(standing, DECISIONS[action]) is None
    if action == "withdraw":
        return rules.find_withdrawal_refusal(standing) is None
    return action != "revoke" or rules.find_revocation_refusal(standing) is None


def _policy_allows(world: World, action: str, person: Person) -> bool:
    """The policy in one breath: who, on what, when."""
    waits, saw = world.state == "in_approval", dict(world.seen).get(person.name) == world.frozen
    signs = person in (MANAGER, SECOND)
    if action in DECISIONS:
        understood = world.accepter not in ("", person.name)
        ready = world.tier in ("low", "medium") or (person.name in world.readers and understood)
        return signs and waits and saw and world.current == world.frozen and (ready or action != "approve")
    if action == "withdraw":
        return person is SCIENTIST and waits
    return action != "revoke" or (signs and world.state == "approved")


def _after(world: World, action: str, person: Person) -> World:
    if action in DECISIONS:
        return replace(world, state=rules.OUTCOMES[DECISIONS[action]])
    if action == "look":
        return replace(world, seen=tuple(sorted({**dict(world.seen), person.name: world.frozen}.items())))
    if action == "read":
        return replace(world, readers=world.readers | {person.name})
    if action == "edit":
        return replace(world, current=world.current + 1)
    if action == "ask again":
        return replace(world, state=ReviewState.IN_APPROVAL, frozen=world.current, readers=frozenset())
    return replace(world, state=ReviewState.WITHDRAWN if action == "withdraw" else ReviewState.REVOKED)


def _explore(depth: int = DEPTH) -> Iterator[tuple[World, Action]]:
    """Every reachable world with every action of every person, breadth first, each world once."""
    everybody = frozenset(person.name for person in PEOPLE)
    seen = tuple(sorted((name, 1) for name in everybody))
    tiers = ("low", "medium", "high", "critical", "unheard of")
    accepters = ("", "peer", MANAGER.name)
    frontier = {World(tier) for tier in tiers} | {
        World(tier, seen=seen, readers=everybody, accepter=accepter) for tier in tiers for accepter in accepters
    }
    visited: set[World] = set()
    for _ in range(depth):
        visited |= frontier
        reached: set[World] = set()
        for world in frontier:
            for action in ACTIONS:
                for person in PEOPLE if action not in ("edit", "ask again") else (SCIENTIST,):
                    yield world, (action, person)
                    may_change = person in (MANAGER, TURNED_MANAGER, SCIENTIST) and world.current < 3
                    if may_change and _policy_allows(world, action, person):
                        reached.add(_after(world, action, person))
        frontier = reached - visited


def _find_disagreement() -> tuple[World, Action] | None:
    return next(
        ((world, act) for world, act in _explore() if _engine_allows(world, *act) != _policy_allows(world, *act)), None
    )


def test_the_rules_agree_with_the_policy_in_every_reachable_world() -> None:
    assert _find_disagreement() is None


def test_the_search_reaches_every_transition_often() -> None:
    fired = dict.fromkeys((*DECISIONS, "withdraw", "revoke"), 0)
    worlds = set()
    for world, (action, person) in _explore():
        worlds.add(world)
        if action in fired and _policy_allows(world, action, person):
            fired[action] += 1
    assert min(fired.values()) >= 20, fired
    assert len(worlds) > 500


GUARDS = [guard.__name__ for guard in (*rules.DECISION_GUARDS, *rules.APPROVAL_GUARDS)]


def _nobody(standing: Standing) -> PortalError | None:
    return None


@pytest.mark.parametrize("name", GUARDS)
def test_a_missing_guard_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for guards in ("DECISION_GUARDS", "APPROVAL_GUARDS"):
        kept = tuple(guard for guard in getattr(rules, guards) if guard.__name__ != name)
        monkeypatch.setattr(rules, guards, kept)
    assert _find_disagreement() is not None


Refusals = Callable[..., PortalError | None]


def _anybody_withdraws(standing: Standing) -> PortalError | None:
    return rules.refuse_strangers(standing) or rules.refuse_closed_rounds(standing)


def _late_withdrawal(standing: Standing) -> PortalError | None:
    return None if standing.is_requester else NotAllowedError("no")


def _authors_revoke(standing: Standing) -> PortalError | None:
    if not (standing.is_member and standing.may_sign) or standing.state != "approved":
        return NotAllowedError("no")
    return None


def _anything_is_revoked(standing: Standing) -> PortalError | None:
    return rules.refuse_roles_that_do_not_sign(standing) or rules.refuse_authors(standing)


@pytest.mark.parametrize(
    ("rule", "mutant"),
    [
        ("find_withdrawal_refusal", _anybody_withdraws),
        ("find_withdrawal_refusal", _late_withdrawal),
        ("find_revocation_refusal", _authors_revoke),
        ("find_revocation_refusal", _anything_is_revoked),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_a_weakened_rule_is_noticed(rule: str, mutant: Refusals, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, rule, mutant)
    assert _find_disagreement() is not None


@pytest.mark.parametrize(
    "policy",
    [
        dict.fromkeys(rules.SECTIONS_TO_OPEN, frozenset()),
        {**rules.SECTIONS_TO_OPEN, "critical": frozenset()},
        {**rules.SECTIONS_TO_OPEN, "medium": ALL},
    ],
    ids=["nobody reads", "critical is not read", "medium must be read"],
)
def test_a_changed_policy_is_noticed(policy: dict[str, frozenset[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "SECTIONS_TO_OPEN", policy)
    assert _find_disagreement() is not None


def _refusal(person: Person, **changes: object) -> PortalError | None:
    world = World("high", seen=((person.name, 1),), readers=frozenset({person.name}))
    return rules.find_decision_refusal(replace(world.standing(person), **changes), Verdict.APPROVE)  # type: ignore[arg-type]  # fields by name


def test_each_refusal_says_why() -> None:
    assert isinstance(_refusal(TURNED_MANAGER), SelfApprovalError)
    assert "you edited the payoffs on 3 May" in str(_refusal(TURNED_MANAGER))
    assert isinstance(_refusal(MANAGER, current_sha256="2"), StaleEvidenceError)
    assert isinstance(_refusal(MANAGER, state=ReviewState.APPROVED), AlreadyDecidedError)
    unopened = _refusal(MANAGER, opened=frozenset({"objective", "data", "model"}))
    assert isinstance(unopened, InvalidInputError)
    assert "Open Money and Explanation first" in unopened.sentence


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * (rules.REASON_LENGTH + 1)])
def test_a_reason_is_needed_and_finite(reason: str) -> None:
    with pytest.raises(InvalidInputError):
        rules.clean_reason(reason)
    assert rules.clean_reason(" because ") == "because"
