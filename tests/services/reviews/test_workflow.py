"""Sign-off as a whole, walked at random on a real database beside a small model of what must happen.

Actors are drawn three to one from those who are entitled, so that the interesting transitions happen; how often each of
them did is asserted, because a walk that approves nothing proves nothing. Then single protections are taken out of the
services: the same walk must notice each.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, func, select

from db.tables import AuditEvent, Decision, Deployment, EvidenceAuthor, Project, Review
from services.audit.actor import Actor
from services.deployments import queries as deployments
from services.errors import PortalError
from services.people.permissions import Role
from services.reviews import commands, rules
from services.reviews.rules import SECTIONS, ReviewState, Standing
from tests.makers import make_actor
from tests.makers_interpretations import skip
from tests.makers_reviews import Case, edit_objective, edit_payoffs, edit_threshold, join, make_case, understand

VERDICTS = {"approve": "approved", "request_changes": "changes_requested", "reject": "rejected"}
EDITS = ("objective", "payoffs", "threshold")
SIGNERS = ["manager", "second"] * 6 + ["turned", "turned", "stranger", "scientist"]  # three to one
ASKERS = ["business", "scientist"] * 3 + ["manager", "stranger"]
VERDICTS_DRAWN = ["approve", "approve", "request_changes", "reject"]
TRANSITIONS = ("asked", "superseded", *VERDICTS.values(), "withdrawn", "revoked", "refused", "stale refused")


@dataclass
class Round:
    """What the model of the walk knows of one round."""

    review: Review
    evidence: int
    state: str = "in_approval"


class Walk:
    """One project at high risk, one model, seven people; the database is rolled back after each walk."""

    def __init__(self, session: Session, fired: Counter[str]) -> None:
        self.session, self.fired = session, fired
        self.case: Case = make_case(session)
        project = self.session.get_one(Project, self.case.project_id)
        project.risk_tier = "high"
        self.session.add(project)
        self.people = self._people()
        understand(session, self.case)
        for manager in ("manager", "second"):
            skip(session, self.people[manager], self.case.model)
        self.rounds: list[Round] = []
        self.screens: dict[str, Round] = {}
        self.read: set[tuple[str, str]] = set()
        self.evidence = 0
        self.n_events = 0

    def _people(self) -> dict[str, Actor]:
        case, session = self.case, self.session
        turned = join(session, case.project_id, make_actor(session, Role.MANAGER))
        edit_payoffs(session, case.project_id, turned)
        return {
            "manager": case.manager,
            "second": join(session, case.project_id, make_actor(session, Role.MANAGER)),
            "turned": turned,
            "stranger": case.stranger,
            "business": case.business,
            "scientist": case.scientist,
            "admin": join(session, case.project_id, make_actor(session, Role.ADMIN)),
        }

    def step(self, chance: Random) -> None:
        """One thing one person tries; mostly somebody who may."""
        signer, asker = chance.choice(SIGNERS), chance.choice(ASKERS)
        verdict = chance.choice(VERDICTS_DRAWN)
        actions: dict[Callable[[], None], int] = {
            lambda: self.ask(asker): 3,
            lambda: self.look(signer): 1,
            lambda: self.decide(signer, verdict, looks=chance.random() < 0.7, reads=chance.random() < 0.7): 5,
            lambda: self.bring_to_a_decision(chance.choice(ASKERS[:2]), chance.choice(SIGNERS[:2]), verdict): 4,
            lambda: self.withdraw(asker): 1,
            lambda: self.ask_and_withdraw(asker): 2,
            lambda: self.decide_too_late(signer, verdict): 2,
            lambda: self.revoke(signer): 3,
            lambda: self.edit(chance.choice(EDITS)): 3,
        }
        chance.choices(list(actions), weights=list(actions.values()))[0]()
        self.every_round_is_where_it_must_be()
        self.the_model_answers_only_under_a_true_approval()
        self.nobody_decided_on_their_own_evidence()
        self.each_transition_left_one_event_and_one_release_is_open()

    def ask(self, who: str) -> None:
        latest = [round_ for round_ in self.rounds if round_.state in ("in_approval", "approved")]
        is_repeated = any(round_.evidence == self.evidence for round_ in latest)
        may = who in ("business", "scientist") and not is_repeated
        review = self._try(
            may,
            lambda: commands.request_review(
                self.session, actor=self.people[who], model_id=self.case.model.id, question="May it decide?"
            ),
        )
        if review is None:
            return
        self._move(("in_approval",), "superseded")
        self.rounds.append(Round(review, self.evidence))
        self.fired["asked"] += 1

    def look(self, who: str) -> None:
        if self.rounds:
            self.screens[who] = self.rounds[-1]

    def _read_everything(self, who: str) -> None:
        shown = self.rounds[-1]
        may = who in ("manager", "second") and shown.state == "in_approval" and shown.evidence == self.evidence
        for section in SECTIONS:
            with suppress(PortalError):
                noted = commands.record_opening(
                    self.session, actor=self.people[who], review_id=shown.review.id, section=section
                )
                assert not noted or may
                self.n_events += noted
        if may:
            self.read.add((who, shown.review.id))

    def bring_to_a_decision(self, asker: str, who: str, verdict: str) -> None:
        """As it should go: new evidence, a question, a reader, a decision."""
        self.edit("payoffs")
        self.ask(asker)
        self.decide(who, verdict, looks=True, reads=True)

    def decide(self, who: str, verdict: str, *, looks: bool, reads: bool) -> None:
        """On what is on the person's screen, which may be an old round, read or unread."""
        if self.rounds and looks:
            self.screens[who] = self.rounds[-1]
        if self.rounds and reads:
            self._read_everything(who)
        shown = self.screens.get(who)
        if shown is None:
            return
        is_stale = shown.evidence != self.evidence
        has_read = verdict != "approve" or (who, shown.review.id) in self.read
        may = who in ("manager", "second") and shown.state == "in_approval" and not is_stale and has_read
        decided = self._try(
            may,
            lambda: commands.decide(
                self.session,
                actor=self.people[who],
                review_id=shown.review.id,
                verdict=verdict,
                reason="Because",
                manifest_sha256=shown.review.manifest_sha256,
            ),
        )
        if decided is None:
            self.fired["stale refused"] += is_stale and shown.state == "in_approval"
            return
        if verdict == "approve":
            self._move(("approved",), "superseded")
        shown.state = VERDICTS[verdict]
        self.fired[shown.state] += 1

    def ask_and_withdraw(self, who: str) -> None:
        """A change of mind."""
        self.edit("objective")
        self.ask(who)
        self.withdraw(who)

    def decide_too_late(self, who: str, verdict: str) -> None:
        """Everything is read, and then the evidence changes before the signature."""
        self.ask("scientist")
        if self.rounds:
            self._read_everything(who)
        self.look(who)
        self.edit("payoffs")
        self.decide(who, verdict, looks=False, reads=False)

    def withdraw(self, who: str) -> None:
        if not self.rounds:
            return
        last = self.rounds[-1]
        may = last.state == "in_approval" and last.review.requested_by == self.people[who].user_id
        if self._try(
            may,
            lambda: commands.withdraw_review(self.session, actor=self.people[who], review_id=last.review.id),
        ):
            last.state = "withdrawn"
            self.fired["withdrawn"] += 1

    def revoke(self, who: str) -> None:
        approved = [found for found in self.rounds if found.state == "approved"] or self.rounds[-1:]
        if not approved:
            return
        taken, actor = approved[0], self.people[who]
        may = who in ("manager", "second") and taken.state == "approved"
        revoked = self._try(
            may, lambda: commands.revoke(self.session, actor=actor, review_id=taken.review.id, reason="Because")
        )
        if revoked:
            taken.state = "revoked"
            self.fired["revoked"] += 1

    def edit(self, kind: str) -> None:
        self.evidence += 1
        if kind == "objective":
            edit_objective(self.session, self.case.project_id, self.case.business, target=200.0 - self.evidence)
        elif kind == "payoffs":
            edit_payoffs(self.session, self.case.project_id, self.case.business)  # the same figures: a new version
        else:
            edit_threshold(self.session, self.case.model, self.case.scientist, 0.01 * (self.evidence % 90))

    def every_round_is_where_it_must_be(self) -> None:
        for round_ in self.rounds:
            assert self.session.get_one(Review, round_.review.id).state == round_.state

    def the_model_answers_only_under_a_true_approval(self) -> None:
        may = any(round_.state == "approved" and round_.evidence == self.evidence for round_ in self.rounds)
        assert deployments.find_allowance(self.session, model_name=self.case.model.name).is_allowed == may

    def nobody_decided_on_their_own_evidence(self) -> None:
        statement = select(Decision.id).join(EvidenceAuthor, col(EvidenceAuthor.review_id) == Decision.review_id)
        own = statement.where(col(EvidenceAuthor.user_id) == Decision.user_id)
        assert self.session.exec(own).first() is None

    def each_transition_left_one_event_and_one_release_is_open(self) -> None:
        written = select(func.count()).where(col(AuditEvent.action).startswith("review."))
        assert self.session.exec(written).one() == self.n_events
        still_open = self.session.exec(select(Deployment).where(col(Deployment.ended_at).is_(None))).all()
        assert len(still_open) == sum(round_.state == "approved" for round_ in self.rounds)

    def _try(self, may: bool, command: Callable[[], Review]) -> Review | None:
        """Carry out a command in a savepoint; it must succeed exactly when the model says so."""
        try:
            with self.session.begin_nested():
                review = command()
        except PortalError as error:
            assert not may, error.sentence
            self.fired["refused"] += 1
            return None
        assert may, "A command was carried out that must be refused."
        self.n_events += 1
        return review

    def _move(self, states: tuple[str, ...], state: str) -> None:
        for round_ in self.rounds:
            if round_.state in states:
                round_.state = state
                self.fired[state] += 1


def _walk(engine: Engine, *, n_walks: int, n_steps: int = 40) -> Counter[str]:
    fired: Counter[str] = Counter()
    for seed in range(n_walks):
        with Session(engine, expire_on_commit=False) as session:  # never committed: the next walk starts afresh
            walk, chance = Walk(session, fired), Random(seed)
            for _ in range(n_steps):
                walk.step(chance)
    return fired


@pytest.mark.slow
def test_whatever_people_do_the_rules_hold_and_every_transition_happens_often(engine: Engine) -> None:
    n_walks = 20 if engine.dialect.name == "sqlite" else 5
    fired = _walk(engine, n_walks=n_walks)
    least = 20 if engine.dialect.name == "sqlite" else 3
    assert all(fired[name] >= least for name in TRANSITIONS), fired


Patch = tuple[object, str, Any]


def _always_fresh(session: Session, *, actor: Actor, review_id: str) -> tuple[Review, Standing]:
    review, standing = _GET_STANDING(session, actor=actor, review_id=review_id)
    return review, replace(standing, current_sha256=standing.frozen_sha256)


def _no_author(session: Session, *, actor: Actor, review_id: str) -> tuple[Review, Standing]:
    review, standing = _GET_STANDING(session, actor=actor, review_id=review_id)
    return review, replace(standing, authored=None)


def _everything_read(session: Session, *, actor: Actor, review_id: str) -> tuple[Review, Standing]:
    review, standing = _GET_STANDING(session, actor=actor, review_id=review_id)
    return review, replace(standing, opened=frozenset(SECTIONS))


_GET_STANDING = commands.__dict__["get_standing"]
_OUTCOMES = {**rules.OUTCOMES, rules.Verdict.REQUEST_CHANGES: ReviewState.REJECTED}
MUTANTS: dict[str, Patch] = {
    "evidence is never stale": (commands, "get_standing", _always_fresh),
    "authors may decide": (commands, "get_standing", _no_author),
    "nobody needs to read": (commands, "get_standing", _everything_read),
    "requests for changes reject": (rules, "OUTCOMES", _OUTCOMES),
    "older rounds stay open": (commands, "_supersede", lambda *_, **__: []),
    "releases are never ended": (commands, "_end_deployments", lambda *_: None),
    "decisions leave no event": (commands, "_record", lambda *_, **__: None),
    "the same evidence is asked twice": (commands, "_refuse_repetition", lambda *_: None),
    "an approval is believed whatever changed": (deployments, "get_evidence", lambda *_: _Anything()),
}


class _Anything:
    """A manifest that equals every other."""

    class _Equal(str):
        def __ne__(self, other: object) -> bool:
            return False

        __hash__ = str.__hash__

    sha256 = _Equal()


@pytest.fixture
def sqlite_only(engine: Engine) -> Engine:
    if engine.dialect.name != "sqlite":
        pytest.skip("The protections are the same code on both databases; one is enough to see that the walk notices.")
    return engine


@pytest.mark.parametrize("name", MUTANTS)
def test_a_missing_protection_is_noticed(name: str, sqlite_only: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*MUTANTS[name])
    with pytest.raises((AssertionError, DBAPIError)):  # the walk's own check, or the database's guard
        _walk(sqlite_only, n_walks=16)
