"""What a page shows of a model whose explanation may be seen, put together from what was read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.interpretations.agreement import important_drivers
from services.interpretations.cards import Scale, driver_sentence, reach_words
from services.interpretations.naming import ColumnName
from services.interpretations.sentences import describe_surprise
from services.interpretations.surprises import find_surprises
from services.interpretations.views import DriverCard, ExpectationView, SurpriseView
from services.interpretations.votes import Answer, CastVote, Vote, count_votes, latest_votes
from services.models.report import Driver


def show_cards(
    drivers: Sequence[Driver],
    names: Mapping[str, ColumnName],
    scale: Scale,
    votes: Sequence[CastVote],
    user_id: str,
    importances: Mapping[str, float] | None = None,
) -> tuple[DriverCard, ...]:
    """The strongest columns, with what people say of them and what `user_id` says.

    Parameters
    ----------
    importances
        By column, how much it moves what `scale` measures, where that is not what gives the columns their order.
    """
    latest, own = latest_votes(votes), importances or {}

    def show(driver: Driver) -> DriverCard:
        name = names.get(driver.column) or ColumnName(driver.column, driver.column, driver.kind)
        mine = latest.get((driver.column, user_id))
        moving = replace(driver, importance=own.get(driver.column, driver.importance))
        return DriverCard(
            driver=driver,
            name=name,
            sentence=driver_sentence(moving, name, scale),
            reach=reach_words(moving, scale),
            counts=count_votes(votes, driver.column),
            mine=Vote(mine.vote) if mine and mine.vote != Vote.WITHDRAWN else None,
            my_reason=mine.reason if mine else "",
        )

    return tuple(show(driver) for driver in important_drivers(drivers))


def show_surprises(
    expectations: Sequence[ExpectationView],
    drivers: Sequence[Driver],
    names: Mapping[str, ColumnName],
    scale: Scale,
    answers: Mapping[tuple[str, str], Answer],
    *,
    is_directed: bool,
) -> tuple[SurpriseView, ...]:
    """Every difference in words, with its answer.

    Parameters
    ----------
    answers
        By kind and column.
    """
    people = {one.user_id: one.name for one in expectations}
    found = find_surprises({one.user_id: one.expected for one in expectations}, drivers, is_directed=is_directed)
    named = [replace(one, who=tuple(people[user_id] for user_id in one.who)) for one in found]
    return tuple(
        SurpriseView(one, describe_surprise(one, drivers, names, scale), answers.get((one.kind.value, one.column)))
        for one in named
    )
