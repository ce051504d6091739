"""How easy a project is to bring to an end: a plain score of what is known, with its reasons. Pure.

It is the mean of up to three shares, each from 0 to 1, left out where nothing is known: the way travelled, the data at
hand, and the room for error (the share of a perfect model's value that is *not* needed for the plan to be worth
something beyond the best without a model). The weights are a judgement: all alike.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.portfolio.records.views import Reach
from services.portfolio.worth import Worth
from services.valuation.assumptions import Assumptions
from services.valuation.project_worth import worth_line

AT_HAND = {"have": 1.0, "buy": 0.5, "collect": 0.25}
_FEW_OF_100 = 34


def judge_reach(
    way: float,
    *,
    data_needed: Sequence[Mapping[str, Any]],
    has_data: bool,
    worth: Worth | None,
    most_amount: float | None,
    assumptions: Assumptions | None,
) -> Reach:
    """How easy it is, and why.

    Parameters
    ----------
    way
        Share of the stages behind the project, 0 to 1.
    most_amount
        Money a year a perfect model would bring against acting on nobody, before all costs.
    """
    shares, reasons = [way], [f"{round(100 * way)} of 100 of the way is behind it"]
    if has_data:
        shares.append(1.0)
        reasons.append("its data is here")
    elif data_needed:
        shares.append(sum(AT_HAND.get(str(need.get("status")), 0.0) for need in data_needed) / len(data_needed))
        n_have = sum(need.get("status") == "have" for need in data_needed)
        reasons.append(f"{n_have} of {len(data_needed)} sources of data are available")
    if assumptions is not None and worth is not None and assumptions.currency == worth.currency:
        share, reason = _room_for_error(assumptions, worth, most_amount or 0.0)
        shares.append(share)
        reasons.append(reason)
    return Reach(sum(shares) / len(shares), tuple(reasons))


def _room_for_error(assumptions: Assumptions, worth: Worth, most_amount: float) -> tuple[float, str]:
    line = worth_line(assumptions)
    if line.per_unit == 0:  # calls do not count, or can never arrive
        pays = line.at_nothing > 0
        return float(pays), f"its plan {'earns' if pays else 'does not earn'} its costs whatever its model"
    if worth.is_measured:
        pays = line.at(worth.amount) > 0
        return float(pays), "its model earns its cost" if pays else "its model does not earn its cost yet"
    if most_amount <= 0 or line.at(most_amount) <= 0:
        return 0.0, "even a perfect model would not earn its cost"
    needed = max(0.0, -line.at_nothing / (line.per_unit * most_amount))
    words = f"it pays back with {max(1, round(100 * needed))} of 100 of what a perfect model would bring"
    return 1.0 - needed, words if 100 * needed <= _FEW_OF_100 else f"it needs much: {words}"
