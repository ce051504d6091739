"""The simulation itself: from a fitted model and its table to a choice of actions and what may be said of it.

Nothing here looks at the sealed rows. Actions are chosen by copies of the model fitted to one half of the cases and
judged by copies fitted to the other (`policy_value`).
"""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from services.automl.preparation import Preparation
from services.errors import InvalidInputError
from services.proposals.lever import Lever
from services.simulation.action_list import cells, headings
from services.simulation.cases import Cases, Terms
from services.simulation.copies import Answers, ask_copies
from services.simulation.findings import Limited, budget_curve, doings, grade_of, lever_findings
from services.simulation.guard_table import GuardTable
from services.simulation.listing import list_cases
from services.simulation.logged import look_at_cases
from services.simulation.pilots import pilot_of
from services.simulation.policy_value import PolicyValue
from services.simulation.report import Excluded, GainFound, Money, SimulationReport
from services.simulation.simulated import Simulated
from services.simulation.simulating_common import simulate_common
from services.simulation.support import WIDE_EDGE, find_support, share_on_edge
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

    Raises
    ------
    InvalidInputError
        A formula cannot be computed, or too few cases are left; the sentence says which and what to do.
    """
    if problem := scope_problem(levers, terms.segment_column):
        raise InvalidInputError(problem)
    if any(lever.scope != "per_row" for lever in levers):
        return simulate_common(pipeline, family, preparation, frame, levers, terms, say)
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
    found = lever_findings(case.rows, case.actions, names, preparation.seed)
    limited, n_without = case.limited(answers, support)
    say(0.85, "Choosing the actions")
    policy = limited.valued(seed=preparation.seed)
    grade = grade_of(levers)
    money = None
    if grade != "C":
        money = _money(case, limited, policy, lambda share: say(0.86 + 0.09 * share, "Trying other limits"))
    off_policy = look_at_cases(case, limited) if grade == "A" else None
    say(0.95, "Writing the list of actions")
    listed = list_cases(pipeline, case, limited, policy, answers, is_forecast=money is not None)
    edge = share_on_edge(policy.choices, replace(support, supported=limited.supported), case.actions)
    spent, acts = limited.used(policy.choices)
    scale = 12 * terms.cases_per_month / len(case.rows)
    acted = limited.acts[np.arange(len(case.rows)), policy.choices] > 0
    mean_cost = spent / max(1.0, acts)
    report = SimulationReport(
        task=preparation.task.value,
        currency=terms.currency,
        grade=grade,
        n_cases=len(case.rows),
        n_known=len(preparation.train),
        yearly_cases=12 * terms.cases_per_month,
        worth=terms.worth_in_words,
        levers=tuple(found),
        is_guarded=terms.is_guarded,
        excluded=tuple(Excluded(reason, share) for reason, share in support.excluded.items()),
        share_with_choice=float(limited.supported[:, 1:].any(axis=1).mean()),
        share_on_edge=edge if terms.is_guarded else 0.0,
        has_wide_edge=terms.is_guarded and edge > WIDE_EDGE,
        moves_nothing=_moves_nothing(answers),
        share_changed=float(acted.mean()),
        doings=tuple(doings(policy.choices, limited.acts, case.actions)),
        acts=acts * scale,
        spent=spent * scale,
        money=money,
        pilot=pilot_of(case, mean_cost) if grade == "C" else None,
        n_without_value=n_without,
        notes=tuple(case.notes(n_without)),
        name_columns=case.name_columns,
        first=tuple(listed[:MOST_SHOWN]),
        learned_at=case.learned_at,
        seed=preparation.seed,
        seconds=time.monotonic() - began,
        constraints=tuple(one.words for one in terms.constraints),
        off_policy=off_policy,
    )
    header = headings(levers, case.name_columns, is_forecast=money is not None, answer=terms.worth.answer_name)
    lines = [cells(one, is_forecast=money is not None) for one in listed]
    rows = preparation.train.positions[case.positions] + 1
    return Simulated(report, header, lines, GuardTable(rows, case.actions.settings, support.codes))


def _money(cases: Cases, limited: Limited, policy: PolicyValue, say: Callable[[float], None]) -> Money:
    yearly, seed = 12 * cases.terms.cases_per_month, cases.preparation.seed
    everywhere = np.concatenate([limited.first, limited.second]).mean(axis=0)
    prices = limited.allocated(everywhere, limited.supported).prices
    status_quo = policy.gains[0].value
    return Money(
        claim=(policy.claim - float(everywhere[:, 0].mean())) * yearly,
        value=policy.value * yearly,
        status_quo=status_quo * yearly,
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
