"""Plans of costs and benefits for tests."""

from services.valuation.adoption import Adoption
from services.valuation.plan import Item, Plan
from services.valuation.uncertainty.estimates import Estimate

AT_ONCE = Adoption(ramp_months=0)


def cost(name: str = "Integration", low: float = 40_000, high: float = 80_000, **more: object) -> Item:
    """A one-off cost in absolute limits, unless told otherwise."""
    return _item(name, {"is_benefit": False, "amount": Estimate(low, high), "rhythm": "once"}, more)


def benefit(name: str = "Leavers kept", low: float = 5_000, high: float = 20_000, **more: object) -> Item:
    """A monthly benefit in absolute limits, unless told otherwise."""
    return _item(name, {"is_benefit": True, "amount": Estimate(low, high), "rhythm": "monthly"}, more)


def plan(*items: Item, **more: object) -> Plan:
    """A plan of these items, or of one cost and one benefit."""
    given: dict[str, object] = {"adoption": AT_ONCE} | more
    return Plan(items=items or (cost(), benefit()), **given)  # type: ignore[arg-type]


def _item(name: str, usual: dict[str, object], more: dict[str, object]) -> Item:
    return Item(name=name, **(usual | more))  # type: ignore[arg-type]
