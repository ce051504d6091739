"""Authorship: who wrote what, in words that can be held against them."""

from datetime import UTC, datetime

from services.reviews.authorship import Contribution, authored_words


def _on(day: int) -> datetime:
    return datetime(2026, 5, day, 12, tzinfo=UTC)


def test_an_edit_is_told_with_its_day() -> None:
    words = authored_words([Contribution("valuation", "ana", 2, _on(3))])
    assert words == {"ana": "edited the payoffs on 3 May"}


def test_the_first_version_is_written_and_later_ones_are_edited() -> None:
    first = authored_words([Contribution("objective", "ana", 1, _on(1))])
    assert first == {"ana": "wrote the objective on 1 May"}


def test_of_several_edits_of_one_thing_the_latest_is_told() -> None:
    edits = [Contribution("dataset", "tom", 3, _on(9)), Contribution("dataset", "tom", 2, _on(4))]
    assert authored_words(edits) == {"tom": "edited the data on 9 May"}


def test_different_contributions_are_told_oldest_first() -> None:
    done = [
        Contribution("request", "tom", 1, _on(8)),
        Contribution("run", "tom", 1, _on(6)),
        Contribution("dataset", "tom", 1, _on(5)),
        Contribution("valuation", "ana", 1, _on(2)),
    ]
    words = authored_words(done)
    assert words["tom"] == (
        "brought the data on 5 May, started the model run on 6 May and asked for this sign-off on 8 May"
    )
    assert words["ana"] == "wrote the payoffs on 2 May"
