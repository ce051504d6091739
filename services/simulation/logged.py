"""What the cases themselves say of a policy, where chance set the levers: each stands for those it was drawn from.

A number is compared in tenths of its values, as the support guard does it: a case counts as treated as the policy
would where its value lies in the same tenth. What the policy does may depend on what a case got (leaving it is one of
the choices, and moving it costs by how far); so for each case the choice is made once for every setting that it might
have got, and its weight is the chance with which the policy ends where it is, over the chance of being there.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.task import Task
from services.automl.values_in_words import share_in_words
from services.simulation.actions import Actions
from services.simulation.cases import Cases
from services.simulation.common_settings import AS_IT_IS
from services.simulation.findings import Limited
from services.simulation.off_policy import (
    FEWEST_EFFECTIVE,
    LARGEST_WEIGHT,
    OffPolicyGain,
    estimate_gain,
)
from services.simulation.report import GainFound, LeverFinding, OffPolicyFound
from services.simulation.searching_common import Common
from services.simulation.support import Bins, near
from services.valuation.amounts import format_money

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
IPS, SNIPS, DR = "cases weighted (IPS)", "cases weighted to their sum (SNIPS)", "cases and model together (DR)"
MOST_EXPLAINED = 0.1  # of a lever by the other columns: with more its chances differ from case to case
_SAME_RATE = 0.02
_MOST_GROUPS = 100


class LoggedSettings:
    """Which settings the cases got, as groups, and with which chance.

    Attributes
    ----------
    codes
        The group of each case, (n,); -1 where its setting is missing.
    shares
        The chance of each group, (groups,).
    """

    def __init__(self, rows: pd.DataFrame, actions: Actions) -> None:
        self._bins = [Bins(rows[str(lever.column)], lever) for lever in actions.levers]
        self._sizes = [one.n for one in self._bins]
        each = [one.of(rows[column]) for one, column in zip(self._bins, actions.columns, strict=True)]
        self.codes = self.joined(each)
        known = self.codes[self.codes >= 0]
        self.shares = np.bincount(known, minlength=int(np.prod(self._sizes))) / max(1, len(known))
        self.each = each

    def of(self, settings: Sequence[Sequence[object]]) -> Codes:
        """The group of each setting, -1 where such a one was never seen."""
        return self.joined(
            [one.of(values) for one, values in zip(self._bins, zip(*settings, strict=True), strict=True)]
        )

    def code_of(self, lever: int, value: object) -> int:
        """The group of a value of one lever."""
        return int(self._bins[lever].of([value])[0])

    def joined(self, each: Sequence[Codes]) -> Codes:
        """One number for the groups of all levers together."""
        found, is_seen = np.zeros(len(each[0]), dtype=np.intp), np.ones(len(each[0]), dtype=np.bool_)
        for codes, size in zip(each, self._sizes, strict=True):
            found, is_seen = found * size + codes, is_seen & (codes >= 0)
        return np.where(is_seen, found, -1)


def look_at_cases(cases: Cases, limited: Limited, levers: Sequence[LeverFinding]) -> OffPolicyFound:
    """Of a policy that gives each case its own setting."""
    logged = LoggedSettings(cases.rows, cases.actions)
    first, second = limited.first.mean(axis=0), limited.second.mean(axis=0)
    chooser = np.where(limited.in_first[:, None], second, first)

    def weigh() -> tuple[Floats, Floats, Floats, Floats]:
        found = limited.allocated(chooser, limited.supported)
        rows = np.arange(len(chooser))
        costs = limited.costs[rows, found.choices]
        reached = _reached(cases, limited, chooser, logged, found.prices[:2])
        return reached / logged.shares[logged.codes], costs, chooser[rows, found.choices] + costs, chooser[:, 0]

    return _found(cases, logged, levers, weigh)


def look_at_common(common: Common, levers: Sequence[LeverFinding]) -> OffPolicyFound:
    """Of settings that many cases share."""
    settings, in_first = common.settings, common.copies.in_first
    logged = LoggedSettings(common.case.rows, Actions(settings.levers, common.case.actions.settings))
    n = len(common.case.rows)

    def weigh() -> tuple[Floats, Floats, Floats, Floats]:
        weights, costs, then = np.ones(n), np.zeros(n), np.zeros(n)
        m = len(settings.today.worth) // 2
        for choices, flags, copies in (
            (common.policy.halves[0], in_first, slice(m, None)),
            (common.policy.halves[1], ~in_first, slice(0, m)),
        ):
            for segment, choice in zip(common.segments, choices, strict=True):
                inside, tried = segment.cases[flags[segment.cases]], settings.of(choice)
                target = logged.joined(
                    [
                        own if place == AS_IT_IS else np.full(n, logged.code_of(lever, settings.values[lever][place]))
                        for lever, (own, place) in enumerate(zip(logged.each, choice, strict=True))
                    ]
                )
                is_set = tried.is_believed & any(place != AS_IT_IS for place in choice)
                agrees = (target == logged.codes) / logged.shares[logged.codes]
                weights[inside] = np.where(is_set, agrees, 1.0)[inside]
                costs[inside] = tried.costs[inside]
                then[inside] = (tried.worth[copies].mean(axis=0) + tried.costs)[inside]
        now = np.where(in_first, settings.today.worth[m:].mean(axis=0), settings.today.worth[:m].mean(axis=0))
        return weights, costs, then, now

    return _found(common.case, logged, levers, weigh)


def _found(
    cases: Cases,
    logged: LoggedSettings,
    levers: Sequence[LeverFinding],
    weigh: Callable[[], tuple[Floats, Floats, Floats, Floats]],
) -> OffPolicyFound:
    n = len(cases.rows)
    outcomes, problem = _outcomes(cases)
    problem = problem or _problem(cases, logged, levers)
    if problem:
        return OffPolicyFound((), 0.0, n, 0, problem)
    weights, costs, then, now = weigh()
    has = np.isfinite(outcomes) & (logged.codes >= 0)
    found = estimate_gain(weights[has], outcomes[has], costs[has], then=then[has], now=now[has])
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
        _sentence(found, cases.terms.currency, scaled, has_tenths=numeric),
    )


def _problem(cases: Cases, logged: LoggedSettings, levers: Sequence[LeverFinding]) -> str:
    """Why the cases cannot be asked; empty where they can."""
    for lever in levers:
        if lever.explained > MOST_EXPLAINED:
            return (
                f"“{lever.name}” was set at random, but the other columns tell {share_in_words(lever.explained)} of "
                "it: its chances differ from case to case, so the cases are not weighed."
            )
    learned, used = cases.learned_at, cases.terms.base_rate
    if learned is not None and used is not None and abs(learned - used) > _SAME_RATE:
        return (
            f"The outcome is met in {learned:.1%} of the data and {used:.1%} in use, so cases were left out by their "
            "outcome and no longer stand for those they were drawn from: they are not weighed."
        )
    if int((logged.shares > 0).sum()) > _MOST_GROUPS:
        return "The levers together were set in too many ways for cases treated alike to be found."
    return ""


def _outcomes(cases: Cases) -> tuple[Floats, str]:
    """What each case brought, (n,), and why that cannot be said where it cannot."""
    y, worth = cases.preparation.train.y[cases.positions].astype(np.float64), cases.terms.worth
    low, high = (0.0, 1.0) if cases.preparation.task is Task.BINARY else (float(y.min()), float(y.max()))
    at = [worth.of(cases.rows, np.full(len(y), value)) for value in (low, (low + high) / 2, high)]
    bent = np.abs(at[1] - (at[0] + at[2]) / 2) > 1e-6 * (1 + np.abs(at[0]) + np.abs(at[2]))
    if bool(bent.any()):
        return at[0], (
            "The worth of a case does not grow evenly with what the model says, so what a single case brought is not "
            "what its worth is the mean of: the cases are not weighed."
        )
    return worth.of(cases.rows, y), ""


def _reached(cases: Cases, limited: Limited, chooser: Floats, logged: LoggedSettings, prices: Floats) -> Floats:
    """The chance with which the policy ends in the group of a case, over the settings it might have got, (n,)."""
    actions, n = cases.actions, len(cases.rows)
    of_actions = np.concatenate([[-1], logged.of(actions.settings)])
    gross = chooser + limited.costs
    found = np.zeros(n)
    for group in np.flatnonzero(logged.shares):
        inside = np.flatnonzero(logged.codes == group)
        typical = {
            column: cases.rows[column].iloc[inside].median()
            if lever.is_numeric
            else cases.rows[column].iloc[inside].mode().iloc[0]
            for lever, column in zip(actions.levers, actions.columns, strict=True)
        }
        there = Actions(actions.levers, (tuple(typical.values()),)).applied(cases.rows, 1)
        costs, acts = actions.costs(there), actions.changes(there)
        same = np.flatnonzero(of_actions == group)
        values = gross - costs * (1 + prices[0]) - acts * prices[1]
        values[:, 0] = gross[:, same].mean(axis=1) if same.size else gross[:, 0]
        may = limited.supported.copy()
        for place, lever in enumerate(actions.levers):
            may[:, 1:] &= near(lever, there, [setting[place] for setting in actions.settings])
        ended = of_actions[np.where(may, values, -np.inf).argmax(axis=1)]
        ended[ended == -1] = group
        found += np.where(ended == logged.codes, logged.shares[group], 0.0)
    return found


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
