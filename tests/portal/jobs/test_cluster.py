"""Trials on a real Dask cluster of this machine, and here where it does not answer."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine

from db.artifacts import get_artifact_store
from db.settings import get_database_settings
from portal.jobs import cluster as cluster_module
from portal.jobs.cluster import ClusterTrainer
from portal.jobs.cluster_check import check_cluster
from portal.jobs.compute_settings import ComputeSettings
from services.automl.candidates import Candidate
from services.automl.prepared_tables import PreparationRequest
from services.automl.trainers import FindInterruption, TrialWork, train_here
from services.automl.training import TrialOutcome
from services.datasets.tables import write_table
from services.jobs.child_process import ChildFailedError, ChildInterruptedError
from tests.makers_automl import CANDIDATES, FEATURES, make_cases
from tests.portal.clusters import Cluster, wait_until_it_listens

pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning"),
]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    started = Cluster(tmp_path_factory.mktemp("cluster")).start()
    wait_until_it_listens(started)
    yield started
    started.end_all()


class Told(list[str]):
    """What a trainer says of the cluster."""

    def __call__(self, run_id: str, sentence: str) -> None:
        """Note it."""
        self.append(sentence)


def never_here(work: TrialWork, find_interruption: FindInterruption) -> TrialOutcome:
    raise AssertionError("It was trained here.")


@pytest.fixture
def told() -> Told:
    return Told()


def trainer_for(url: str, told: Told, here: Any = never_here) -> ClusterTrainer:
    return ClusterTrainer(ComputeSettings(url=url), n_here=1, tell=told, here=here)


@pytest.fixture
def trainer(engine: Engine, cluster: Cluster, told: Told) -> Iterator[ClusterTrainer]:
    made = trainer_for(cluster.url, told)
    yield made
    made.close()


def work(candidate: Candidate = CANDIDATES["linear"], **changes: Any) -> TrialWork:
    digest = get_artifact_store().put(write_table(make_cases()))
    request = PreparationRequest.of(digest, target="left", feature_columns=FEATURES, n_folds=3)
    made = TrialWork("run", "trial", request, candidate, 60.0, 2_048, time.monotonic() + 600)
    return replace(made, **changes)


def wait_until(is_so: Any, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "It did not happen."
        time.sleep(0.05)


def test_the_cluster_gives_what_this_machine_gives(trainer: ClusterTrainer, told: Told) -> None:
    there, here = trainer(work(), lambda: None), train_here(work(), lambda: None)
    assert there.score == here.score
    np.testing.assert_array_equal(there.predictions, here.predictions)
    assert told == []


def test_a_table_that_the_cluster_cannot_reach_is_sent(
    trainer: ClusterTrainer, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_STORAGE_URL", "memory://of-this-process")
    get_database_settings.cache_clear()
    get_artifact_store.cache_clear()
    assert trainer(work(), lambda: None).score > 0.5
    assert not trainer._reaches_storage
    assert (len(trainer._sent), told) == (1, [])


def test_a_limit_holds_there_too_and_is_said_in_the_same_words(trainer: ClusterTrainer, told: Told) -> None:
    with pytest.raises(ChildFailedError, match="It needed more than 1 MB of memory"):
        trainer(work(memory_mb_limit=1), lambda: None)
    assert told == []


def test_a_trial_that_nobody_wants_any_more_ends_there(trainer: ClusterTrainer, cluster: Cluster) -> None:
    slow = replace(CANDIDATES["extra_trees"], parameters={"n_trees": 100_000, "min_leaf": 1, "max_features": "sqrt"})
    is_wanted = threading.Event()

    def ask() -> None:
        with pytest.raises(ChildInterruptedError, match="cancel"):
            trainer(work(slow), lambda: "cancel" if is_wanted.is_set() else None)

    asking = threading.Thread(target=ask)
    asking.start()
    wait_until(lambda: len(cluster.trainers()) == 1)
    is_wanted.set()
    asking.join(10)
    wait_until(lambda: cluster.trainers() == [], 10)


def test_without_a_scheduler_trials_are_trained_here_and_it_is_said_once(
    engine: Engine, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_module, "CONNECT_SECONDS", 1.0)
    trainer = trainer_for("tcp://127.0.0.1:9", told, train_here)
    first = trainer(work(), lambda: None)
    started = time.monotonic()
    assert trainer(work(), lambda: None).score == first.score
    assert trainer._client is None
    assert told == ["The cluster does not answer."]
    assert time.monotonic() - started < 30  # it was not asked again


@pytest.mark.parametrize("lost", ["scheduler", "worker"])
def test_a_machine_killed_in_the_middle_of_a_trial_costs_its_time_alone(
    engine: Engine, tmp_path: Path, told: Told, lost: str
) -> None:
    """The trial is trained here, the run is told once, and nobody trains on for a cluster that is gone."""
    own = Cluster(tmp_path).start()
    wait_until_it_listens(own)
    here: list[TrialWork] = []
    found: list[TrialOutcome] = []

    def train_quickly(asked: TrialWork, find_interruption: FindInterruption) -> TrialOutcome:
        here.append(asked)
        return train_here(replace(asked, candidate=CANDIDATES["linear"]), find_interruption)

    trainer = trainer_for(own.url, told, train_quickly)
    slow = replace(CANDIDATES["extra_trees"], parameters={"n_trees": 100_000, "min_leaf": 1, "max_features": "sqrt"})
    asking = threading.Thread(target=lambda: found.append(trainer(work(slow), lambda: None)))
    try:
        asking.start()
        wait_until(lambda: len(own.trainers()) == 1)
        at_work = own.trainers()
        killed = own.scheduler if lost == "scheduler" else own.workers[0]
        assert killed is not None
        killed.kill()
        asking.join(150)
        assert len(found) == len(here) == 1
        assert found[0].score > 0.5
        assert len(told) == 1
        wait_until(lambda: not any(child.is_running() for child in at_work), 90)
    finally:
        trainer.close()
        own.end_all()


def test_a_cluster_without_workers_is_not_waited_for_long(
    engine: Engine, tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_module, "BUSY_SECONDS", 2.0)
    empty = Cluster(tmp_path).start(n_workers=0)
    wait_until_it_listens(empty)
    trainer = trainer_for(empty.url, told, train_here)
    try:
        assert trainer(work(), lambda: None).score > 0.5
        assert told == ["No worker of the cluster was free for 2 s."]
        assert check_cluster(ComputeSettings(url=empty.url))[0] == "warning"
    finally:
        trainer.close()
        empty.end_all()


def test_the_check_says_whether_the_cluster_is_fit(engine: Engine, cluster: Cluster) -> None:
    assert check_cluster(ComputeSettings(url=cluster.url)) == (
        "passed",
        "1 worker is there, with the same versions as here.",
    )
    outcome, sentence = check_cluster(ComputeSettings(url="tcp://127.0.0.1:9"))
    assert (outcome, "does not answer" in sentence) == ("warning", True)
