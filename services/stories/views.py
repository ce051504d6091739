"""What a page sees of what stands behind an explanation: one frozen picture for one person."""

from dataclasses import dataclass

from services.interpretations.cards import Scale
from services.interpretations.naming import ColumnName
from services.jobs.views import JobView
from services.models.report import Explanation
from services.stories.case_report import CaseStory
from services.stories.report import Told


@dataclass(frozen=True, slots=True)
class Teller:
    """With what names and in what unit a person is told of a model; nobody gets one before saying what they expect."""

    names: dict[str, ColumnName]
    target: ColumnName
    scale: Scale
    explanation: Explanation

    def name(self, column: str) -> ColumnName:
        """A column as the business calls it."""
        return self.names.get(column) or ColumnName(column, column, "")


@dataclass(frozen=True, slots=True)
class StoriesView:
    """What was found behind the explanation of a model.

    Attributes
    ----------
    teller
        None for who is still to say what they expect; nothing else is told then.
    told
        The newest report on this model and explanation; None before the first.
    job
        The newest question about it, however it stands.
    told_at
        The threshold the stories were told at, as a probability.
    is_lost
        Whether something was found that is missing or damaged where files are kept.
    has_other_basis
        Whether what can be changed, or is never a reason, is not what it was then.
    """

    model_id: str
    project_id: str
    number: int
    family: str
    may_ask: bool
    threshold: float | None
    teller: Teller | None
    job: JobView | None
    told: Told | None
    told_at: float | None
    is_lost: bool = False
    has_other_basis: bool = False

    @property
    def has_other_threshold(self) -> bool:
        """Whether the threshold has been moved since the stories were told."""
        return self.told is not None and self.told_at != self.threshold


@dataclass(frozen=True, slots=True)
class CaseStoryView:
    """The story of one row: told already, being told, or not asked for yet. `n_rows` is how many rows there are.

    `has_other_basis` and `is_lost` as in `StoriesView`.
    """

    row: int
    n_rows: int
    story: CaseStory | None
    job: JobView | None
    has_other_basis: bool = False
    is_lost: bool = False
