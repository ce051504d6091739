"""A figure with its reach: what was measured, on how many, and how far it can be from that by chance."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """A figure and its interval.

    Attributes
    ----------
    low, high
        Ends of the interval; None where there is too little to say.
    n
        What it was computed from: rows, pairs of halves, series. `method` says which.
    """

    value: float
    low: float | None
    high: float | None
    n: int
    method: str

    def in_words(self, decimals: int = 2) -> str:
        """0.71 (0.66 to 0.75)."""
        if self.low is None or self.high is None:
            return f"{self.value:.{decimals}f}"
        return f"{self.value:.{decimals}f} ({self.low:.{decimals}f} to {self.high:.{decimals}f})"
