"""Runs that come from a tracking server, and the refusals."""

from dataclasses import replace

import pytest
from sqlmodel import Session, select

from db.tables import Trial, ValuationVersion
from services.audit.actor import Actor
from services.automl.commands import continue_run, import_run, repeat_run, request_export, request_import
from services.automl.queries import get_run
from services.automl.sentences import describe_phase
from services.automl.tracking.documents import ImportedRun, ImportedTrial
from services.automl.tracking.errors import TrackingError
from services.datasets.queries import Dataset
from services.errors import ConflictError, InvalidInputError
from services.models.queries import get_project_file
from services.people.permissions import Role
from services.valuation.commands import save_valuation
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset
from tests.makers_mlflow import forget_server, name_server
from tests.makers_models import make_run
from tests.services.automl.test_references import PLAIN

TRIAL = ImportedTrial(
    "a1", "lightgbm", {"n_trees": 41}, "complete", 0.8, 900.0, (0.79, 0.81), 2.0, None, {"value_low": 800.0}
)
FAILED = ImportedTrial("a2", "imported", {}, "failed", None, None, (), None, "It broke.")


def found(dataset: Dataset | None, **changes: object) -> ImportedRun:
    """A run of two variants, made from this version of the data."""
    sha256 = dataset.sha256 if dataset else None
    run = ImportedRun("https://mlflow", "a0", "Run 9", "roc_auc", 5, sha256, None, {}, {}, (TRIAL, FAILED))
    return replace(run, **changes)  # type: ignore[arg-type]


@pytest.fixture
def scientist(session: Session) -> Actor:
    return make_actor(session, Role.DATA_SCIENTIST)


@pytest.fixture
def dataset(session: Session, scientist: Actor) -> Dataset:
    return make_dataset(session, scientist, make_project(session, scientist).id)


def test_it_is_an_ended_run_without_a_model(session: Session, scientist: Actor, dataset: Dataset) -> None:
    run = import_run(session, actor=scientist, project_id=dataset.project_id, found=found(dataset))
    view = get_run(session, actor=scientist, run_id=run.id)
    assert (view.state, view.number, view.dataset_id, view.task) == ("finished", 1, dataset.id, "binary")
    assert (view.n_complete, view.n_failed, view.seed) == (1, 1, 5)
    assert describe_phase(view) == "Imported: 1 variant, tried elsewhere; none is a model here"
    assert view.imported["source_id"] == "a0"
    assert view.trials[1].failure == "It broke."


def test_money_comes_with_the_same_payoffs_only(session: Session, scientist: Actor, dataset: Dataset) -> None:
    business = make_actor(session)
    with_payoffs = make_project(session, scientist, business)
    save_valuation(session, actor=business, project_id=with_payoffs.id, assumptions=PLAIN, based_on=0)
    data = make_dataset(session, scientist, with_payoffs.id)
    sha256 = session.exec(select(ValuationVersion.sha256)).one()
    amounts = []
    for source_id, valuation in (("a0", sha256), ("b0", "f" * 64), ("c0", None)):
        document = found(data, source_id=source_id, valuation_sha256=valuation)
        run = import_run(session, actor=scientist, project_id=with_payoffs.id, found=document)
        trial = session.exec(select(Trial).where(Trial.run_id == run.id, Trial.number == 1)).one()
        amounts.append((run.valuation_version_id is not None, trial.value_amount, trial.value_low))
    assert amounts == [(True, 900.0, 800.0), (False, None, None), (False, None, None)]


def test_the_data_are_those_it_names_or_those_somebody_chooses(
    session: Session, scientist: Actor, dataset: Dataset
) -> None:
    unnamed = found(None)
    with pytest.raises(InvalidInputError, match="does not say which data"):
        import_run(session, actor=scientist, project_id=dataset.project_id, found=unnamed)
    with pytest.raises(InvalidInputError, match="Bring those data first"):
        import_run(
            session, actor=scientist, project_id=dataset.project_id, found=found(dataset, dataset_sha256="0" * 64)
        )
    elsewhere = make_dataset(session, scientist, make_project(session, scientist).id)
    with pytest.raises(InvalidInputError, match="another project"):
        import_run(session, actor=scientist, project_id=dataset.project_id, found=unnamed, dataset_id=elsewhere.id)
    run = import_run(session, actor=scientist, project_id=dataset.project_id, found=unnamed, dataset_id=dataset.id)
    assert run.dataset_version_id == dataset.id


def test_what_does_not_fit_or_is_there_already_is_refused(session: Session, scientist: Actor, dataset: Dataset) -> None:
    here = {"actor": scientist, "project_id": dataset.project_id}
    with pytest.raises(InvalidInputError, match="does not fit what the data predict"):
        import_run(session, found=found(dataset, metric="rmse"), **here)  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match="0 variants"):
        import_run(session, found=found(dataset, trials=()), **here)  # type: ignore[arg-type]
    import_run(session, found=found(dataset), **here)  # type: ignore[arg-type]
    with pytest.raises(ConflictError, match="already, as run 1"):
        import_run(session, found=found(dataset), **here)  # type: ignore[arg-type]


def test_a_run_that_was_made_elsewhere_neither_goes_on_nor_is_made_again_here(
    session: Session, scientist: Actor, dataset: Dataset
) -> None:
    run = import_run(session, actor=scientist, project_id=dataset.project_id, found=found(dataset))
    with pytest.raises(ConflictError, match="made elsewhere"):
        continue_run(session, actor=scientist, run_id=run.id)
    with pytest.raises(ConflictError, match="made elsewhere"):
        repeat_run(session, actor=scientist, run_id=run.id, step="search")
    with pytest.raises(ConflictError, match="made elsewhere"):
        get_project_file(session, actor=scientist, run_id=run.id)


def test_without_a_server_or_with_a_poor_request_nobody_is_asked(
    session: Session, scientist: Actor, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = {"actor": scientist, "project_id": dataset.project_id}
    run = make_run(session, scientist, dataset.project_id)
    with pytest.raises(ConflictError, match="has not ended"):
        request_export(session, actor=scientist, run_id=run.id)
    run.state = "finished"
    forget_server()
    with pytest.raises(TrackingError, match="No tracking server is set"):
        request_export(session, actor=scientist, run_id=run.id)
    with pytest.raises(TrackingError, match="No tracking server is set"):
        request_import(session, source_id="a1", **here)  # type: ignore[arg-type]
    name_server(monkeypatch, "http://127.0.0.1:5000")
    try:
        for source_id in ("", "../a", "a' or 'b"):
            with pytest.raises(InvalidInputError, match="no id of a run"):
                request_import(session, source_id=source_id, **here)  # type: ignore[arg-type]
        with pytest.raises(InvalidInputError, match="no such metric"):
            request_import(session, source_id="a1", metric="luck", **here)  # type: ignore[arg-type]
        elsewhere = make_dataset(session, scientist, make_project(session, scientist).id)
        with pytest.raises(InvalidInputError, match="another project"):
            request_import(session, source_id="a1", dataset_id=elsewhere.id, **here)  # type: ignore[arg-type]
        first = request_export(session, actor=scientist, run_id=run.id)
        assert request_export(session, actor=scientist, run_id=run.id).id == first.id
    finally:
        forget_server()
