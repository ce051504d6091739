"""A "no" blocks until somebody else answers it; kept, it blocks until it is withdrawn."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.errors import ConflictError, InvalidInputError
from services.interpretations.votes import (
    Answer,
    CastVote,
    Vote,
    checked_reason,
    count_votes,
    find_objections,
    latest_votes,
    parse_vote,
)

START = datetime(2026, 11, 29, tzinfo=UTC)


def cast(vote: str, version: int = 1, *, who: str = "ana", column: str = "a", reason: str = "Odd") -> CastVote:
    at = START + timedelta(minutes=version)
    return CastVote(f"{who}-{column}-{version}", column, who, who.title(), vote, reason, version, at)


def reply(to: CastVote, who: str = "tomas") -> Answer:
    return Answer(to.id, who, who.title(), "It is measured so.", START + timedelta(hours=1))


def test_a_no_blocks_until_somebody_else_answers() -> None:
    no = cast("no")
    (open_,) = find_objections([no], [])
    (own,) = find_objections([no], [reply(no, "ana")])
    (answered,) = find_objections([no], [reply(no)])
    assert (open_.blocks, own.blocks, answered.blocks) == (True, True, False)


def test_a_no_that_is_kept_blocks_again_and_shows_what_was_answered() -> None:
    no, kept = cast("no"), cast("kept", 2)
    (objection,) = find_objections([no, kept], [reply(no)])
    assert objection.is_kept
    assert objection.blocks
    assert [answer.name for answer in objection.answers] == ["Tomas"]
    (again,) = find_objections([no, kept], [reply(no), reply(kept, "maren")])
    assert again.blocks
    assert len(again.answers) == 2


@pytest.mark.parametrize("vote", ["no", "kept"])
def test_what_somebody_left_behind_blocks_until_it_is_answered(vote: str) -> None:
    left = replace(cast(vote), has_left=True)
    (silent,) = find_objections([left], [])
    (answered,) = find_objections([left], [reply(left)])
    assert (silent.blocks, answered.blocks) == (True, False)


@pytest.mark.parametrize("later", ["withdrawn", "sense", "surprised"])
def test_who_changes_their_mind_blocks_no_more(later: str) -> None:
    assert find_objections([cast("no"), cast(later, 2)], []) == ()


def test_a_new_no_is_not_answered_by_what_was_said_to_an_older_one() -> None:
    no, gone, again = cast("no"), cast("withdrawn", 2), cast("no", 3, reason="Still odd")
    (objection,) = find_objections([no, gone, again], [reply(no)])
    assert objection.blocks
    assert objection.answers == ()


def test_the_latest_version_counts_whatever_the_order_they_are_read_in() -> None:
    votes = [cast("sense", 3), cast("no", 1), cast("surprised", 2), cast("no", who="maren"), cast("sense", column="b")]
    assert {key: vote.vote for key, vote in latest_votes(votes).items()} == {
        ("a", "ana"): "sense",
        ("a", "maren"): "no",
        ("b", "ana"): "sense",
    }
    assert count_votes(votes, "a") == {Vote.SENSE: 1, Vote.SURPRISED: 0, Vote.NO: 1}


def test_a_kept_no_counts_as_a_no_and_a_withdrawn_one_as_nothing() -> None:
    assert count_votes([cast("kept"), cast("withdrawn", who="maren")], "a")[Vote.NO] == 1


def test_a_no_needs_a_reason_and_the_others_none() -> None:
    with pytest.raises(InvalidInputError, match="what is wrong"):
        checked_reason(Vote.NO, None, " ", is_answered=False)
    with pytest.raises(InvalidInputError, match="10,000 characters"):
        checked_reason(Vote.SURPRISED, None, "x" * 10_000, is_answered=False)
    assert checked_reason(Vote.SENSE, None, " ", is_answered=False) == ""


@pytest.mark.parametrize(
    ("before", "is_answered"), [(None, False), (cast("sense"), True), (cast("no"), False), (cast("withdrawn"), True)]
)
def test_only_an_answered_no_is_kept(before: CastVote | None, is_answered: bool) -> None:
    with pytest.raises(ConflictError, match="once somebody has answered it"):
        checked_reason(Vote.KEPT, before, "", is_answered=is_answered)
    assert checked_reason(Vote.KEPT, cast("no"), "", is_answered=True) == "Odd"


@pytest.mark.parametrize("before", [None, cast("sense"), cast("withdrawn")])
def test_only_a_no_is_withdrawn(before: CastVote | None) -> None:
    with pytest.raises(ConflictError, match="nothing to withdraw"):
        checked_reason(Vote.WITHDRAWN, before, "", is_answered=False)
    assert checked_reason(Vote.WITHDRAWN, cast("kept"), "", is_answered=True) == ""


def test_a_vote_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="makes sense"):
        parse_vote("maybe")
