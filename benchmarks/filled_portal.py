"""A portal with people at work in it: the demo company, a finished search and its model, and more projects beside."""

from functools import partial
from itertools import cycle, islice

from sqlmodel import Session, select

from db.engine import get_engine
from db.migrations import migrate
from db.session import reading, transaction
from db.settings import get_database_settings
from db.tables import Project
from portal.demo.company import find_demo_run_project, find_person, make_company
from portal.jobs.handlers import CHILD_MODULES
from services.audit.actor import SYSTEM
from services.automl.claims import Place
from services.automl.commands import ask_run, start_run
from services.automl.execution import close_search
from services.automl.queries import find_latest_run, get_run
from services.automl.study import open_storage
from services.datasets.queries import find_dataset
from services.jobs.child_process import start_fork_server
from services.models.beginning import begin_run
from services.models.finishing_job import finish_run
from services.models.training_job import work_on_next_trial
from services.people.commands import create_user, open_session
from services.people.permissions import Role
from services.projects.commands import add_member, create_project

N_TRIALS = 24
N_PROJECTS = 12
_SEARCH_SECONDS = 900.0  # enough for every trial also on a busy machine
_ROLES = (Role.BUSINESS, Role.DATA_SCIENTIST, Role.MANAGER)


def fill() -> str:
    """Fill an empty database as configured; returns the address part that opens the finished run."""
    migrate(get_engine())
    make_company()
    with transaction() as session:
        project_id, run_id = _start_run(session)
        _add_projects(session)
    search(run_id)
    return f"project={project_id}&run={run_id}"


def sign_in_many(n: int) -> list[str]:
    """Make `n` people, business, science and management in turn, members of every project; their session cookies."""
    with transaction() as session:
        return [_sign_in(session, number, role) for number, role in enumerate(islice(cycle(_ROLES), n), start=1)]


def _start_run(session: Session) -> tuple[str, str]:
    tomas, project_id = find_person(session, "tomas"), find_demo_run_project(session)
    assert project_id is not None
    ask = partial(find_latest_run, session, actor=tomas, project_id=project_id)
    queued, dataset = ask(), find_dataset(session, actor=tomas, project_id=project_id)
    assert queued is not None
    assert dataset is not None
    ask_run(session, actor=tomas, run_id=queued.id, wish="cancel")
    run = start_run(
        session,
        actor=tomas,
        project_id=project_id,
        dataset_id=dataset.id,
        budget_seconds=_SEARCH_SECONDS,
        n_trials=N_TRIALS,
    )
    return project_id, run.id


def _add_projects(session: Session) -> None:
    ana = find_person(session, "ana")
    known = len(session.exec(select(Project.id)).all())
    for number in range(known + 1, N_PROJECTS + 1):
        create_project(session, actor=ana, sentence=f"Fewer parcels should arrive late in region {number}")


def search(run_id: str) -> None:
    """What a worker does with a run, in this process."""
    start_fork_server(CHILD_MODULES)
    storage = open_storage(get_database_settings())
    begin_run(run_id, 1, storage)
    while work_on_next_trial(Place("benchmark"), storage):
        pass
    with transaction() as session:
        close_search(session, run_id=run_id, generation=1)
    finish_run(run_id, 1)
    with reading() as session:
        run = get_run(session, actor=SYSTEM, run_id=run_id)
    if run.state != "finished":
        raise SystemExit(f"The run to look at did not finish: {run.state}.")


def _sign_in(session: Session, number: int, role: Role) -> str:
    email = f"person{number}@demo.example.com"
    user = create_user(session, actor=SYSTEM, email=email, name=f"Person {number}", role=role)
    session.flush()
    for project_id in session.exec(select(Project.id)).all():
        add_member(session, actor=find_person(session, "ana"), project_id=project_id, email=email)
    return open_session(session, user_id=user.id, method="benchmark").token
