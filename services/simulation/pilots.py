"""The experiment that would earn a lever grade A, for the cases of a simulation."""

import numpy as np

from services.automl.task import Task
from services.simulation.cases import Cases
from services.simulation.pilot import pilot_for_number, pilot_for_share
from services.simulation.report import PilotFound


def pilot_of(cases: Cases, action_amount: float) -> PilotFound:
    """Its size, where an action costs so much on average."""
    if cases.preparation.task is Task.BINARY:
        rate = cases.terms.base_rate or cases.learned_at or 0.5
        lost = 0.0 if cases.terms.worth.formula else cases.terms.worth.lost_amount
        found = pilot_for_share(rate, action_amount=action_amount, lost_amount=lost)
    else:
        found = pilot_for_number(float(np.std(cases.preparation.train.y)))
    months = found.months(cases.terms.cases_per_month)
    return PilotFound(found.n_per_arm, found.difference, found.pays, found.is_share, months)
