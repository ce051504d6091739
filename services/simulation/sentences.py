"""A simulation in words: what it is worth or why nobody may say, what is scarce, what the guard and the levers say."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.automl.values_in_words import share_in_words
from services.proposals.causal import CONSEQUENCES, WORDINGS
from services.simulation.allocation_finding import AllocationFound
from services.simulation.lever_finding import LeverFinding
from services.simulation.report import Money, PilotFound, SegmentFound, SimulationReport
from services.simulation.usable_levers import UsableLever
from services.simulation.worth import CHANCE, PREDICTED
from services.valuation.amounts import format_money
from services.valuation.assumptions import Assumptions

GUARD_REASONS = {
    "range": "The value was hardly ever seen in the data",
    "overlap": "Cases like this one were never treated so",
    "case": "The case is unlike those the model knows",
    "change": "It is farther from today's value than the lever may be moved",
}
LIGHTS = {"green": "Told apart", "amber": "Hard to tell", "red": "Cannot be told"}
_TINY = 0.005  # of money for one more unit: less reads as nothing


def answer_name_of(task: str) -> str:
    """What a formula calls the answer of a model."""
    return CHANCE if task == "binary" else PREDICTED


def lost_amount(figures: Assumptions) -> float:
    """Money lost where the outcome happens unprevented: what catching it brings, and what missing it costs."""
    return figures.caught_value_amount + figures.miss_amount


def default_worth(figures: Assumptions) -> str:
    """How a case is valued where no formula is given."""
    amount = format_money(lost_amount(figures), figures.currency)
    return f"minus the chance of the outcome times {amount} (the value of a caught case), minus what the levers cost"


def formula_in_words(formula: str) -> str:
    """How a case is valued by a formula."""
    return f"{formula}, minus what the levers cost"


def describe_obstacle(task: str, levers: Sequence[UsableLever], *, has_figures: bool) -> str | None:
    """Why nothing can be simulated with a model, and what to do; None where something can."""
    if task == "multiclass":
        return "This model tells several classes apart. Simulate one that answers yes or no, or with a number."
    if not levers:
        return "The objective names no lever. Say there what you can change, within what, and which column holds it."
    if not any(found.is_usable for found in levers):
        return " ".join(found.problem for found in levers)
    if not has_figures:
        return "Nobody has said what a case is worth. Fill in the page Money first."
    return None


def finding_of(report: SimulationReport) -> str:
    """What was found, in one sentence: the money over today's way with its interval, or that none may be forecast."""
    if report.money is None:
        return f"No benefit may be forecast: {_named(report.levers, 'C')} not set at random in the data"
    if report.moves_nothing:
        return "The model says the same of every case whatever the levers are set to"
    if not report.acts and not report.share_with_choice:
        return f"{_nothing_allowed(report)}, so all is left as it is"
    if not report.acts:
        return "Nothing within these limits beats today's way"
    return worth_sentence(report.money, report.currency, is_lower=report.grade == "B")


def _nothing_allowed(report: SimulationReport) -> str:
    if not report.is_guarded:
        return "No other setting may be taken"
    if report.constraints:
        return "Neither the guard nor what must hold lets another setting through"
    return "The guard lets no other setting through"


def worth_sentence(money: Money, currency: str, *, is_lower: bool) -> str:
    """ "Worth about €120k a year over today's way, 19 times in 20 between €80k and €160k"."""
    gain = money.gains[0]
    if is_lower:
        return _lower_sentence(gain.low, currency)
    low, high = (format_money(amount, currency) for amount in (gain.low, gain.high))
    if gain.low <= 0 <= gain.high:
        about = format_money(gain.amount, currency)
        return f"It cannot be told from today's way: about {about} a year, 19 times in 20 between {low} and {high}"
    if gain.high < 0:
        return f"Worse than today's way: a loss of {format_money(-gain.amount, currency)} a year is to be expected"
    about = format_money(gain.amount, currency)
    return f"Worth about {about} a year over today's way, 19 times in 20 between {low} and {high}"


def _lower_sentence(low: float, currency: str) -> str:
    if low > 0:
        return f"Worth at least {format_money(low, currency)} a year over today's way, if no hidden cause decided it"
    lost = format_money(-low, currency)
    return f"No gain over today's way is sure: at the lower end it loses {lost} a year, hidden causes aside"


def describe_short(document: Mapping[str, Any]) -> str:
    """The finding of a stored report, for a list."""
    return f"{finding_of(SimulationReport.from_document(dict(document)))}."


def explain_finding(report: SimulationReport) -> str:
    """What stands behind the finding, and what follows from the grade."""
    consequence = CONSEQUENCES[report.grade]
    if report.money is None:
        reasons = " ".join(dict.fromkeys(lever.reason for lever in report.levers if lever.grade == report.grade))
        return f"Grade C: {WORDINGS['C']}. {reasons} {consequence}"
    named = f"Grade {report.grade}: {WORDINGS[report.grade]}. {consequence}"
    cases = (
        f"From {report.n_cases:,} cases of the data, none of them sealed, brought to {report.yearly_cases:,.0f} a year."
    )
    if report.grade == "B":
        ends = (
            "It is the lower of two ends: of what copies of the model say that had no say in the choice, and of what "
            "the adjusted effect alone would bring."
        )
        return " ".join([named, ends, *(lever.adjusted.told for lever in report.levers if lever.adjusted), cases])
    claim = format_money(report.money.claim, report.currency)
    return (
        f"{named} The copies of the model that chose would claim {claim}, which is too high because they chose; the "
        f"figure above comes from copies that had no say in it. {cases}"
    )


def describe_agreement(report: SimulationReport) -> str | None:
    """Whether the cases themselves bear out what the copies of the model say; None where they cannot be asked."""
    if report.money is None or report.grade != "A" or report.off_policy is None or not report.off_policy.estimates:
        return None
    robust, gain = report.off_policy.estimates[-1], report.money.gains[0]
    about = format_money(gain.amount, report.currency)
    if robust.low <= gain.amount <= robust.high:
        return f"The figure above, {about}, lies within that."
    if robust.low > gain.high or robust.high < gain.low:
        return f"The figure above, {about}, is another one beyond chance: trust the cases more than the model."
    return f"The figure above, {about}, lies outside, but the two intervals overlap."


def describe_pilot(pilot: PilotFound) -> str:
    """The experiment that would earn the right to forecast."""
    n = 2 * pilot.n_per_arm
    if pilot.is_share:
        size = f"a change of {pilot.difference * 100:.2g} in 100 cases"
    else:
        size = f"a change of {pilot.difference:.3g}"
    why = ", which would just pay," if pilot.pays else ""
    weeks = pilot.months * 52 / 12
    time = f"{weeks:.0f} weeks" if 1.5 <= weeks < 104 else "about a week" if weeks < 1.5 else f"{weeks / 52:.0f} years"
    return (
        f"Draw {n:,} cases by chance, set the lever in one half and leave the other as it is: {size}{why} is then "
        f"found 8 times in 10. Where every case takes part, that takes {time}."
    )


def describe_missing_extra(report: SimulationReport) -> str | None:
    """What installing another library would add to an adjusted estimate; None where it would add nothing."""
    estimates = [lever.adjusted for lever in report.levers if lever.adjusted is not None]
    if any(estimate.beside is None and estimate.n_groups is None for estimate in estimates):
        return (
            "With the extra `econml` installed where workers run, its LinearDML gives a second estimate of the same "
            "effect, with its own interval."
        )
    return None


def describe_scarcity(report: SimulationReport) -> str:
    """What one more of each limit would bring; empty where nothing is limited or grade A, which may say, is missing."""
    money, parts = report.money, []
    if money is None or report.grade != "A":
        return ""
    if money.budget_price is not None:
        unit = format_money(1.0, report.currency)
        parts.append(
            _price(money.budget_price, f"One more {unit} of budget", "The budget is not scarce", report.currency)
        )
    if money.capacity_price is not None:
        parts.append(_price(money.capacity_price, "One more case acted on", "Capacity is not scarce", report.currency))
    return " ".join(parts)


def allocation_of(report: SimulationReport) -> AllocationFound | None:
    """How near the choice is to the best within the limits; in money only of grade A, as the claim is a middle."""
    found = report.allocation
    return found if found is None or report.grade == "A" else found.without_money


def describe_guard(report: SimulationReport) -> str:
    """What the guard lets through."""
    if not report.is_guarded:
        return "The guard is off: settings that were never tried on cases like these are believed. Do not act on this."
    share = share_in_words(report.share_with_choice)
    if report.is_common:
        return f"{share} of the cases are in groups for which some other setting may be believed; the others are left."
    return f"For {share} of the cases the data hold cases alike that were treated in another way; the others are left."


def describe_edge(report: SimulationReport) -> str | None:
    """The warning that the best setting may lie outside what was tried; None where it need not be given."""
    if not report.has_wide_edge:
        return None
    share = share_in_words(report.share_on_edge)
    return (
        f"{share} of the chosen settings are as far as the guard lets them. The best value "
        "may lie outside what was ever tried: run an experiment there before you act on this."
    )


def describe_light(lever: LeverFinding) -> str:
    """Whether the model can tell the effect of a lever from that of the other columns."""
    share = share_in_words(lever.explained)
    if lever.light == "red":
        return f"The other columns decide {share} of it: the model cannot separate its effect from theirs."
    if lever.light == "amber":
        return f"The other columns decide {share} of it: its effect is hard to separate from theirs."
    if lever.grade != "A":
        return f"The other columns decide {share} of it. What is not in the data may still have decided it."
    return f"The other columns decide {share} of it, so its effect can be told from theirs."


def describe_settings(report: SimulationReport) -> str:
    """What is set for all cases, or for how many groups."""
    names = [lever.name for lever in report.levers]
    if len(report.segments) == 1:
        (found,) = report.segments
        parts = [
            f"{name}: {then}, today {today}" for name, then, today in zip(names, found.then, found.today, strict=True)
        ]
        return f"For all {found.n_cases:,} cases alike. {'; '.join(parts)}."
    small = sum(found.is_small for found in report.segments)
    left = f", {small:,} of them too small to say" if small else ""
    return f"{len(report.segments):,} groups by “{report.segment_column}”{left}."


def describe_curve(found: SegmentFound, lever: LeverFinding, currency: str) -> str:
    """Where the curve of money over a lever is highest among what may be believed."""
    points = [point for point in found.curve if point.is_believed]
    if not points:
        return "No value may be believed in enough cases."
    best = max(points, key=lambda point: point.amount)
    return (
        f"Of the values tried, {lever.name} at {best.value:,.6g} brings the most: about "
        f"{format_money(best.amount, currency)} a year over today's way. The band holds it 19 times in 20."
    )


def describe_acts(report: SimulationReport) -> str:
    """How many cases are acted on a year, and what that costs."""
    cost = format_money(report.spent, report.currency)
    return f"{report.acts:,.0f} of {report.yearly_cases:,.0f} cases a year are set anew, which costs {cost}"


def _price(price: float, of: str, nothing: str, currency: str) -> str:
    if price < _TINY:
        return f"{nothing}: more of it would bring nothing."
    return f"{of} would bring about {format_money(price, currency)}."


def _named(levers: Sequence[LeverFinding], grade: str) -> str:
    names = [f"“{lever.name}”" for lever in levers if lever.grade == grade]
    joined = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{joined} {'was' if len(names) == 1 else 'were'}"
