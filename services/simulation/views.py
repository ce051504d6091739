"""What a page sees of the simulator: what may be moved, what was asked, how far it is, and what was found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from services.jobs.views import JobView
from services.proposals.lever import Lever
from services.simulation.report import SimulationReport
from services.simulation.request import SimulationRequest
from services.simulation.usable_levers import UsableLever
from services.simulation.worth import CHANCE, PREDICTED, Worth


@dataclass(frozen=True, slots=True)
class SimulatorView:
    """What may be asked of a model now.

    Attributes
    ----------
    levers
        Those of the objective in force, each with what stands in its way.
    obstacle
        Why nothing can be asked at all, and what to do; None where something can.
    budget_amount, capacity
        Money and cases a month in the figures in force; None where they say none.
    default_worth
        How a case is valued where no formula is given, in words; None where a formula must be given.
    """

    model_id: str
    model_number: int
    project_id: str
    task: str
    levers: tuple[UsableLever, ...]
    obstacle: str | None
    currency: str
    budget_amount: float | None
    capacity: float | None
    cases_per_month: float
    default_worth: str | None
    columns: tuple[str, ...]

    @property
    def usable(self) -> tuple[Lever, ...]:
        """The levers that may take part."""
        return tuple(found.lever for found in self.levers if found.is_usable)

    @property
    def answer_name(self) -> str:
        """What the model says of a case, in a formula."""
        return CHANCE if self.task == "binary" else PREDICTED


@dataclass(frozen=True, slots=True, eq=False)
class CaseView:
    """One case of a simulation.

    Attributes
    ----------
    rows
        The case alone, as the model and the formulas take it.
    names
        The columns of `rows` that the model takes; the others may have been left out by people, and are not for show.
    labels, units
        Business names and units of those columns that have one.
    """

    model_id: str
    row: int
    names: tuple[str, ...]
    labels: Mapping[str, str]
    units: Mapping[str, str]
    rows: pd.DataFrame
    levers: tuple[Lever, ...]
    worth: Worth
    currency: str
    base_rate: float | None


@dataclass(frozen=True, slots=True)
class ScenarioView:
    """A simulation that somebody gave a name."""

    id: str
    name: str
    simulation_id: str
    created_by_name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SimulationLine:
    """A simulation in a list. `sentence` is what was found, or why nothing was; None while it is at work."""

    id: str
    state: str
    sentence: str | None
    scenario: str | None
    created_by_name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SimulationView:
    """One simulation. `report` is None until it is done.

    `hides_reasons`: the person is still to say what they expect to drive the model, and is shown no reason until then.
    """

    job: JobView
    request: SimulationRequest
    model_number: int
    objective_version: int
    dataset_version: int
    report: SimulationReport | None
    scenario: ScenarioView | None
    hides_reasons: bool = False

    @property
    def id(self) -> str:
        """That of its job."""
        return self.job.id
