"""What a simulation leaves."""

from dataclasses import dataclass

from services.simulation.action_list import Cell
from services.simulation.guard_table import GuardTable
from services.simulation.report import SimulationReport


@dataclass(frozen=True, slots=True)
class Simulated:
    """The report, the action list as headings and lines, and where each setting of each case may be believed."""

    report: SimulationReport
    header: list[str]
    lines: list[list[Cell]]
    guard: GuardTable
