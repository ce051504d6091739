"""The eight stops of a project: how far it is, and what is stale or blocked. Pure."""

from datetime import datetime
from typing import Protocol

from services.portfolio.moments import day_of
from services.portfolio.standing import Phase, Standing
from services.portfolio.views import StageView

STAGES = ("Objective", "Money", "Data", "Model", "Explain & sign-off", "Pilot", "Live", "Review")
_RAIL = ("Objective", "Money", "Data", "Model", "Sign-off", "Pilot", "Live", "Review")  # fits 88 px

STAGE_OF = {
    Phase.OBJECTIVE: 0,
    Phase.MONEY: 1,
    Phase.DATA: 2,
    Phase.TARGET: 2,
    Phase.RUN: 3,
    Phase.RUNNING: 3,
    Phase.REQUEST: 4,
    Phase.DECISION: 4,
    Phase.STALE: 4,
    Phase.ANSWERING: 6,
}


class Authored(Protocol):
    """A version that somebody wrote at some moment."""

    @property
    def created_by_name(self) -> str:
        """The author."""

    @property
    def created_at(self) -> datetime:
        """The moment."""


def way_of(phase: Phase) -> float:
    """The share of the rail behind a project in this phase, 0 to 1."""
    return (STAGE_OF[phase] + 0.5) / len(STAGES)


def make_stages(standing: Standing) -> tuple[StageView, ...]:
    """The rail, first stop first."""
    states = (
        _written(standing.objective),
        _written(standing.valuation),
        _data(standing),
        _model(standing),
        _sign_off(standing),
        ("todo", "Later"),
        _live(standing),
        ("todo", "Later"),
    )
    now = STAGE_OF[standing.phase]
    return tuple(
        StageView(name, "now" if state == "todo" and index == now else state, line or _waits(index == now))
        for index, (name, (state, line)) in enumerate(zip(_RAIL, states, strict=True))
    )


def _waits(is_now: bool) -> str:
    return "Next" if is_now else "Later"


def _written(version: Authored | None) -> tuple[str, str]:
    if version is None:
        return "todo", ""
    return "done", f"{day_of(version.created_at)} · {_first_name(version.created_by_name)}"


def _data(standing: Standing) -> tuple[str, str]:
    if standing.dataset is not None and standing.dataset.target is None:
        return "todo", "No outcome yet"
    return _written(standing.dataset)


def _model(standing: Standing) -> tuple[str, str]:
    run = standing.run
    if run is not None and run.is_active:
        return "now", f"{run.n_complete} of {run.n_trials_budget} tried"
    if standing.model is not None:
        return ("stale", "data changed") if standing.is_model_outdated else _written(standing.model)
    if run is not None and run.state == "failed":
        return "blocked", f"run {run.number} failed"
    return "todo", ""


def _sign_off(standing: Standing) -> tuple[str, str]:
    review = standing.review
    if review is None:
        return "todo", "Nobody asked yet" if standing.phase == Phase.REQUEST else ""
    decided = day_of(review.decided_at or review.requested_at)
    return {
        "in_approval": ("now", "A manager signs"),
        "approved": ("done", decided),
        "stale": ("stale", "evidence changed"),
        "changes_requested": ("blocked", "changes asked for"),
        "rejected": ("blocked", f"rejected {decided}"),
        "revoked": ("blocked", f"revoked {decided}"),
    }.get(review.state, ("todo", "Nobody asked yet"))


def _live(standing: Standing) -> tuple[str, str]:
    if standing.phase == Phase.ANSWERING and standing.review is not None:
        return "now", f"Since {day_of(standing.review.decided_at or standing.review.requested_at)}"
    if standing.phase == Phase.STALE and standing.review is not None and standing.review.decided_at:
        return "blocked", "until signed again"
    return "todo", "Later"


def _first_name(name: str) -> str:
    return name.split()[0] if name.split() else name
