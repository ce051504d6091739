"""What a simulation says of a lever: its grade, why, and its effect. Loads no machine learning."""

from dataclasses import dataclass, field

from services.models.documents import LATER
from services.models.report import Document
from services.proposals.causal import Grade


@dataclass(frozen=True)
class BesideFound(Document):
    """What another library says of the same effect, with its own 95% interval; `method` names it and its version."""

    method: str
    effect: float
    low: float
    high: float

    @property
    def sentence(self) -> str:
        """What it says."""
        return (
            f"{self.method} says {self.effect:+.3g} of the same cases, 19 times in 20 between {self.low:+.3g} and "
            f"{self.high:+.3g}."
        )


@dataclass(frozen=True)
class AdjustedFound(Document):
    """What one unit more of a lever does to the outcome, adjusted for what was known before it was set.

    Attributes
    ----------
    low, high
        The 95% interval over cases.
    robustness
        The least share that a hidden cause must decide of what is left of both to bring the interval to 0.
    simulated
        What the simulator says of the same unit; None where the guard lets no two settings through.
    controls
        The columns it is adjusted for.
    beside
        What another library says of the same; None where none is installed, or where cases belong together.
    n_groups
        Of cases that belong together; None where each stands by itself.
    """

    effect: float
    low: float
    high: float
    robustness: float
    n: int
    simulated: float | None
    controls: tuple[str, ...]
    sentence: str
    beside: BesideFound | None = field(default=None, metadata=LATER)
    n_groups: int | None = field(default=None, metadata=LATER)

    @property
    def told(self) -> str:
        """The sentence, with what another library says of the same."""
        return self.sentence if self.beside is None else f"{self.sentence} {self.beside.sentence}"


@dataclass(frozen=True)
class LeverFinding(Document):
    """What may be said of the effect of one lever.

    Attributes
    ----------
    explained
        How far the other columns decide it, 0 to 1 (cross-validated).
    light
        "green", "amber" or "red": whether the model can tell its effect from theirs.
    is_thinned
        Whether only some of its values were tried, because all together would have been too many.
    adjusted
        The estimate that grade B is earned or missed by; None where none was made.
    """

    name: str
    column: str
    allowed: str
    grade: Grade
    reason: str
    explained: float
    light: str
    is_thinned: bool
    adjusted: AdjustedFound | None = field(default=None, metadata=LATER)
