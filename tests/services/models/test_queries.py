"""The project file of a run with the payoffs and the members it had; which models there are, and what they opened."""

import pytest
from sqlmodel import Session, select

from db.tables import Model
from services.audit.actor import SYSTEM
from services.automl.project_file import RunProject, read_project
from services.errors import NotFoundError
from services.models.commands import register_model
from services.models.queries import count_openings, get_project_file, list_model_labels
from services.people.permissions import Role
from services.valuation.commands import save_valuation
from tests.makers import make_actor, make_project
from tests.makers_models import make_finished
from tests.makers_trials import BOOSTING, make_judged_run, make_judged_trial
from tests.services.automl.test_references import PLAIN


def project_of(session: Session, *, with_model: bool) -> tuple[RunProject, str]:
    scientist, business = make_actor(session, Role.DATA_SCIENTIST), make_actor(session)
    project = make_project(session, scientist, business)
    save_valuation(session, actor=business, project_id=project.id, assumptions=PLAIN, based_on=0)
    run = make_judged_run(session, scientist, project.id, seed=3)
    make_judged_trial(session, run, 1)
    make_judged_trial(session, run, 2, skill=0.5, value_amount=1_234.5)
    make_judged_trial(session, run, 3, state="failed", score=None, failure="It took too long.")
    if with_model:
        run.circumstances = {**(run.circumstances or {}), "model": {"members": [[2, 0.75], [1, 0.25]]}}
        register_model(session, actor=SYSTEM, run_id=run.id, finished=make_finished())
    return read_project(get_project_file(session, actor=business, run_id=run.id)), run.id


def test_it_says_everything_that_decides_what_the_models_are(session: Session) -> None:
    project, _ = project_of(session, with_model=True)
    assert (project.target, project.positive_label, project.task, project.seed) == ("churn", "Yes", "binary", 3)
    assert set(project.types) == {*project.columns, "churn"}
    assert [(tried.number, tried.value) for tried in project.candidates] == [(1, None), (2, 1_234.5)]
    assert project.candidates[1].candidate.parameters == {**BOOSTING, "learning_rate": 0.04}
    assert project.members == ((2, 0.75), (1, 0.25))
    assert project.holdout_score == make_finished().evaluation.score.value
    assert project.money is not None
    assert project.split_sha256 == f"{3:064d}"


def test_without_a_model_it_has_no_members(session: Session) -> None:
    project, _ = project_of(session, with_model=False)
    assert (project.members, project.holdout_score) == ((), None)
    assert len(project.candidates) == 2


def test_a_stranger_gets_no_project_file(session: Session) -> None:
    _, run_id = project_of(session, with_model=False)
    with pytest.raises(NotFoundError):
        get_project_file(session, actor=make_actor(session, Role.DATA_SCIENTIST), run_id=run_id)


def test_rows_kept_aside_are_opened_by_every_model_of_them_whatever_it_learns_from(session: Session) -> None:
    """A run that leaves a column out has another hash of its split, and judges on the same rows."""
    scientist, business = make_actor(session, Role.DATA_SCIENTIST), make_actor(session)
    project = make_project(session, scientist, business)
    first, fewer, elsewhere, hashed = (
        make_judged_run(session, scientist, project.id, seed=seed) for seed in (0, 0, 9, 8)
    )
    fewer.circumstances = {**(fewer.circumstances or {}), "split": {"sha256": "f" * 64}}
    hashed.circumstances = first.circumstances  # of another version of the data with the same table
    for run in (first, fewer, elsewhere, hashed):
        session.add(run)
        register_model(session, actor=SYSTEM, run_id=run.id, finished=make_finished())
    assert [count_openings(session, run.id) for run in (first, fewer, elsewhere)] == [3, 2, 1]


def test_which_models_there_are_is_read_without_what_was_measured(session: Session) -> None:
    scientist = make_actor(session, Role.DATA_SCIENTIST)
    project = make_project(session, scientist)
    runs = [make_judged_run(session, scientist, project.id, seed=seed) for seed in (0, 1)]
    made = [register_model(session, actor=SYSTEM, run_id=run.id, finished=make_finished()).id for run in runs]
    for row in session.exec(select(Model)):
        row.evaluation_sha256 = "0" * 64  # no such file
        session.add(row)
    labels = list_model_labels(session, actor=scientist, project_id=project.id)
    assert list(labels) == made[::-1]
    assert [label.split(",")[0] for label in labels.values()] == ["Model 2", "Model 1"]
    with pytest.raises(NotFoundError):
        list_model_labels(session, actor=make_actor(session, Role.DATA_SCIENTIST), project_id=project.id)
