"""The chosen set in words: what it brings, what one more would bring, and why there is none."""

from collections.abc import Sequence

from services.portfolio.choice.problem import Problem, infeasibility
from services.portfolio.choice.solving import Choice, Marginal
from services.portfolio.choice.wish import BUDGET, Wish
from services.valuation.amounts import format_exact_money, format_money

_MOST_NAMES = 4


def describe_choice(problem: Problem, choice: Choice, wish: Wish) -> str:
    """Which set, what it brings and what it takes, in one sentence."""
    n, n_all = len(choice.keys), len(problem.candidates)
    if n == 0:
        return "Nothing fits: no project is worth its costs within these limits."
    brings = format_money(choice.value, wish.currency)
    takes = [format_money(choice.used[BUDGET], wish.currency)]
    if wish.person_days is not None:
        takes.append(f"{choice.used[1]:,.0f} person-days")
    which = f"These {n} of {n_all} projects bring" if n > 1 else f"One of {n_all} projects brings"
    if n_all == 1:
        which = "The one project there is brings"
    best = "the most that fits" if choice.is_proven else "the best found in time, perhaps not the best there is"
    return f"{which} {brings} for {' and '.join(takes)}: {best}."


def describe_marginal(problem: Problem, choice: Choice, marginal: Marginal, wish: Wish) -> str:
    """The shadow price: what one step more would bring, and what it would change."""
    more = describe_amount(marginal.limit, marginal.step, wish)
    if marginal.gain > 0:
        changes = []
        if marginal.added:
            changes.append(f"take in {name_all(problem, marginal.added)}")
        if marginal.dropped:
            changes.append(f"let go of {name_all(problem, marginal.dropped)}")
        return f"{more} more would bring {format_money(marginal.gain, wish.currency)} more: {' and '.join(changes)}."
    if marginal.least is None:
        is_all = all(one.key in choice.keys for one in problem.candidates if one.value > 0)
        why = "everything worth its costs is in" if is_all else "another limit or condition keeps out what is left"
        return f"More {marginal.limit} would bring nothing: {why}."
    least = describe_amount(marginal.limit, marginal.least, wish, is_exact=True)
    return f"{more} more would bring nothing; it takes at least {least} more to take in anything better."


def describe_slack(problem: Problem, choice: Choice, wish: Wish) -> str:
    """What is left of each limit."""
    left = [
        describe_amount(limit.name, max(0.0, limit.amount - used), wish)
        for limit, used in zip(problem.limits, choice.used, strict=True)
        if limit.amount is not None
    ]
    return (
        f"Left over: {' and '.join(left)}." if left else "Nothing limits the choice: all that is worth its costs is in."
    )


def describe_twin(problem: Problem, choice: Choice, twin: Choice) -> str:
    """A tie: the other set that brings as much."""
    mine, other = set(choice.keys), set(twin.keys)
    taken = name_all(problem, [key for key in twin.keys if key not in mine])
    given = name_all(problem, [key for key in choice.keys if key not in other])
    if taken and given:
        is_least = all(used <= other for used, other in zip(choice.used, twin.used, strict=True))
        takes = "This set takes no more than the other" if is_least else "Each of the two takes less of something"
        return f"A tie: {taken} instead of {given} would bring exactly as much. {takes}."
    return f"A tie: {taken or given} would change nothing, in or out."


def describe_infeasible(problem: Problem, wish: Wish) -> tuple[str, ...]:
    """Why no set can do, and what to change: one sentence for each reason."""
    return tuple(_reason(problem, kind, keys, wish) for kind, keys in infeasibility(problem))


def name_all(problem: Problem, keys: Sequence[str]) -> str:
    """Names in a sentence, at most four of them."""
    names = [problem.name_of(key) for key in keys]
    if len(names) > _MOST_NAMES:
        names = [*names[: _MOST_NAMES - 1], f"{len(names) - _MOST_NAMES + 1} others"]
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def describe_amount(limit: str, amount: float, wish: Wish, *, is_exact: bool = False) -> str:
    """An amount of a limit: money, or person-days."""
    if limit == "budget":
        return (format_exact_money if is_exact else format_money)(amount, wish.currency)
    return f"{amount:,.6g} person-day{'' if amount == 1 else 's'}"


def _reason(problem: Problem, kind: str, keys: Sequence[str], wish: Wish) -> str:
    names = name_all(problem, keys)
    if kind == "both":
        return f"{names} must be in and must be left out. Choose one of the two."
    if kind == "either":
        return f"{names} are all must-haves, and only one of them may be taken. Take back all but one."
    place = next(place for place, limit in enumerate(problem.limits) if limit.name == kind)
    limit = problem.limits[place].amount or 0.0
    used = sum(candidate.uses[place] for candidate in problem.candidates if candidate.key in problem.must)
    beyond, takes = (describe_amount(kind, amount, wish, is_exact=True) for amount in (used - limit, used))
    return f"The must-haves take {takes}, {beyond} more than there is. Raise the {kind} or take a must-have back."
