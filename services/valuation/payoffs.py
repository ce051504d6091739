"""What each of the four outcomes of a yes/no decision is worth."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PayoffMatrix:
    """Money per case, all four against the same baseline, in one currency.

    A positive is a case in which the outcome really happens; true and false say whether the decision was right.

    References
    ----------
    C. Elkan, "The foundations of cost-sensitive learning", IJCAI 2001.
    F. Provost and T. Fawcett, *Data Science for Business*, 2013, chapter 7.
    """

    true_positive: float
    false_positive: float
    false_negative: float
    true_negative: float

    @property
    def gain(self) -> float:
        """Money gained by acting on a positive instead of leaving it alone."""
        return self.true_positive - self.false_negative

    @property
    def loss(self) -> float:
        """Money lost by acting on a negative instead of leaving it alone."""
        return self.true_negative - self.false_positive

    @property
    def threshold(self) -> float:
        """Calibrated probability from which acting pays: 0 where acting never costs, 1 where it never gains."""
        if self.loss <= 0:
            return 0.0
        if self.gain <= 0:
            return 1.0
        return self.loss / (self.gain + self.loss)
