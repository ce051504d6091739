"""What the cases themselves say of a policy, where chance set the levers: each stands for those it was drawn from.

A number is compared in tenths of its values, as the support guard does it: a case counts as treated as the policy
would where its value lies in the same tenth. What the policy does may depend on what a case got (leaving it is one of
the choices, and moving it costs by how far); so for each case the choice is made once for every setting that it might
have got, and its weight is the chance with which the policy ends where it is, over the chance of being there. That
chance is how frequent the setting is, or what a column of the data recorded of the case.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.automl.task import Task
from services.automl.values_in_words import share_in_words
from services.simulation.actions import Actions
from services.simulation.cases import Cases
from services.simulation.common_settings import AS_IT_IS
from services.simulation.findings import Limited
from services.simulation.logged_settings import LoggedSettings
from services.simulation.off_policy import FEWEST_EFFECTIVE, LARGEST_WEIGHT, OffPolicyGain, estimate_gain
from services.simulation.recorded_chances import RecordedChances, read_chances
from services.simulation.report import GainFound, OffPolicyFound
from services.simulation.searching_common import Common
from services.simulation.support import foreseen_share
from services.valuation.amounts import format_money

Floats = NDArray[np.float64]
IPS, SNIPS, DR = "cases weighted (IPS)", "cases weighted to their sum (SNIPS)", "cases and model together (DR)"
MOST_FORESEEN = 0.01  # of a lever by the other columns: with more its chances differ from case to case
_MOST_GROUPS = 100
_MOST_UNSEEN = 0.01  # of the cases, that would be set as none was
_MOST_UNKNOWN = 0.01  # of the cases, whose chance to end where they are was not recorded


@dataclass(frozen=True, slots=True, eq=False)
class _Weighed:
    """By case: weight, cost, worth before costs then and now, and the chance to be set as none was, (n,).

    A weight is NaN where the chances that it needs were not recorded, or where it could never have been set so.
    """

    weights: Floats
    costs: Floats
    then: Floats
    now: Floats
    unseen: Floats


def look_at_cases(cases: Cases, limited: Limited) -> OffPolicyFound:
    """Of a policy that gives each case its own setting."""
    recorded = read_chances(cases)
    logged = LoggedSettings(cases.rows, cases.actions, recorded.chances)
    first, second = limited.first.mean(axis=0), limited.second.mean(axis=0)
    chooser = np.where(limited.in_first[:, None], second, first)

    def weigh() -> _Weighed:
        found = limited.allocated(chooser, limited.supported)
        rows = np.arange(len(chooser))
        costs = limited.costs[rows, found.choices]
        reached, unseen = _reached(cases, limited, chooser, logged, found.prices)
        then = chooser[rows, found.choices] + costs
        return _Weighed(reached / logged.chances, costs, then, chooser[:, 0], unseen)

    return _found(cases, logged, recorded, weigh)


def look_at_common(common: Common) -> OffPolicyFound:
    """Of settings that many cases share."""
    settings, in_first = common.settings, common.copies.in_first
    recorded = read_chances(common.case)
    actions = Actions(settings.levers, common.case.actions.settings)
    logged = LoggedSettings(common.case.rows, actions, recorded.chances)
    n = len(common.case.rows)

    def weigh() -> _Weighed:
        weights, costs, then, unseen = np.ones(n), np.zeros(n), np.zeros(n), np.zeros(n)
        m = len(settings.today.worth) // 2
        for choices, flags, copies in (
            (common.policy.halves[0], in_first, slice(m, None)),
            (common.policy.halves[1], ~in_first, slice(0, m)),
        ):
            for segment, choice in zip(common.segments, choices, strict=True):
                inside, tried = segment.cases[flags[segment.cases]], settings.of(choice)
                is_set = tried.is_believed & any(place != AS_IT_IS for place in choice)
                reached, is_seen = logged.reached(choice, settings.values), logged.shares > 0
                ends = np.where(logged.codes >= 0, reached[logged.codes], 0.0)  # of one lever 0 or 1
                never = logged.is_certain() & (ends == 0)
                unseen[inside] = np.where(is_set, np.maximum(1 - reached[is_seen].sum(), never), 0.0)[inside]
                weights[inside] = np.where(is_set, np.where(never, np.nan, ends / logged.chances), 1.0)[inside]
                costs[inside] = tried.costs[inside]
                then[inside] = (tried.worth[copies].mean(axis=0) + tried.costs)[inside]
        now = np.where(in_first, settings.today.worth[m:].mean(axis=0), settings.today.worth[:m].mean(axis=0))
        return _Weighed(weights, costs, then, now, unseen)

    return _found(common.case, logged, recorded, weigh)


def _found(
    cases: Cases, logged: LoggedSettings, recorded: RecordedChances, weigh: Callable[[], _Weighed]
) -> OffPolicyFound:
    n = len(cases.rows)
    outcomes, problem = _outcomes(cases)
    problem = problem or _problem(cases, logged) or recorded.problem(cases, logged)
    if problem:
        return OffPolicyFound((), 0.0, n, 0, problem)
    weighed = weigh()
    has = np.isfinite(outcomes) & np.isfinite(logged.chances)
    unseen, unknown = (float(flags[has].mean()) for flags in (weighed.unseen, np.isnan(weighed.weights)))
    certain = ", or as their recorded chance of 1 says that they never are" if logged.is_certain().any() else ""
    if unseen > _MOST_UNSEEN:
        problem = (
            f"{share_in_words(unseen)} of the cases would be set as none was, all levers taken together"
            f"{certain}, so the cases cannot say what that brings: they are not weighed."
        )
    elif unknown > _MOST_UNKNOWN:
        problem = (
            f"In {share_in_words(unknown)} of the cases what the policy does depends on what they got, and the chances "
            "of what else they might have got were not recorded: the cases are not weighed."
        )
    if problem:
        return OffPolicyFound((), 0.0, n, 0, problem)
    has &= np.isfinite(weighed.weights)
    weights, costs = weighed.weights[has], weighed.costs[has]
    found = estimate_gain(weights, outcomes[has], costs, then=weighed.then[has], now=weighed.now[has])
    yearly = 12 * cases.terms.cases_per_month
    estimates = [(IPS, found.ips), (SNIPS, found.snips), (DR, found.dr)] if found.is_enough else []
    scaled = [
        GainFound(name, one.amount * yearly, one.low * yearly, one.high * yearly) for name, one in estimates if one
    ]
    numeric = any(lever.is_numeric for lever in cases.actions.levers)
    return OffPolicyFound(
        tuple(scaled),
        round(found.effective_n, 1),
        found.n,
        found.n_clipped,
        " ".join(
            part
            for part in (_sentence(found, cases.terms.currency, scaled, has_tenths=numeric), recorded.sentence)
            if part
        ),
    )


def _problem(cases: Cases, logged: LoggedSettings) -> str:
    """Why the cases cannot be asked; empty where they can."""
    for lever in cases.actions.levers:
        if cases.terms.is_guarded and lever.is_numeric and lever.max_change is not None:
            return (
                f"“{lever.name}” may be moved only so far from what a case got, so what the policy may do differs with "
                "what chance gave the case: the cases are not weighed."
            )
    if cases.is_drawn_by_outcome:
        return (
            f"The outcome is met in {cases.learned_at:.1%} of the data and {cases.terms.base_rate:.1%} in use, so "
            "cases were left out by their outcome and no longer stand for those they were drawn from: they are not "
            "weighed."
        )
    if int((logged.shares > 0).sum()) > _MOST_GROUPS:
        return "The levers together were set in too many ways for cases treated alike to be found."
    if logged.is_recorded:
        return ""
    names, columns = [column.name for column in cases.preparation.columns], cases.actions.columns
    for lever in cases.actions.levers:
        foreseen = foreseen_share(cases.rows, lever, names, without=columns, seed=cases.preparation.seed)
        if foreseen > MOST_FORESEEN:
            return (
                f"“{lever.name}” was set at random, but the other columns foresee {share_in_words(foreseen)} of it: "
                "its chances differ from case to case, so the cases are not weighed."
            )
    return ""


def _outcomes(cases: Cases) -> tuple[Floats, str]:
    """What each case brought, (n,), and why that cannot be said where it cannot."""
    y, worth = cases.outcomes, cases.terms.worth
    low, high = (0.0, 1.0) if cases.preparation.task is Task.BINARY else (float(y.min()), float(y.max()))
    at = [worth.of(cases.rows, np.full(len(y), value)) for value in (low, (low + high) / 2, high)]
    bent = np.abs(at[1] - (at[0] + at[2]) / 2) > 1e-6 * (1 + np.abs(at[0]) + np.abs(at[2]))
    if bool(bent.any()):
        return at[0], (
            "The worth of a case does not grow evenly with what the model says, so what a single case brought is not "
            "what its worth is the mean of: the cases are not weighed."
        )
    return worth.of(cases.rows, y), ""


def _reached(
    cases: Cases, limited: Limited, chooser: Floats, logged: LoggedSettings, prices: Floats
) -> tuple[Floats, Floats]:
    """The chances with which the policy ends in the group of a case, and where no case was, (n,).

    Over the settings that the case might have got.
    """
    actions, n = cases.actions, len(cases.rows)
    of_actions = np.concatenate([[-1], logged.of(actions.settings)])
    gross = chooser + limited.costs
    if limited.further is not None:
        gross = gross - limited.further[0] @ prices[2:]
    unseen, groups, ends = np.zeros(n), np.flatnonzero(logged.shares), []
    never = np.zeros(n, dtype=np.bool_)  # got with certainty what the policy changes
    for group in groups:
        inside = np.flatnonzero(logged.codes == group)
        typical = {
            column: cases.rows[column].iloc[inside].median()
            if lever.is_numeric
            else cases.rows[column].iloc[inside].mode().iloc[0]
            for lever, column in zip(actions.levers, actions.columns, strict=True)
        }
        there = Actions(actions.levers, (tuple(typical.values()),)).applied(cases.rows, 1)
        costs, acts = actions.costs(there), actions.changes(there)
        # left there, a case is worth what the actions that end there are; of those not believed nothing is known
        same = limited.supported & (of_actions == group)
        left = np.where(same, gross, 0.0).sum(axis=1) / np.maximum(same.sum(axis=1), 1)
        values = gross - costs * (1 + prices[0]) - acts * prices[1]
        values[:, 0] = np.where(same.any(axis=1), left, gross[:, 0])
        choices = np.where(limited.supported, values, -np.inf).argmax(axis=1)
        ended = np.where(choices == 0, group, of_actions[choices])
        ends.append(ended)
        unseen += np.where((ended < 0) | (logged.shares[ended] == 0), logged.shares[group], 0.0)
        never |= logged.is_certain() & (logged.codes == group) & (ended != group)
    same = np.logical_and.reduce([ended == ends[0] for ended in ends])  # whatever it got, it would end there
    chances = [
        np.where(ended == logged.codes, logged.chances_of(int(g)), 0.0) for g, ended in zip(groups, ends, strict=True)
    ]
    is_there = (ends[0] == logged.codes).astype(np.float64)
    reached = np.where(same, is_there, np.sum(chances, axis=0))
    return np.where(never, np.nan, reached), np.where(never, 1.0, unseen)


def _sentence(found: OffPolicyGain, currency: str, scaled: Sequence[GainFound], *, has_tenths: bool) -> str:
    clipped = (
        f" {found.n_clipped:,} weights above {LARGEST_WEIGHT:g} were cut to that, which pulls the first estimate to 0."
        if found.n_clipped
        else ""
    )
    tenths = " A number counts as set alike within a tenth of its values." if has_tenths else ""
    if not found.is_enough:
        return (
            f"Not enough cases were treated as this policy would: {found.effective_n:.0f} effective cases of "
            f"{found.n:,}, and {FEWEST_EFFECTIVE:g} are needed for a claim.{clipped}{tenths}"
        )
    robust = scaled[-1]
    low, about, high = (format_money(amount, currency) for amount in (robust.low, robust.amount, robust.high))
    return (
        f"The cases themselves say about {about} a year over today's way, 19 times in 20 between {low} and {high}, "
        f"from {found.effective_n:,.0f} effective cases of {found.n:,}.{clipped}{tenths}"
    )
