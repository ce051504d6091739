"""Find settings that many cases share: the cases, the copies of the model, where they may be believed, the search."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from services.automl.preparation import Preparation
from services.proposals.lever import Lever
from services.simulation.actions import values_of
from services.simulation.answer_journal import remembering
from services.simulation.cases import MOST_SETTINGS, Cases, Terms
from services.simulation.common_search import Ceilings
from services.simulation.common_settings import CommonSettings
from services.simulation.common_support import CommonSupport, find_common_support
from services.simulation.common_value import CommonPolicy, value_common
from services.simulation.copies import Copies, fit_copies
from services.simulation.segments import Segment, deal_segments

Floats = NDArray[np.float64]
Say = Callable[[float, str], None]
_MOST_SECONDS = 600.0  # of all searches; what was found by then is used
_SEARCHES = 3  # by all copies, and by those of either half
BY_COUNT = f"because one search tries about {MOST_SETTINGS // _SEARCHES} new ones at most"
BY_TIME = f"because there are {_MOST_SECONDS / 60:.0f} minutes for all searches"


@dataclass(frozen=True, slots=True, eq=False)
class Common:
    """Everything that is found of settings that many cases share, before it becomes a report.

    `ended_by`: which limits ended a search before all was tried, in words; empty where none did.
    """

    case: Cases
    copies: Copies
    segments: tuple[Segment, ...]
    settings: CommonSettings
    support: CommonSupport
    policy: CommonPolicy
    ended_by: str

    @property
    def changed(self) -> Floats:
        """1 in which cases something is set to another value, (n,)."""
        return self._assembled("acts")

    @property
    def costs(self) -> Floats:
        """Money a case, (n,)."""
        return self._assembled("costs")

    def _assembled(self, name: str) -> Floats:
        found = np.zeros(len(self.case.rows))
        for segment, choice in zip(self.segments, self.policy.choices, strict=True):
            found[segment.cases] = getattr(self.settings.of(choice), name)[segment.cases]
        return found


def search_common(
    pipeline: Pipeline,
    family: str,
    preparation: Preparation,
    frame: pd.DataFrame,
    levers: tuple[Lever, ...],
    terms: Terms,
    say: Say,
    unfinished: Path | None = None,
) -> Common:
    """Find the best setting of each segment within the limits, and what it is worth.

    What the copies say is kept in the folder `unfinished`, and not asked again where it is there already.

    Raises
    ------
    InvalidInputError
        A formula cannot be computed, the groups cannot be told, or no setting keeps every limit.
    """
    case = Cases(preparation, frame, levers, terms)
    segments = deal_segments(case.rows, terms.segment_column)
    copies = fit_copies(pipeline, family, preparation, case.positions, lambda share, phase: say(0.4 * share, phase))
    say(0.4, "Looking where the model may be believed")
    observed = {name: preparation.train.x[name].unique().tolist() for name in case.actions.columns}
    values = [values_of(lever, observed) for lever in levers]
    names = [column.name for column in preparation.columns]
    support = find_common_support(
        case.rows, levers, values, case.actions, names, preparation.seed, is_guarded=terms.is_guarded
    )
    say(0.5, "Trying settings")
    ask = copies.ask if unfinished is None else remembering(copies.ask, unfinished)
    settings = CommonSettings(
        case.rows,
        levers,
        values,
        support.believed,
        ask=lambda table: case.used(ask(table)),
        worth=terms.worth,
        constraints=terms.constraints,
    )
    clock = Clock(settings, say)
    policy = value_common(
        settings,
        segments,
        copies.in_first,
        _ceilings(terms),
        seed=preparation.seed,
        start=clock.start,
    )
    return Common(case, copies, segments, settings, support, policy, clock.ended_by)


class Clock:
    """Says how far a search is, and ends what has tried enough settings or has no time left."""

    def __init__(self, settings: CommonSettings, say: Say) -> None:
        self._settings, self._say, self._began = settings, say, time.monotonic()
        self._ended: set[str] = set()

    @property
    def ended_by(self) -> str:
        """Which limits ended a search so far, in words."""
        return ", and ".join(words for words in (BY_COUNT, BY_TIME) if words in self._ended)

    def start(self) -> Callable[[], bool]:
        """For one of the searches: asked after each round, whether there is room for more."""
        before = self._settings.n_tried

        def is_wished() -> bool:
            n = self._settings.n_tried
            share = min(1.0, n / min(self._settings.n_possible, MOST_SETTINGS))
            self._say(0.5 + 0.3 * share, f"Trying settings: {n:,} so far")
            reached = {
                BY_COUNT: n - before > MOST_SETTINGS // _SEARCHES,
                BY_TIME: time.monotonic() - self._began > _MOST_SECONDS,
            }
            self._ended |= {words for words, is_reached in reached.items() if is_reached}
            return not any(reached.values())

        return is_wished


def _ceilings(terms: Terms) -> Ceilings:
    per_case, others = terms.cases_per_month, [one for one in terms.constraints if one.measure != "each"]
    return Ceilings(
        cost=np.inf if terms.budget_amount is None else terms.budget_amount / per_case,
        acts=np.inf if terms.capacity is None else terms.capacity / per_case,
        least=tuple(one.least(per_case) for one in others),
        words=tuple(one.words for one in others),
    )
