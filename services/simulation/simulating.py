"""The simulation itself: from a fitted model and its table to a choice of actions and what may be said of it.

Nothing here looks at the sealed rows. Actions are chosen by copies of the model fitted to one half of the cases and
judged by copies fitted to the other (`policy_value`).
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from services.automl.preparation import Preparation
from services.errors import InvalidInputError
from services.proposals.lever import Lever
from services.simulation.action_list import cells, headings
from services.simulation.allocation_check import check_allocation
from services.simulation.cases import Cases, Terms
from services.simulation.copies import Answers, ask_copies
from services.simulation.findings import Choices, Floats, Limited, budget_curve, doings
from services.simulation.grading import Graded, SimulatedLever, grade_levers, grade_of
from services.simulation.listing import list_cases
from services.simulation.logged import look_at_cases
from services.simulation.lower_end import LowerEnd, at_least, lowered
from services.simulation.policy_value import PolicyValue
from services.simulation.report import BudgetPoint, GainFound, Money
from services.simulation.reporting import guard_of, report_of
from services.simulation.simulated import Simulated
from services.simulation.simulating_common import simulate_common
from services.simulation.support import find_support, share_on_edge
from services.simulation.usable_levers import scope_problem

Say = Callable[[float, str], None]
MOST_SHOWN = 20
_SAME = 1e-9


def simulate(
    pipeline: Pipeline,
    family: str,
    preparation: Preparation,
    frame: pd.DataFrame,
    levers: tuple[Lever, ...],
    terms: Terms,
    say: Say = lambda _share, _phase: None,
    unfinished: Path | None = None,
) -> Simulated:
    """Choose the best action of each case within the limits, and say honestly what that is worth.

    Parameters
    ----------
    pipeline
        The fitted model; copies of it are fitted anew.
    frame
        The version of the data it learned from, for the columns of formulas.
    levers
        Usable ones (`usable_levers`).
    unfinished
        Where a search of settings keeps what it asked, to go on from there after a crash.

    Raises
    ------
    InvalidInputError
        A formula cannot be computed, or too few cases are left; the sentence says which and what to do.
    """
    if problem := scope_problem(levers, terms.segment_column):
        raise InvalidInputError(problem)
    if any(lever.scope != "per_row" for lever in levers):
        return simulate_common(pipeline, family, preparation, frame, levers, terms, say, unfinished)
    began = time.monotonic()
    say(0.0, "Reading the cases")
    case = Cases(preparation, frame, levers, terms)
    answers = ask_copies(
        pipeline,
        family,
        preparation,
        case.rows,
        case.positions,
        case.actions,
        lambda share, phase: say(0.7 * share, phase),
    )
    answers = case.in_use(answers)
    say(0.7, "Looking where the model may be believed")
    names = [column.name for column in preparation.columns]
    support = find_support(case.rows, case.rows, case.actions, learned_from=names, seed=preparation.seed)
    limited, n_without = case.limited(answers, support)
    graded = _graded(case, limited, answers)
    grade = grade_of(graded)
    say(0.85, "Choosing the actions")
    policy = limited.valued(seed=preparation.seed)
    allocation = limited.allocated(limited.claims, limited.supported)
    say(0.86, "Asking how near to the best they are")
    yearly = 12 * terms.cases_per_month
    checked = check_allocation(limited, policy.choices, allocation, yearly=yearly, is_told=grade == "A")
    money = None
    if grade != "C":
        money = _money(
            case,
            limited,
            policy,
            allocation.prices,
            _least(case, answers, graded) if grade == "B" else None,
            lambda share: say(0.87 + 0.08 * share, "Trying other limits"),
        )
    say(0.95, "Writing the list of actions")
    is_forecast = grade == "A"  # of one case there is no lower end that could be told
    listed = list_cases(pipeline, case, limited, policy, answers, is_forecast=is_forecast)
    rows = np.arange(len(case.rows))
    report = report_of(
        case,
        graded,
        began=began,
        acts=limited.acts[rows, policy.choices],
        costs=limited.costs[rows, policy.choices],
        excluded=support.excluded,
        edge=share_on_edge(policy.choices, replace(support, supported=limited.supported), case.actions),
        share_with_choice=float(limited.supported[:, 1:].any(axis=1).mean()),
        moves_nothing=_moves_nothing(answers),
        doings=doings(policy.choices, limited.acts, case.actions),
        money=money,
        n_without=n_without,
        notes=case.notes(n_without),
        name_columns=case.name_columns,
        first=tuple(listed[:MOST_SHOWN]),
        off_policy=look_at_cases(case, limited) if grade == "A" else None,
        allocation=checked,
    )
    header = headings(levers, case.name_columns, is_forecast=is_forecast, answer=terms.worth.answer_name)
    lines = [cells(one, is_forecast=is_forecast) for one in listed]
    return Simulated(report, header, lines, guard_of(case, support.codes))


def _graded(cases: Cases, limited: Limited, answers: Answers) -> tuple[Graded, ...]:
    if len(cases.actions.levers) > 1:
        return grade_levers(cases, None)
    values = [value for (value,) in cases.actions.settings]
    said = SimulatedLever(values, answers.everywhere[:, 1:], limited.supported[:, 1:])
    return grade_levers(cases, said)


def _least(cases: Cases, answers: Answers, graded: Sequence[Graded]) -> LowerEnd:
    return LowerEnd(cases, answers.everywhere[:, 0], graded[0].effects)


def _money(
    cases: Cases,
    limited: Limited,
    policy: PolicyValue,
    prices: Floats,
    least: LowerEnd | None,
    say: Callable[[float], None],
) -> Money:
    """`prices` of the limits; `least`: of grade B, for which only lower ends are kept."""
    yearly, seed = 12 * cases.terms.cases_per_month, cases.preparation.seed
    status_quo = policy.gains[0].value * yearly
    if least is not None:

        def shown(point: BudgetPoint, choices: Choices) -> BudgetPoint:
            return lowered(point, least.of_actions(choices, limited.costs), yearly)

        gain = at_least(policy.gains[0], least.of_actions(policy.choices, limited.costs), yearly)
        curve = budget_curve(limited, policy, yearly=yearly, say=say, seed=seed, shown=shown)
        return Money(gain.low, status_quo + gain.low, status_quo, (gain,), tuple(curve), None, None)
    return Money(
        claim=(policy.claim - float(limited.claims[:, 0].mean())) * yearly,
        value=policy.value * yearly,
        status_quo=status_quo,
        gains=tuple(
            GainFound(gain.over, gain.amount * yearly, gain.low * yearly, gain.high * yearly) for gain in policy.gains
        ),
        curve=tuple(budget_curve(limited, policy, yearly=yearly, say=say, seed=seed)),
        budget_price=float(prices[0]) if cases.terms.budget_amount is not None else None,
        capacity_price=float(prices[1]) if cases.terms.capacity is not None else None,
    )


def _moves_nothing(answers: Answers) -> bool:
    everywhere = np.concatenate([answers.first, answers.second])
    return bool((np.abs(everywhere - everywhere[:, :, :1]) <= _SAME).all())
