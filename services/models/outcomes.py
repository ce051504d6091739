"""What acting from a threshold on means: who is caught, who is bothered, and what it is worth."""

from dataclasses import dataclass

from services.models.report import CurvePoint, Evaluation, MoneyReport


@dataclass(frozen=True, slots=True)
class Outcome:
    """The consequences of one threshold, judged on rows kept aside.

    Attributes
    ----------
    yearly_value, low, high
        Money a year against acting on nobody, with its 95% interval; None where it was not computed.
    share_acted, base_rate
        Shares of all cases: those acted on, and those where the outcome happens.
    recall
        Share of the cases where the outcome happens that is acted on.
    caught_amount
        Mean value of the cases caught, where each row has its own amount; else None.
    """

    threshold: float
    currency: str
    yearly_value: float
    low: float | None
    high: float | None
    share_acted: float
    recall: float
    base_rate: float
    caught_amount: float | None = None

    @property
    def caught_rate(self) -> float:
        """Share of all cases that are acted on, and rightly."""
        return self.base_rate * self.recall

    @property
    def needless_rate(self) -> float:
        """Share of all cases that are acted on, and needlessly."""
        return max(0.0, self.share_acted - self.caught_rate)

    @property
    def missed_rate(self) -> float:
        """Share of all cases where nobody acts although the outcome happens."""
        return self.base_rate - self.caught_rate

    @property
    def spared_rate(self) -> float:
        """Share of all cases where nobody acts, and rightly."""
        return max(0.0, 1.0 - self.share_acted - self.missed_rate)

    @property
    def precision(self) -> float:
        """Share of those acted on where the outcome happens; 0 where nobody is acted on."""
        return self.caught_rate / self.share_acted if self.share_acted else 0.0


def outcome_at(evaluation: Evaluation, threshold: float | None) -> Outcome | None:
    """The outcome at a threshold: exact at the one the run proposed, else at the evaluated cut just above it.

    None where the model was not priced, or has no threshold.
    """
    money = evaluation.money
    if money is None or threshold is None:
        return None
    point = _cut_above(evaluation.profit_curve, threshold)
    if threshold == money.threshold:
        return _proposed(money, point)
    if point is None:
        return None
    return Outcome(
        threshold=threshold,
        currency=money.currency,
        yearly_value=point.yearly_value,
        low=point.low,
        high=point.high,
        share_acted=point.share_acted,
        recall=point.recall,
        base_rate=money.base_rate,
        caught_amount=point.caught_amount,
    )


def threshold_for(curve: tuple[CurvePoint, ...], share: float) -> float:
    """A threshold that acts on the evaluated share nearest to `share`: halfway to the next cut, so it is stable."""
    place = min(range(len(curve)), key=lambda index: abs(curve[index].share_acted - share))
    following = curve[place + 1].threshold if place + 1 < len(curve) else 0.0
    return min(1.0, (curve[place].threshold + following) / 2)


def _cut_above(curve: tuple[CurvePoint, ...], threshold: float) -> CurvePoint | None:
    acting = [point for point in curve if point.threshold >= threshold]
    return max(acting, key=lambda point: point.share_acted, default=None)


def _proposed(money: MoneyReport, point: CurvePoint | None) -> Outcome:
    caught = money.base_rate * money.recall
    share = caught / money.precision if money.precision else point.share_acted if point else 0.0
    return Outcome(
        threshold=money.threshold,
        currency=money.currency,
        yearly_value=money.yearly_value,
        low=money.low,
        high=money.high,
        share_acted=share,
        recall=money.recall,
        base_rate=money.base_rate,
        caught_amount=money.caught_amount,
    )
