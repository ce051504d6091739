"""What a simulation is worth, as the second sheet of its workbook: the grade, and every estimate with its interval."""

from services.proposals.causal import WORDINGS
from services.simulation.action_list import Cell
from services.simulation.report import GainFound, SimulationReport
from services.simulation.sentences import allocation_of, finding_of


def worth_sheet(report: SimulationReport) -> list[list[Cell]]:
    """Lines of cells; of grade B lower ends only, of grade C no money at all."""
    said = [
        f"{finding_of(report)}.",
        *(f"{lever.name}, grade {lever.grade}: {lever.reason}" for lever in report.levers),
    ]
    said += [lever.adjusted.told for lever in report.levers if lever.adjusted]
    if (allocation := allocation_of(report)) is not None:
        said += [text for text in (allocation.warning(report.currency), allocation.told(report.currency)) if text]
    lines: list[list[Cell]] = [["what", f"{report.currency} a year", "at least", "at most"]]
    lines += [[words, None, None, None] for words in (f"grade {report.grade}: {WORDINGS[report.grade]}", *said)]
    if report.money is None:
        return lines
    lines += [_line(f"gain over {gain.over}, by copies that had no say", gain, report) for gain in report.money.gains]
    if report.off_policy is not None:
        lines += [_line(f"gain over today's way, {found.over}", found, report) for found in report.off_policy.estimates]
        lines.append([report.off_policy.sentence, None, None, None])
    return lines


def _line(what: str, gain: GainFound, report: SimulationReport) -> list[Cell]:
    if report.grade == "B":
        return [what, None, round(gain.low, 2), None]
    return [what, round(gain.amount, 2), round(gain.low, 2), round(gain.high, 2)]
