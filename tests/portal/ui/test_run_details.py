"""What variants and people did, in one list."""

from dataclasses import replace
from datetime import timedelta

from portal.ui.run_details import latest_happenings
from services.automl.views import RunEvent
from tests.services.automl.test_sentences import MOMENT, make_trial, make_view


def at(second: float) -> timedelta:
    return timedelta(seconds=second)


def test_people_and_variants_stand_in_one_order_newest_first() -> None:
    trials = [replace(make_trial(n), finished_at=MOMENT + at(10 * n)) for n in (1, 2)]
    events = (
        RunEvent(MOMENT + at(15), "Tomás", "run.restricted", {"families": ["linear"]}),
        RunEvent(MOMENT, "Tomás", "run.queued", {}),
    )
    found = latest_happenings(make_view(*trials), events, limit=3)
    assert [item.what for item in found] == [
        "Linear model 2, AUC 0.800.",
        "Tomás: Let the search try only linear model from here on.",
        "Linear model 1, AUC 0.800, the best so far.",
    ]
