"""A run on a tracking server: what is written, once, and what is never written."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from services.automl.tracking.client import TrackingClient
from services.automl.tracking.errors import TrackingError
from services.automl.tracking.exporting import Origin, export_run
from services.automl.tracking.settings import get_tracking_settings
from services.automl.views import RunView
from tests.makers_mlflow import TrackingServer, tracking_server
from tests.services.automl.test_sentences import MOMENT, make_trial, make_view

ORIGIN = Origin("keep-customers", "d" * 64, "e" * 64)
CIRCUMSTANCES = {
    "environment": {"python": "3.11.7"},
    "split": {"sha256": "a" * 64, "n_train": 80, "n_holdout": 20, "n_folds": 3, "truth_sha256": "t" * 64},
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[TrackingServer]:
    with tracking_server(monkeypatch) as server:
        yield server


def make_run() -> RunView:
    """Three variants: a model with money, one that failed, one that was given up."""
    model = make_trial(
        1, "lightgbm", id="t1", parameters={"n_trees": 41, "rate": 0.1}, value_amount=1_200.0, score_low=0.78,
        latency_ms=1.5, started_at=MOMENT, finished_at=MOMENT,
    )  # fmt: skip
    failed = make_trial(2, id="t2", state="failed", score=None, fold_scores=(), failure="It took too long.")
    pruned = make_trial(3, id="t3", state="pruned", score=None, fold_scores=())
    return make_view(model, failed, pruned, id="r1", number=7, state="finished", seed=4, circumstances=CIRCUMSTANCES)


def export(run: RunView, **options: Any) -> str:
    with TrackingClient(get_tracking_settings(), ["127.0.0.1"]) as client:
        return export_run(client, run, ORIGIN, **options)


def by_number(server: TrackingServer) -> dict[str, str]:
    """Ids of the variants by their number."""
    return {
        server.tags(run_id)["drivetrain.number"]: run_id
        for run_id in server.runs
        if server.tags(run_id)["drivetrain.kind"] == "trial"
    }


def test_a_run_becomes_a_parent_with_a_run_for_each_variant(server: TrackingServer) -> None:
    told: list[tuple[int, int]] = []
    parent = export(make_run(), tell=lambda done, total: told.append((done, total)))
    assert list(server.experiments) == ["Drivetrain: keep-customers"]
    assert told == [(0, 3), (1, 3), (2, 3)]
    assert server.values(parent, "params")["seed"] == "4"
    assert server.values(parent, "metrics")["value_amount"] == 1_200.0
    assert server.tags(parent)["drivetrain.dataset_sha256"] == "d" * 64
    assert server.tags(parent)["drivetrain.valuation_sha256"] == "e" * 64
    children = by_number(server)
    best = children["1"]
    assert server.tags(best)["mlflow.parentRunId"] == parent
    assert server.values(best, "params") == {"family": "lightgbm", "n_trees": "41", "rate": "0.1"}
    assert server.values(best, "metrics") == {
        "roc_auc": 0.8, "value_amount": 1_200.0, "duration_seconds": 5.0, "score_low": 0.78, "latency_ms": 1.5,
        "fold_roc_auc": 0.81,
    }  # fmt: skip
    assert [point["value"] for point in server.history[(best, "fold_roc_auc")]] == [0.79, 0.81]
    states = [server.runs[children[number]]["info"]["status"] for number in ("1", "2", "3")]
    assert states == ["FINISHED", "FAILED", "KILLED"]
    assert server.tags(children["2"])["drivetrain.failure"] == "It took too long."
    assert server.runs[parent]["info"]["status"] == "FINISHED"


def test_what_really_happened_is_not_written_in_any_form(server: TrackingServer) -> None:
    export(make_run())
    assert "t" * 64 not in str(server.runs)
    assert "truth" not in str(server.runs)


def test_a_second_export_adds_only_what_is_new(server: TrackingServer) -> None:
    run = make_run()
    parent = export(run)
    n_runs, n_asked = len(server.runs), len(server.asked)
    assert export(run) == parent
    assert len(server.runs) == n_runs
    assert len(server.asked) - n_asked == 5  # experiment, parent, children, its best, its end
    more = make_trial(4, "linear", id="t4", score=0.9)
    longer = replace(run, trials=(*run.trials, more), best=more, n_trials_budget=99)
    assert export(longer) == parent
    assert set(by_number(server)) == {"1", "2", "3", "4"}
    assert server.values(parent, "metrics")["roc_auc"] == 0.9


def test_an_export_that_was_interrupted_goes_on(server: TrackingServer) -> None:
    class StopError(Exception):
        pass

    def stop(done: int, total: int) -> None:
        if done == 1:
            raise StopError

    with pytest.raises(StopError):
        export(make_run(), tell=stop)
    (half,) = by_number(server).values()
    server.runs[half]["info"]["status"] = "RUNNING"  # as if it had been cut off before the end of this variant
    export(make_run())
    assert set(by_number(server)) == {"1", "2", "3"}
    assert server.runs[half]["info"]["status"] == "FINISHED"


def test_a_number_that_is_none_is_not_written(server: TrackingServer) -> None:
    run = make_run()
    odd = replace(run.trials[0], value_amount=float("inf"))
    export(replace(run, trials=(odd,), best=odd))
    assert "value_amount" not in server.values(by_number(server)["1"], "metrics")


@pytest.mark.parametrize("said", ["a\0b", "\ud800", "x" * 65, "a' or 'b", ""])
def test_an_id_that_is_none_is_a_sentence_and_is_kept_nowhere(server: TrackingServer, said: str) -> None:
    answer = json.dumps({"run": {"info": {"run_id": said}}}).encode()
    server.broken |= {"/runs/create": (200, answer)}
    with pytest.raises(TrackingError, match="in a way that cannot be read"):
        export(make_run())
    server.broken = {"/runs/search": (200, json.dumps({"runs": [{"info": {"run_id": said}}]}).encode())}
    with pytest.raises(TrackingError, match="in a way that cannot be read"):
        export(make_run())
