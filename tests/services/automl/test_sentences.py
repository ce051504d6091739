"""A run in words."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from services.automl import sentences
from services.automl.budget import Budget
from services.automl.family_names import SEARCHED
from services.automl.serving_limits import ServingLimits
from services.automl.views import RunView, TrialView, WorkerView

MOMENT = datetime(2026, 9, 3, 9, 2, tzinfo=UTC)


def make_trial(number: int, family: str = "linear", **changes: Any) -> TrialView:
    trial = TrialView(number, family, {}, "complete", 0.8, (0.79, 0.81), None, 10.0 * number, 5.0, None)
    return replace(trial, **changes)


def make_view(*trials: TrialView, **changes: Any) -> RunView:
    view = RunView(
        id="r",
        project_id="p",
        number=14,
        state="running",
        wish="none",
        phase="Trying gradient boosting",
        task="binary",
        metric="roc_auc",
        greater_is_better=True,
        dataset_id="d",
        dataset_version=1,
        budget_seconds=900.0,
        used_seconds=560.0,
        n_trials_budget=80,
        n_complete=len(trials),
        n_failed=0,
        eta_seconds=300.0,
        best=trials[0] if trials else None,
        currency=None,
        worker=WorkerView("box", 1.0, is_alive=True),
        queue_position=None,
        failure=None,
        created_by="t",
        created_by_name="Tomás Ruiz",
        created_at=MOMENT,
        started_at=MOMENT,
        finished_at=None,
        trials=trials,
    )
    return replace(view, **changes)


def test_the_plan_is_a_promise_in_plain_words() -> None:
    assert sentences.describe_plan(Budget(seconds=300, n_trials=40), ["linear", "lightgbm"]) == (
        "I will try 2 kinds of model, up to 40 variants, at most 5 min, then check the best on rows kept aside."
    )
    assert f"I will try {len(SEARCHED)} kinds of model, 1 variant," in sentences.describe_plan(Budget(n_trials=1))
    assert "I will try only linear model, up to" in sentences.describe_plan(Budget(), ["linear"])


@pytest.mark.parametrize(
    ("seconds", "words"), [(40, "40 s"), (560, "9 min 20 s"), (900, "15 min"), (60, "1 min"), (7_500, "2 h 5 min")]
)
def test_durations_are_as_exact_as_they_are_useful(seconds: float, words: str) -> None:
    assert sentences.describe_seconds(seconds) == words


def test_progress_names_variants_time_and_what_is_left() -> None:
    assert sentences.describe_progress(make_view(make_trial(1))) == (
        "1 of 80 variants · 9 min 20 s of 15 min · about 5 min left"
    )
    longer = make_view(budget_seconds=1_500.0, added_seconds=600.0, eta_seconds=None)
    assert sentences.describe_progress(longer) == "0 of 80 variants · 9 min 20 s of 25 min (10 min added)"
    assert sentences.describe_progress(make_view(eta_seconds=None)) == "0 of 80 variants · 9 min 20 s of 15 min"


def test_progress_is_the_larger_share_of_the_budgets_and_full_at_the_end() -> None:
    assert sentences.progress_of(make_view()) == pytest.approx(560 / 900)
    assert sentences.progress_of(make_view(make_trial(1), n_trials_budget=1)) == 1
    assert sentences.progress_of(make_view(state="finished")) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Trying gradient boosting"),
        ({"wish": "stop"}, "Stopping and keeping the best"),
        ({"state": "queued", "queue_position": 1}, "Waiting for a worker"),
        ({"state": "queued", "queue_position": 2}, "Waiting: 1 run before this one"),
        ({"state": "queued", "queue_position": 3}, "Waiting: 2 runs before this one"),
        ({"state": "failed"}, "The run ended without a model"),
        ({"state": "finished", "n_complete": 2}, "Done: the best of 2 models was checked on rows kept aside"),
    ],
)
def test_the_phase_says_what_happens_now(changes: dict[str, Any], words: str) -> None:
    assert sentences.describe_phase(make_view(**changes)) == words


def test_the_worker_is_alive_silent_or_missing() -> None:
    assert sentences.describe_worker(make_view()) == "The worker on box answered 1 s ago."
    assert not sentences.is_worker_missing(make_view())
    silent = make_view(worker=WorkerView("box", 45.0, is_alive=False))
    assert sentences.describe_worker(silent).startswith("No worker has answered for 45 s (the last was on box).")
    assert sentences.describe_worker(make_view(worker=None)).startswith("No worker is running.")
    for view in (silent, make_view(worker=None)):
        assert sentences.is_worker_missing(view)
        assert "python -m portal work" in sentences.describe_worker(view)


def test_the_finding_names_who_leads_and_by_how_much() -> None:
    first, second = make_trial(1, "lightgbm", score=0.85), make_trial(2, score=0.80)
    assert sentences.describe_finding(make_view(first, second)) == "Gradient boosting leads by 0.050 in AUC"
    money = make_view(replace(first, value_amount=298_000.0), replace(second, value_amount=262_000.0), currency="EUR")
    assert sentences.describe_finding(money) == "Gradient boosting leads by €36k a year"
    level = make_view(replace(first, value_amount=298_000.2), replace(second, value_amount=298_000.0), currency="EUR")
    assert sentences.describe_finding(level) == "Gradient boosting and linear model are level"
    near = make_view(replace(first, score=0.8504), replace(second, score=0.8502))
    assert sentences.describe_finding(near) == "Gradient boosting and linear model are level"
    assert sentences.describe_finding(make_view(first)) == "Gradient boosting is the only kind tried so far"
    assert sentences.describe_finding(make_view()) == "No model yet"


def test_a_plateau_is_said_after_many_variants_without_gain() -> None:
    best = make_trial(1, score=0.9)
    few = make_view(best, make_trial(2))
    many = make_view(best, *(make_trial(number) for number in range(2, 20)))
    assert sentences.describe_last_gain(few) == ("9 min ago", "not yet a plateau")
    assert sentences.describe_last_gain(many)[1] == "no gain in 18 variants: a plateau"
    assert sentences.describe_last_gain(make_view())[0] == "None yet"


def test_the_limits_of_the_objective_and_what_is_beyond_them() -> None:
    limits = ServingLimits(row_ms=20.0)
    beyond = "too slow: 63 ms, at most 20 ms"
    kept, slow = make_trial(1), make_trial(2, beyond_limits=beyond)
    assert sentences.describe_limits(make_view(kept)) == ""
    allowed = "The objective allows an answer within 20 ms."
    assert sentences.describe_limits(make_view(kept, limits=limits)) == allowed
    assert sentences.describe_limits(make_view(kept, slow, limits=limits)) == (
        f"{allowed} 1 of 2 models is beyond that and cannot become the model."
    )
    assert sentences.describe_limits(make_view(slow, limits=limits)) == (
        f"{allowed} None of the models tried so far keeps that, so none can become the model."
    )


def test_where_every_model_is_beyond_a_limit_nothing_leads_and_it_says_why() -> None:
    slow = make_trial(1, beyond_limits="too slow: 63 ms, at most 20 ms")
    assert sentences.describe_last_gain(make_view(slow, best=None)) == (
        "None yet",
        "none keeps the limits of the objective",
    )
    assert sentences.describe_no_best(make_view()) == "the first model is on its way"
    assert sentences.describe_no_best(make_view(state="failed")) == "nothing was found"


def test_what_people_left_out_is_said_with_their_reasons() -> None:
    assert sentences.describe_exclusions(make_view()) == ""
    assert sentences.describe_exclusions(make_view(excluded={"note": "Free text of agents.", "age": ""})) == (
        "Left out by people, so no model sees it: “note” (Free text of agents), “age”."
    )
    many = make_view(excluded=dict.fromkeys("abcdefg", "Not known in time."))
    assert sentences.describe_exclusions(many).endswith("“e” (Not known in time) and 2 other columns.")


def test_the_directions_that_levers_demand_are_said_with_what_they_leave_out() -> None:
    assert sentences.describe_directions(make_view()) == ""
    assert sentences.describe_directions(make_view(directions={"discount": -1, "calls": 1})) == (
        "As the levers of the objective say, the answer only falls with “discount” and only rises with “calls”. "
        "That holds for numbers, and only kinds of model that can promise it are tried: gradient boosting, extra trees "
        "and random forest."
    )
    both = make_view(directions={"discount": -1}, expected={"discount": 1, "tenure": -1})
    assert sentences.describe_directions(both).startswith(
        "As the levers of the objective say, the answer only falls with “discount”. "
        "As people expect, the answer only falls with “tenure”. That holds"
    )


def test_what_people_suggested_is_said_with_its_formula() -> None:
    assert sentences.describe_derived(make_view()) == ""
    assert sentences.describe_derived(make_view(derived={"per month": "charges / tenure"})) == (
        "Suggested by people and learned from: “per month” = charges / tenure."
    )


def test_whose_groups_are_compared_is_said_where_models_decide_yes_or_no() -> None:
    assert sentences.describe_compared(make_view()) == ""
    assert sentences.describe_compared(make_view(compared=("sex",), task="regression")) == ""
    assert sentences.describe_compared(make_view(compared=("sex", "age"), currency="EUR")) == (
        "“Gap between groups” is the largest difference, between groups of “sex” and “age”, in the share acted on at "
        "the threshold that earns most, out of fold; groups of fewer than 30 rows do not count."
    )
