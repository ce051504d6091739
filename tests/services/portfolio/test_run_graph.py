"""The steps of a run: real hashes only, what was taken over, and where it ended."""

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import Session

from db.tables import Run
from services.audit.actor import SYSTEM, Actor
from services.audit.canonical import sha256_of
from services.automl.commands import repeat_run, start_run
from services.datasets.commands import exclude_column
from services.errors import NotFoundError
from services.models.commands import register_model
from services.people.permissions import Role
from services.portfolio.queries import get_run_graph
from services.portfolio.run_graph import DONE, FAILED, WAITING, Hash, RunStep, describe_graph, describe_time, run_graph
from services.proposals.commands import save_objective
from services.valuation.commands import save_valuation
from tests.makers import Project, make_actor, make_project
from tests.makers_datasets import make_dataset, make_steps
from tests.makers_models import make_finished
from tests.makers_money import RETENTION
from tests.makers_trials import make_judged_run, make_judged_trial
from tests.services.automl.test_references import PLAIN


@pytest.fixture
def scientist(session: Session) -> Actor:
    return make_actor(session, Role.DATA_SCIENTIST)


@pytest.fixture
def business(session: Session) -> Actor:
    return make_actor(session)


@pytest.fixture
def project(session: Session, scientist: Actor, business: Actor) -> Project:
    return make_project(session, scientist, business)


@pytest.fixture
def run(session: Session, scientist: Actor, business: Actor, project: Project) -> Run:
    save_valuation(session, actor=business, project_id=project.id, assumptions=PLAIN, based_on=0)
    run = make_judged_run(session, scientist, project.id)
    make_judged_trial(session, run, 1)
    make_judged_trial(session, run, 2, skill=0.5)
    run.circumstances = {**(run.circumstances or {}), "model": {"members": [[2, 0.75], [1, 0.25]]}}
    session.add(run)
    register_model(session, actor=SYSTEM, run_id=run.id, finished=make_finished())
    return run


def steps_of(session: Session, actor: Actor, run_id: str) -> dict[str, RunStep]:
    return {step.key: step for step in run_graph(get_run_graph(session, actor=actor, run_id=run_id))}


def test_every_step_takes_what_an_earlier_one_gave(session: Session, business: Actor, run: Run) -> None:
    steps = steps_of(session, business, run.id)
    assert list(steps) == [
        "file", "table", "recipe", "choices", "payoffs", "split", "search", "team", "threshold", "holdout",
        "explanation", "model", "approval",
    ]  # fmt: skip
    given: set[str] = set()
    predictions = {
        trial.prediction_sha256 for trial in get_run_graph(session, actor=business, run_id=run.id).run.trials
    }
    for step in steps.values():
        assert {found.sha256 for found in step.inputs} <= given | predictions
        assert set(step.after) <= set(steps)
        if step.output is not None:
            given.add(step.output.sha256)


def test_hashes_are_the_stored_ones(session: Session, business: Actor, run: Run) -> None:
    facts = get_run_graph(session, actor=business, run_id=run.id)
    steps = steps_of(session, business, run.id)
    assert facts.model is not None
    assert facts.valuation is not None
    expected = {
        "file": facts.dataset.source_sha256,
        "table": facts.dataset.base_sha256,
        "recipe": facts.dataset.table_sha256,
        "choices": facts.dataset.sha256,
        "payoffs": facts.valuation.sha256,
        "split": facts.run.circumstances["split"]["sha256"],
        "search": sha256_of([trial.prediction_sha256 for trial in facts.run.trials]),
        "team": facts.model.pipeline_sha256,
        "holdout": facts.model.evaluation_sha256,
        "explanation": facts.model.explanation_sha256,
        "model": facts.model.digest,
    }
    assert {key: step.output.sha256 for key, step in steps.items() if step.output} == expected
    assert "A team of Gradient boosting 2 (75%), Gradient boosting 1 (25%)" in steps["team"].sentence


def test_the_objective_is_a_step_where_somebody_wrote_one(
    session: Session, scientist: Actor, business: Actor, project: Project
) -> None:
    saved = save_objective(session, actor=business, project_id=project.id, objective=RETENTION, based_on=0)
    run = make_judged_run(session, scientist, project.id)
    make_judged_trial(session, run, 1)
    steps = steps_of(session, business, run.id)
    assert steps["objective"].sentence.endswith("; it allows an answer within 200 ms")
    assert steps["objective"].output == Hash("objective", saved.sha256)
    assert "objective" in steps["search"].after
    assert Hash("objective", saved.sha256) in steps["search"].inputs


def test_nobody_has_signed_until_somebody_has(session: Session, business: Actor, run: Run) -> None:
    steps = steps_of(session, business, run.id)
    assert (steps["approval"].state, steps["approval"].output) == (WAITING, None)
    assert all(step.state == DONE for key, step in steps.items() if key != "approval")
    assert describe_graph(list(steps.values())) == "12 of 13 steps are done, 1 of them taken over from before"


def test_a_step_of_the_recipe_that_was_made_before_is_not_made_again(
    session: Session, scientist: Actor, project: Project
) -> None:
    dataset = make_dataset(session, scientist, project.id)
    changed = make_steps(session, scientist, dataset, {"kind": "to_text", "column": "charges"})
    run = start_run(session, actor=scientist, project_id=project.id, dataset_id=changed.id)
    assert steps_of(session, scientist, run.id)["recipe"].reused == ""
    later = exclude_column(session, actor=scientist, dataset_id=changed.id, column="payment", reason="Known too late")
    run = start_run(session, actor=scientist, project_id=project.id, dataset_id=later.id)
    steps = steps_of(session, scientist, run.id)
    assert steps["recipe"].reused == f"version {changed.version} of the data has the same rows"
    assert steps["table"].reused == ""


def test_a_repeated_run_says_what_it_took_over(session: Session, scientist: Actor, run: Run) -> None:
    again = repeat_run(session, actor=scientist, run_id=run.id, step="search")
    steps = steps_of(session, scientist, again.id)
    assert (steps["split"].state, steps["split"].output, steps["split"].reused) == (WAITING, None, "")
    again.circumstances = run.circumstances
    session.add(again)
    earlier = get_run_graph(session, actor=scientist, run_id=run.id).run.trials
    make_judged_trial(session, again, 1, reused_from=earlier[0].id)
    steps = steps_of(session, scientist, again.id)
    assert steps["split"].reused == "run 1 dealt them alike"
    assert steps["search"].reused == "1 variant of run 1"
    assert steps["search"].seconds is None


def test_how_often_the_rows_kept_aside_were_opened_is_counted(
    session: Session, scientist: Actor, project: Project, run: Run
) -> None:
    assert get_run_graph(session, actor=scientist, run_id=run.id).n_openings == 1
    same, other = (make_judged_run(session, scientist, project.id, seed=seed) for seed in (0, 9))
    for another in (same, other):
        register_model(session, actor=SYSTEM, run_id=another.id, finished=make_finished())
    facts = get_run_graph(session, actor=scientist, run_id=run.id)
    assert facts.n_openings == 2
    assert "these rows have judged 2 models" in steps_of(session, scientist, run.id)["holdout"].sentence


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_a_run_that_found_nothing_ends_where_it_ended(
    session: Session, scientist: Actor, project: Project, state: str
) -> None:
    run = make_judged_run(session, scientist, project.id)
    run.state = state
    steps = steps_of(session, scientist, run.id)
    assert (steps["split"].state, steps["search"].state) == (DONE, FAILED)
    assert describe_graph(list(steps.values())).endswith("it ended at: search")
    assert steps["team"].repeats_from is None


def test_a_run_that_waits_has_done_nothing_but_its_data(session: Session, scientist: Actor, run: Run) -> None:
    facts = get_run_graph(session, actor=scientist, run_id=run.id)
    waiting = replace(facts, run=replace(facts.run, state="queued", circumstances={}, trials=(), best=None), model=None)
    states: dict[str, Any] = {step.key: step.state for step in run_graph(waiting)}
    assert {key for key, state in states.items() if state == DONE} == {"file", "table", "recipe", "choices", "payoffs"}


def test_time_is_told_only_where_it_was_measured(session: Session, scientist: Actor, run: Run) -> None:
    steps = steps_of(session, scientist, run.id)
    assert describe_time(steps["split"]) == "0.6 s"
    assert describe_time(steps["file"]) == ""
    assert describe_time(replace(steps["split"], seconds=125.0)) == "2 min 5 s"


def test_a_stranger_sees_no_step(session: Session, run: Run) -> None:
    with pytest.raises(NotFoundError):
        get_run_graph(session, actor=make_actor(session, Role.MANAGER), run_id=run.id)
