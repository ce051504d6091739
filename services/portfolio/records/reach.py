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
from services.valuation.project_worth import worth_over_horizon

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
    at_nothing, at_most = (worth_over_horizon(assumptions, amount) for amount in (0.0, most_amount))
    if at_nothing == at_most:  # calls do not count, or stages let nothing come to them
        return float(
            at_most > 0
        ), f"its plan {'earns' if at_most > 0 else 'does not earn'} its costs whatever its model"
    if worth.is_measured:
        pays = worth_over_horizon(assumptions, worth.amount) > 0
        return float(pays), "its model earns its cost" if pays else "its model does not earn its cost yet"
    if at_most <= 0:
        return 0.0, "even a perfect model would not earn its cost"
    needed = max(0.0, -at_nothing / (at_most - at_nothing))  # the worth is a straight line in what calls bring
    words = f"it pays back with {max(1, round(100 * needed))} of 100 of what a perfect model would bring"
    return 1.0 - needed, words if 100 * needed <= _FEW_OF_100 else f"it needs much: {words}"
