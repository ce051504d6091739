"""Starting and steering a run."""

import pytest
from sqlmodel import Session, col, select

from db.tables import AuditEvent, Run
from services.audit.actor import Actor
from services.automl.commands import Wish, ask_run, repeat_run, resume_run, start_run
from services.automl.queries import get_run
from services.datasets.commands import describe_column
from services.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from services.people.permissions import Role
from tests.makers import Project, make_actor, make_project
from tests.makers_datasets import make_dataset
from tests.makers_models import make_run, make_trial


@pytest.fixture
def scientist(session: Session) -> Actor:
    return make_actor(session, Role.DATA_SCIENTIST)


@pytest.fixture
def project(session: Session, scientist: Actor) -> Project:
    return make_project(session, scientist)


def actions(session: Session) -> list[str]:
    statement = select(AuditEvent.action).where(AuditEvent.object_type == "run").order_by(col(AuditEvent.id))
    return list(session.exec(statement))


def test_a_started_run_waits_for_a_worker(session: Session, scientist: Actor, project: Project) -> None:
    run = make_run(session, scientist, project.id, n_trials=6, budget_seconds=60)
    assert (run.state, run.number, run.task, run.metric) == ("queued", 1, "binary", "roc_auc")
    assert run.trial_seconds_limit == 15
    assert actions(session) == ["run.queued"]


def test_what_people_say_of_columns_is_frozen_when_a_run_starts(
    session: Session, scientist: Actor, project: Project
) -> None:
    make_dataset(session, scientist, project.id)

    def say(column: str, **fields: str) -> None:
        describe_column(session, actor=scientist, project_id=project.id, column=column, **fields)

    say("tenure", expected_direction="falls")
    say("payment", compared="yes")
    run = make_run(session, scientist, project.id)
    say("tenure", expected_direction="rises")
    assert run.business_inputs == {"expected": {"tenure": -1}, "compared": ["payment"]}
    view = get_run(session, actor=scientist, run_id=run.id)
    assert (view.expected, view.all_directions, view.compared) == ({"tenure": -1}, {"tenure": -1}, ("payment",))


def test_todays_rule_is_frozen_and_kept_when_a_run_is_repeated(
    session: Session, scientist: Actor, project: Project
) -> None:
    run = make_run(session, scientist, project.id, todays_rule=" tenure < 12 ")
    assert run.business_inputs == {"todays_rule": "tenure < 12"}
    assert get_run(session, actor=scientist, run_id=run.id).todays_rule == "tenure < 12"
    run.state = "finished"
    again = repeat_run(session, actor=scientist, run_id=run.id, step="split")
    assert again.business_inputs == run.business_inputs


@pytest.mark.parametrize(
    ("rule", "sentence"), [("tenur < 12", "tenure"), ("payment + 1", "payment"), ("2", "no column")]
)
def test_a_rule_that_cannot_be_computed_starts_nothing(
    session: Session, scientist: Actor, project: Project, rule: str, sentence: str
) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        make_run(session, scientist, project.id, todays_rule=rule)
    assert session.exec(select(Run)).all() == []


def test_runs_of_a_project_are_numbered(session: Session, scientist: Actor, project: Project) -> None:
    assert [make_run(session, scientist, project.id).number for _ in range(3)] == [1, 2, 3]


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), 1e9])
def test_an_impossible_time_budget_is_refused_in_words(
    session: Session, scientist: Actor, project: Project, seconds: float
) -> None:
    with pytest.raises(InvalidInputError, match=r"The search needs time|at most 24 hours"):
        make_run(session, scientist, project.id, budget_seconds=seconds)
    assert session.exec(select(Run)).all() == []


@pytest.mark.parametrize("n_trials", [0, 1_001])
def test_an_impossible_number_of_variants_is_refused(
    session: Session, scientist: Actor, project: Project, n_trials: int
) -> None:
    with pytest.raises(InvalidInputError, match="between 1 and 1,000 variants"):
        make_run(session, scientist, project.id, n_trials=n_trials)


def test_a_metric_of_another_task_is_refused(session: Session, scientist: Actor, project: Project) -> None:
    with pytest.raises(InvalidInputError, match="does not fit the target"):
        make_run(session, scientist, project.id, metric="rmse")


def test_data_without_a_target_are_refused(session: Session, scientist: Actor, project: Project) -> None:
    dataset = make_dataset(session, scientist, project.id, target=None)
    with pytest.raises(InvalidInputError, match="no target yet"):
        start_run(session, actor=scientist, project_id=project.id, dataset_id=dataset.id)


def test_data_of_another_project_are_refused(session: Session, scientist: Actor, project: Project) -> None:
    elsewhere = make_project(session, scientist)
    dataset = make_dataset(session, scientist, elsewhere.id)
    with pytest.raises(NotFoundError):
        start_run(session, actor=scientist, project_id=project.id, dataset_id=dataset.id)


@pytest.mark.parametrize("role", [Role.BUSINESS, Role.MANAGER, Role.AUDITOR])
def test_only_a_data_scientist_starts_and_steers(
    session: Session, scientist: Actor, project: Project, role: Role
) -> None:
    run = make_run(session, scientist, project.id)
    other = make_actor(session, role)
    joined = make_project(session, other)
    with pytest.raises(NotAllowedError, match="may not start or steer"):
        start_run(session, actor=other, project_id=joined.id, dataset_id=run.dataset_version_id)


def test_a_stranger_does_not_learn_that_a_run_exists(session: Session, scientist: Actor, project: Project) -> None:
    run = make_run(session, scientist, project.id)
    with pytest.raises(NotFoundError):
        ask_run(session, actor=make_actor(session, Role.DATA_SCIENTIST), run_id=run.id, wish="cancel")


@pytest.mark.parametrize("wish", ["pause", "stop", "cancel"])
def test_a_wish_to_a_running_search_is_left_for_its_workers(
    session: Session, scientist: Actor, project: Project, wish: Wish
) -> None:
    run = make_run(session, scientist, project.id)
    run.state = "running"
    assert (ask_run(session, actor=scientist, run_id=run.id, wish=wish).wish, run.state) == (wish, "running")


@pytest.mark.parametrize(("wish", "state"), [("pause", "paused"), ("cancel", "cancelled")])
def test_a_wish_to_a_waiting_run_takes_effect_at_once(
    session: Session, scientist: Actor, project: Project, wish: Wish, state: str
) -> None:
    run = make_run(session, scientist, project.id)
    assert (ask_run(session, actor=scientist, run_id=run.id, wish=wish).state, run.wish) == (state, "none")


def test_stopping_before_the_first_model_is_refused(session: Session, scientist: Actor, project: Project) -> None:
    run = make_run(session, scientist, project.id)
    with pytest.raises(ConflictError, match="nothing to keep"):
        ask_run(session, actor=scientist, run_id=run.id, wish="stop")


def test_a_paused_run_that_has_a_model_can_be_stopped(session: Session, scientist: Actor, project: Project) -> None:
    run = make_run(session, scientist, project.id)
    make_trial(session, run, 1)
    run.state = "paused"
    ask_run(session, actor=scientist, run_id=run.id, wish="stop")
    assert (run.state, run.wish, run.generation) == ("queued", "stop", 2)


@pytest.mark.parametrize("state", ["finished", "failed", "cancelled"])
def test_an_ended_run_cannot_be_steered(session: Session, scientist: Actor, project: Project, state: str) -> None:
    run = make_run(session, scientist, project.id)
    run.state = state
    with pytest.raises(ConflictError, match="ended already"):
        ask_run(session, actor=scientist, run_id=run.id, wish="cancel")


def test_resuming_starts_the_next_generation_with_the_used_time(
    session: Session, scientist: Actor, project: Project
) -> None:
    run = make_run(session, scientist, project.id)
    run.state, run.used_seconds = "paused", 12.5
    resumed = resume_run(session, actor=scientist, run_id=run.id)
    assert (resumed.state, resumed.generation, resumed.used_seconds) == ("queued", 2, 12.5)
    assert actions(session) == ["run.queued", "run.resumed"]


def test_a_run_that_is_not_paused_cannot_be_resumed(session: Session, scientist: Actor, project: Project) -> None:
    run = make_run(session, scientist, project.id)
    with pytest.raises(ConflictError, match="not paused"):
        resume_run(session, actor=scientist, run_id=run.id)
