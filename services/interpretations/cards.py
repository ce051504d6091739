"""A driver as one sentence that carries its numbers: in probability points, in the unit of the target, or in money.

The template names the values of the column where the prediction lies furthest above and below a typical one. It says
what the model does, never what would change the outcome: a driver is not a cause.
"""

from dataclasses import dataclass

from services.interpretations.naming import ColumnName, with_unit
from services.models.report import Driver
from services.models.sentences import POINTS
from services.models.signature import Signature
from services.valuation.amounts import format_money

_NEGLIGIBLE = 1e-9


@dataclass(frozen=True, slots=True)
class Scale:
    """What effects are measured in.

    Attributes
    ----------
    subject
        What is moved, in words.
    unit
        "probability points", or the unit of the target; a currency makes it money.
    point_amount
        What acting on one case is worth more where its probability is one point higher; None without payoffs.
    whole
        What all classes together are called where there are several: importance is told of these.
    """

    subject: str
    unit: str
    point_amount: float | None = None
    currency: str = ""
    whole: str = ""

    @property
    def moved(self) -> str:
        """What a column moves that moves anything: all classes together where there are several."""
        return self.whole or self.subject

    @property
    def is_probability(self) -> bool:
        """Whether effects are hundredths of a probability."""
        return self.unit == POINTS

    def spell(self, effect: float) -> str:
        """The size of an effect: "9.4 points", "€1.2k", "12 kWh"."""
        size = abs(effect)
        if self.is_probability:
            number = f"{size:.0f}" if size >= 9.95 else f"{size:.1f}" if size >= 0.05 else f"{size:.1g}"
            return f"{number} point{'' if number in ('1', '1.0') else 's'}"
        return with_unit(size if size >= 1_000 else float(f"{size:.3g}"), self.unit)


def scale_of(
    signature: Signature, target: ColumnName, scale: str, point_amount: float | None = None, currency: str = ""
) -> Scale:
    """What the effects of an explanation are measured in; `scale` is the explanation's own word for it."""
    if scale != POINTS:
        return Scale(f"the predicted {target.label}", target.unit)
    if signature.positive_label is None:
        return scale_towards(target, None)
    subject = f"the probability that {target.label} is {signature.positive_label}"
    return Scale(subject, POINTS, point_amount, currency)


def scale_towards(target: ColumnName, label: str | None) -> Scale:
    """What effects on one of several classes are measured in; the most frequent one where nothing else is known."""
    subject = "the probability of the most frequent answer"
    if label is not None:
        subject = f"the probability that {target.label} is {label}"
    return Scale(subject, POINTS, whole=f"the probabilities of {target.label}")


def payoff_of_a_point(gain: float, loss: float) -> float:
    """What acting on a case is worth more where the probability is one point higher: d(p·gain − (1 − p)·loss)/dp / 100.

    Exact at every probability, because the worth of acting is linear in it (Elkan 2001).
    """
    return (gain + loss) / 100


def driver_sentence(driver: Driver, name: ColumnName, scale: Scale) -> str:
    """What a column does, with its numbers."""
    subject = scale.subject
    if driver.importance < _NEGLIGIBLE:
        return f"{name.label} does not move {subject}."
    points = sorted(driver.points, key=lambda point: point[1])
    if len(points) < 2 or points[-1][1] - points[0][1] < _NEGLIGIBLE:
        moved = scale.spell(driver.importance)
        return f"{name.label} moves {subject} by {moved} on average, up in some cases and down in others."
    (low_value, low), (high_value, high) = points[0], points[-1]
    if driver.kind == "text":
        return (
            f"Where {name.label} has “{high_value}”, {subject} is {_beside(scale, high)} than without that word; where "
            f"it has “{low_value}”, {_beside(scale, low)}."
        )
    return (
        f"Where {name.label} is {_value(name, high_value)}, {subject} is {_beside(scale, high)} than usual; "
        f"where it is {_value(name, low_value)}, {_beside(scale, low)}{_worth(scale, high - low)}."
    )


def reach_words(driver: Driver, scale: Scale) -> str:
    """ "up to 14 points": the largest effect of a column anywhere on its values."""
    largest = max((abs(effect) for _value, effect in driver.points), default=driver.importance)
    return f"up to {scale.spell(largest)}"


def worth_of(scale: Scale, points: float) -> str:
    """The money by which acting on one case is worth more where its probability is higher; empty without payoffs."""
    if not scale.point_amount or scale.point_amount < 0:
        return ""
    return format_money(scale.point_amount * points, scale.currency)


def _value(name: ColumnName, value: str | float) -> str:
    around = "about " if not isinstance(value, str) and name.kind == "number" else ""
    return f"{around}{name.spell(value)}"


def _beside(scale: Scale, effect: float) -> str:
    return f"{scale.spell(effect)} {'higher' if effect >= 0 else 'lower'}"


def _worth(scale: Scale, spread: float) -> str:
    amount = worth_of(scale, spread)
    return f", and acting on one case is worth {amount} less" if amount else ""
