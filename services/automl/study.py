"""The memory of a search: an Optuna study that every worker shares, beside the portal's own tables.

It lives in its own SQLite file, or in its own schema of the portal's PostgreSQL, because both keep their version in a
table of the same name. The study advises; which trials there are is decided by the portal's tables alone, so a trial
that Optuna knows twice or not at all costs a little advice and nothing else.
"""

import fcntl
from collections.abc import Collection
from typing import Any

import optuna
from optuna.storages import BaseStorage, RDBStorage, get_storage
from optuna.trial import TrialState, create_trial
from sqlalchemy import Engine, NullPool, event, text
from sqlalchemy.engine import make_url

from db.engine import BUSY_TIMEOUT_MILLISECONDS, new_engine
from db.settings import DatabaseSettings
from services.automl.candidates import Candidate
from services.automl.preparation import Preparation
from services.automl.search_space import enqueue_portfolio, is_able, suggest

SCHEMA = "optuna"
_LIMITS = "limits"
CONSTRAINT = f"constraints:{_LIMITS}"  # as Optuna spells it where it keeps one
NUMBER, _DECIDED = "number", "fixed_params"  # the second is Optuna's own word for what it shall not sample
_CREATION_LOCK = 0x0971A  # any constant: two workers never create the tables at once

optuna.logging.set_verbosity(optuna.logging.ERROR)


def open_storage(settings: DatabaseSettings) -> BaseStorage:
    """The storage of all studies, its tables created where they are missing, by one worker at a time."""
    if settings.is_sqlite:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (settings.data_dir / "optuna.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return get_storage(_sqlite_storage(f"sqlite:///{settings.data_dir / 'optuna.sqlite'}"))
    engine = new_engine(settings.database_url)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CREATION_LOCK})
            return get_storage(_postgresql_storage(engine, settings.database_url))
    finally:
        engine.dispose()


def open_study(storage: BaseStorage, *, run_id: str, greater_is_better: bool) -> optuna.Study:
    """The study of a run, created by whoever comes first."""
    return optuna.create_study(
        storage=storage,
        study_name=run_id,
        load_if_exists=True,
        direction="maximize" if greater_is_better else "minimize",
    )


def ask(
    study: optuna.Study,
    *,
    number: int,
    storage: BaseStorage,
    preparation: Preparation,
    families: Collection[str] = (),
    only: Collection[str] = (),
) -> Candidate:
    """What trial `number` (1, 2, ...) shall try: its place in the portfolio, later what the sampler suggests.

    Asked again about the same number, the answer is the same.

    Parameters
    ----------
    families
        The kinds of model of the whole study; empty means every kind.
    only
        The kinds this trial may be of, some of `families`; empty means all of them. One that cannot keep the direction
        of a lever is left out.
    """
    trial_id = _find_trial_id(study, storage, number)
    if trial_id is None:
        only = [name for name in only if is_able(name, preparation)]
        study_id = storage.get_study_id_from_name(study.study_name)
        plan = _decided(study, number, _planned_parameters(preparation, families), only)
        trial_id = storage.create_new_trial(study_id, template_trial=_template(number, plan))
    # A sampler of its own for each trial: one seed for all would make every worker draw the same candidates.
    study.sampler = optuna.samplers.TPESampler(seed=preparation.seed + number)
    decided = storage.get_trial(trial_id).system_attrs.get(_DECIDED, {}).get("family")
    return suggest(optuna.Trial(study, trial_id), preparation, families, decided=decided)


def tell(study: optuna.Study, *, number: int, value: float | None, excess: float | None = None) -> None:
    """How trial `number` ended: the objective's value, or None for a failure. Telling it again changes nothing.

    Parameters
    ----------
    excess
        How far the model is beyond a limit, 0 or less where it keeps all, None without limits: the sampler prefers
        what keeps them, and learns which way leads there.
    """
    for trial in study.get_trials(deepcopy=False):
        if trial.user_attrs.get(NUMBER) == number:
            if excess is not None and not trial.state.is_finished():
                own = optuna.Trial(study, trial._trial_id)  # noqa: SLF001 - a stored trial tells its id in no other way
                own.set_constraint(_LIMITS, excess)
            state = TrialState.FAIL if value is None else None
            study.tell(trial.number, value, state=state, skip_if_finished=True)


def _postgresql_storage(engine: Engine, database_url: str) -> RDBStorage:
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
    url = make_url(database_url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    # A few questions per trial: a connection for each is cheap, and none stays open between trials.
    options = {"connect_args": {"options": f"-csearch_path={SCHEMA}"}, "poolclass": NullPool}
    return RDBStorage(url, engine_kwargs=options)


def _sqlite_storage(url: str) -> RDBStorage:
    storage = RDBStorage(url, engine_kwargs={"connect_args": {"timeout": BUSY_TIMEOUT_MILLISECONDS / 1000}})
    event.listen(storage.engine, "connect", _prepare_connection)
    return storage


def _prepare_connection(dbapi_connection: Any, _record: object) -> None:
    """Advice that is lost in a power cut is asked for again, so a commit need not wait for the disk."""
    cursor = dbapi_connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def _find_trial_id(study: optuna.Study, storage: BaseStorage, number: int) -> int | None:
    study_id = storage.get_study_id_from_name(study.study_name)
    for trial in study.get_trials(deepcopy=False):
        if trial.user_attrs.get(NUMBER) == number and not trial.state.is_finished():
            return storage.get_trial_id_from_study_id_trial_number(study_id, trial.number)
    return None


def _template(number: int, decided: dict[str, Any]) -> optuna.trial.FrozenTrial:
    """A running trial that knows its number from its first moment, so that a crash cannot separate the two."""
    fixed = {_DECIDED: decided} if decided else {}
    return create_trial(state=TrialState.RUNNING, user_attrs={NUMBER: number}, system_attrs=fixed)


def _decided(study: optuna.Study, number: int, planned: list[dict[str, Any]], only: Collection[str]) -> dict[str, Any]:
    """What is decided before the sampler is asked: a place in the portfolio, else at most the family.

    The choices of a study are fixed, so the sampler cannot be told to leave some out: it is given the family, each in
    turn, and finds the rest.
    """
    taken = [trial.system_attrs.get(_DECIDED) for trial in study.get_trials(deepcopy=False)]
    left = [place for place in planned if place not in taken and (not only or place["family"] in only)]
    if number <= len(planned) and planned[number - 1] in left:
        return planned[number - 1]
    if left:
        return left[number % len(left)]  # two lanes that ask at once have different numbers
    return {"family": sorted(only)[number % len(only)]} if only else {}


def _planned_parameters(preparation: Preparation, families: Collection[str]) -> list[dict[str, Any]]:
    """The portfolio as Optuna spells it, in its order."""
    planning = optuna.create_study()
    enqueue_portfolio(planning, preparation)
    planned = (trial.system_attrs[_DECIDED] for trial in planning.get_trials(deepcopy=False))
    return [place for place in planned if not families or place["family"] in families]
