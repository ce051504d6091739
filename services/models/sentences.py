"""A model in words: what it is worth, how good it is, what drives it."""

from services.automl.metrics import METRICS
from services.models.outcomes import Outcome
from services.models.report import Estimate, Evaluation, Explanation, MoneyReport
from services.models.signature import Signature
from services.valuation.amounts import format_money
from services.valuation.row_amounts import describe_amounts

POINTS = "probability points"


def describe_worth(evaluation: Evaluation, signature: Signature, outcome: Outcome | None) -> str:
    """The finding about a model in one sentence: money where it was priced, else the score beside a guess."""
    if outcome is not None:
        value = format_money(outcome.yearly_value, outcome.currency)
        return (
            f"Worth about {value} a year: acting on {_of_100(outcome.share_acted)} cases "
            f"catches {_of_100(outcome.recall)} where {signature.target} is {signature.positive_label}."
        )
    label = METRICS[evaluation.metric].label
    return (
        f"{label} {format_score(evaluation.score.value)} on rows kept aside, "
        f"where a guess scores {format_score(evaluation.baseline_score)}."
    )


def describe_interval(estimate: Estimate) -> str:
    """ "0.832 to 0.874 in 95 of 100 samples", or the number of rows where there is no interval."""
    if estimate.low is None or estimate.high is None:
        return f"on {estimate.n:,} rows kept aside"
    return f"{format_score(estimate.low)} to {format_score(estimate.high)} is likely"


def describe_drivers(explanation: Explanation) -> str:
    """The strongest three columns: "Contract, tenure and MonthlyCharges move the prediction most"."""
    names = [driver.column for driver in explanation.drivers[:3]]
    if len(names) < 2:
        return f"{''.join(names)} moves the prediction most"
    return f"{', '.join(names[:-1])} and {names[-1]} move the prediction most"


def describe_additivity(explanation: Explanation) -> str:
    """Whether the parts add up to the whole, in plain words."""
    rows = f"{explanation.n_rows:,} explained rows"
    if explanation.is_additive:
        return (
            f"In each of the {rows} the typical prediction and the effects of all columns add up to what the model "
            "predicts: nothing is hidden."
        )
    gap = format_effect(explanation.max_additivity_gap).lstrip("+")
    return f"In the {rows} the effects miss the prediction by up to {gap}: do not rely on this explanation."


def format_score(value: float) -> str:
    """Three decimals for a score, thousands separators for an error in units of the target."""
    return f"{value:.3f}".replace("-", "−") if abs(value) < 10 else f"{value:,.0f}".replace("-", "−")


def format_effect(value: float) -> str:
    """+17, −4.2, +23k: signed, two or three digits."""
    size = abs(value)
    if size >= 9_950:
        text = f"{size / 1_000:,.0f}k"
    elif size >= 9.95:
        text = f"{size:,.0f}"
    else:
        text = f"{size:.1f}" if size >= 0.05 else "0"
    return text if text == "0" else f"{'−' if value < 0 else '+'}{text}"


def format_prediction(value: float, scale: str) -> str:
    """63% for a probability, else the number."""
    if scale == POINTS:
        return f"{value:.0f}%"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def describe_reach(effects: list[float], scale: str) -> str:
    """ "up to 14 points": the largest effect of a column anywhere on its range."""
    largest = max((abs(effect) for effect in effects), default=0.0)
    size = format_effect(largest).lstrip("+")
    return f"up to {size} points" if scale == POINTS else f"up to {size}"


def _of_100(share: float) -> str:
    return f"{share * 100:.0f} of 100"


def describe_reference(evaluation: Evaluation, outcome: Outcome) -> str:
    """The value beside acting on everyone and beside a perfect model, with its interval."""
    if evaluation.money is None:
        return ""
    without = f"{describe_without_model(evaluation.money)} earns"
    everyone = format_money(evaluation.money.treat_all, outcome.currency)
    perfect = format_money(evaluation.money.perfect, outcome.currency)
    likely = ""
    if outcome.low is not None and outcome.high is not None:
        ends = [format_money(amount, outcome.currency) for amount in (outcome.low, outcome.high)]
        likely = f"Likely between {ends[0]} and {ends[1]} a year. "
    limit = describe_capacity(evaluation, outcome)
    return f"{likely}{without} {everyone}, a perfect model {perfect}. {limit}".rstrip()


def describe_evaluated_amounts(evaluation: Evaluation) -> str:
    """That each row kept aside is priced by its own amount, and where not; empty where all are worth the same."""
    money = evaluation.money
    return "" if money is None or money.amounts is None else describe_amounts(money.amounts, money.currency)


def describe_without_model(money: MoneyReport) -> str:
    """What a business would do without a model: act on everyone, or on as many as it can, picked at random."""
    is_limited = money.capacity_rate is not None and money.capacity_rate < 1
    return "Picking at random" if is_limited else "Acting on everyone"


def describe_capacity(evaluation: Evaluation, outcome: Outcome) -> str:
    """What is said where a threshold asks for more actions than are possible; else nothing."""
    limit = evaluation.money.capacity_rate if evaluation.money else None
    if limit is None or outcome.share_acted <= limit:
        return ""
    acted, possible = _of_100(outcome.share_acted), f"{limit * 100:.0f}"
    return f"It acts on {acted} cases, more than the {possible} there is capacity for."
