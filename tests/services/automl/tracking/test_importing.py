"""A run read from a tracking server: the portal's own, and anybody's."""

from collections.abc import Iterator
from typing import Any

import pytest

from services.automl.tracking import importing
from services.automl.tracking.client import TrackingClient
from services.automl.tracking.documents import ImportedRun
from services.automl.tracking.errors import TrackingError
from services.automl.tracking.importing import read_run
from services.automl.tracking.settings import get_tracking_settings
from tests.makers_mlflow import TrackingServer, tracking_server
from tests.services.automl.tracking.test_exporting import export, make_run


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[TrackingServer]:
    with tracking_server(monkeypatch) as server:
        yield server


def read(run_id: str, **options: Any) -> ImportedRun:
    with TrackingClient(get_tracking_settings(), ["127.0.0.1"]) as client:
        return read_run(client, run_id, **options)


def test_what_was_exported_comes_back_as_it_was(server: TrackingServer) -> None:
    run = make_run()
    found = read(export(run))
    assert (found.address, found.metric, found.seed) == (server.url, "roc_auc", 4)
    assert (found.dataset_sha256, found.valuation_sha256) == ("d" * 64, "e" * 64)
    assert found.environment == {"python": "3.11.7", "libraries": {}}
    assert found.split["sha256"] == "a" * 64
    assert "truth_sha256" not in found.split
    assert [trial.state for trial in found.trials] == ["complete", "failed", "pruned"]
    for one, other in zip(found.trials, run.trials, strict=True):
        assert (one.family, one.parameters, one.score) == (other.family, other.parameters, other.score)
        assert (one.fold_scores, one.value_amount, one.failure) == (
            other.fold_scores,
            other.value_amount,
            other.failure,
        )
        assert one.seconds == other.duration_seconds
    assert found.trials[0].measures == {"score_low": 0.78, "latency_ms": 1.5}


def test_a_run_of_somebody_else_is_its_own_variant(server: TrackingServer) -> None:
    run_id = server.add_run(
        metrics={"roc_auc": 0.71, "loss": 3.0, "auc": "NaN"},
        params={"max_depth": "6", "seed": "11"},
        tags={"team": "a"},
    )
    found = read(run_id)
    assert (found.metric, found.seed, found.dataset_sha256, found.name) == ("roc_auc", 11, None, "theirs")
    (trial,) = found.trials
    assert (trial.family, trial.score, trial.seconds) == ("imported", 0.71, 5.0)
    assert trial.parameters == {"max_depth": 6, "seed": 11}


def test_nobody_guesses_which_metric_counts(server: TrackingServer) -> None:
    run_id = server.add_run(metrics={"roc_auc": 0.71, "log_loss": 0.4}, params={}, tags={})
    with pytest.raises(TrackingError, match="it has: Log loss, AUC"):
        read(run_id)
    assert read(run_id, metric="log_loss").trials[0].score == 0.4
    with pytest.raises(TrackingError, match="it has: none"):
        read(server.add_run(metrics={"mine": 1.0}, params={}, tags={}))


def test_a_variant_without_the_score_is_no_model(server: TrackingServer) -> None:
    run_id = server.add_run(metrics={"roc_auc": 0.7}, params={}, tags={})
    (trial,) = read(run_id, metric="rmse").trials
    assert (trial.state, trial.score) == ("pruned", None)


def test_hostile_tags_are_cleaned(server: TrackingServer) -> None:
    run_id = server.add_run(
        metrics={"roc_auc": 0.7},
        params={"<script>": "1"},
        tags={
            "drivetrain.family": "<img src=x>",
            "drivetrain.parameters": '{"kind": "<b>x</b>", "n": 3}',
            "drivetrain.failure": "a\n[b](http://x)",
            "drivetrain.seed": "-1; DROP",
            "drivetrain.dataset_sha256": "' OR 1=1",
            "drivetrain.split": "[" * 50_000,
        },
        run_name="<h1>x</h1>",
    )
    found = read(run_id)
    assert (found.name, found.seed, found.dataset_sha256, found.split) == ("h1 x /h1", 0, None, {})
    (trial,) = found.trials
    assert (trial.family, trial.failure) == ("imported", "a b (http://x)")
    assert trial.parameters == {"kind": "b x /b", "n": 3}


@pytest.mark.parametrize(
    "body", [b'{"run": []}', b'{"run": {"info": {}}}', b'{"run": {"info": {"experiment_id": "0"}, "data": []}}']
)
def test_what_has_another_form_is_a_sentence(server: TrackingServer, body: bytes) -> None:
    server.broken["/runs/get"] = (200, body)
    with pytest.raises(TrackingError, match="cannot be read"):
        read("a1")


def test_more_variants_than_a_run_may_have_are_refused(server: TrackingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    parent = export(make_run())
    monkeypatch.setattr(importing, "MAX_TRIALS", 2)
    with pytest.raises(TrackingError, match="more than 2 variants"):
        read(parent)
