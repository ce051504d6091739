"""Two people do the same thing at the same moment: nobody sees a trace, nothing is lost, nothing is there twice."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaitingError
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from db.session import reading, transaction
from services.audit.actor import SYSTEM, Actor
from services.audit.queries import get_chain_report
from services.automl.commands import start_run
from services.datasets.commands import choose_target, save_recipe, upload_dataset
from services.errors import ConflictError, PortalError
from services.models.commands import choose_threshold, register_model
from services.people.commands import create_user
from services.people.permissions import Role
from services.projects.commands import add_member, create_project
from services.proposals.commands import save_objective
from services.reviews.commands import request_review
from services.valuation.commands import save_valuation
from tests.makers import make_actor, make_user
from tests.makers_datasets import make_frame, make_made, make_upload
from tests.makers_models import make_finished
from tests.makers_money import CALLS, RETENTION
from tests.makers_reviews import make_case

_HEAD_START_SECONDS = 0.3


@dataclass(frozen=True)
class Place:
    """A project whose evidence is complete, and what the contests are about."""

    business: Actor
    scientist: Actor
    manager: Actor
    admin: Actor
    project_id: str
    dataset_id: str
    run_ids: tuple[str, str]
    model_id: str
    newcomer: str


@pytest.fixture
def place(engine: Engine) -> Place:
    with transaction(engine) as session:
        case = make_case(session)
        upload = upload_dataset(session, actor=case.scientist, project_id=case.project_id, upload=make_upload())
        dataset = (
            upload
            if upload.target
            else choose_target(session, actor=case.scientist, dataset_id=upload.id, column="churn")
        )
        first, second = (_start(session, case.scientist, case.project_id, dataset.id) for _ in range(2))
        model = register_model(session, actor=SYSTEM, run_id=first, finished=make_finished())
        third = _start(session, case.scientist, case.project_id, dataset.id)
        return Place(
            business=case.business,
            scientist=case.scientist,
            manager=case.manager,
            admin=make_actor(session, Role.ADMIN),
            project_id=case.project_id,
            dataset_id=dataset.id,
            run_ids=(second, third),
            model_id=model.id,
            newcomer=make_user(session).email,
        )


def _start(session: Session, actor: Actor, project_id: str, dataset_id: str) -> str:
    return start_run(session, actor=actor, project_id=project_id, dataset_id=dataset_id).id


STEP = {"recipe": [{"kind": "to_text", "column": "charges"}], "action": "dataset.step_added", "excluded": {}}
Act = Callable[[Session, Place, int], Any]  # the last: 0 for who is first, 1 for who is second
BOTH_SUCCEED: dict[str, Act] = {
    "upload": lambda s, p, n: (
        upload_dataset(
            s, actor=p.scientist, project_id=p.project_id, upload=make_upload(make_frame(seed=7 + n))
        ).version
    ),
    "run": lambda s, p, n: start_run(s, actor=p.scientist, project_id=p.project_id, dataset_id=p.dataset_id).number,
    "model": lambda s, p, n: register_model(s, actor=SYSTEM, run_id=p.run_ids[n], finished=make_finished()).number,
    "threshold": lambda s, p, n: (
        choose_threshold(
            s, actor=p.scientist, model_id=p.model_id, threshold=0.5 + n / 10, reason="Fewer calls"
        ).version
    ),
}
SECOND_IS_TOLD: dict[str, tuple[Act, type[PortalError]]] = {
    "objective": (
        lambda s, p, n: save_objective(
            s, actor=p.scientist, project_id=p.project_id, objective=replace(RETENTION, target=3.0 + n), based_on=1
        ),
        ConflictError,
    ),
    "valuation": (
        lambda s, p, n: save_valuation(
            s, actor=p.business, project_id=p.project_id, assumptions=replace(CALLS, action_amount=30.0 + n), based_on=1
        ),
        ConflictError,
    ),
    "target": (
        lambda s, p, n: choose_target(s, actor=p.scientist, dataset_id=p.dataset_id, column=("contract", "payment")[n]),
        ConflictError,
    ),
    "step": (
        lambda s, p, n: save_recipe(
            s, actor=p.scientist, dataset_id=p.dataset_id, made=make_made(), request={**STEP, "change": f"Step {n}"}
        ),
        ConflictError,
    ),
    "review": (
        lambda s, p, n: request_review(
            s, actor=(p.scientist, p.business)[n], model_id=p.model_id, question="May it decide?"
        ),
        ConflictError,
    ),
    "member": (
        lambda s, p, n: add_member(s, actor=(p.scientist, p.business)[n], project_id=p.project_id, email=p.newcomer),
        PortalError,
    ),
    "person": (
        lambda s, p, n: create_user(s, actor=p.admin, email="same@example.com", name="Same", role=Role.BUSINESS),
        PortalError,
    ),
}


@pytest.mark.parametrize("contest", BOTH_SUCCEED)
def test_two_at_once_are_numbered_one_after_the_other(engine: Engine, place: Place, contest: str) -> None:
    act = BOTH_SUCCEED[contest]
    first, second = _at_once(engine, place, act)
    assert second.result() == first + 1
    _assert_chain_intact(engine)


@pytest.mark.parametrize("contest", SECOND_IS_TOLD)
def test_the_second_of_two_is_told_in_a_sentence(engine: Engine, place: Place, contest: str) -> None:
    act, expected = SECOND_IS_TOLD[contest]
    _, second = _at_once(engine, place, act)
    with pytest.raises(expected):
        second.result()
    _assert_chain_intact(engine)


def test_two_projects_of_one_name_are_two_projects_or_a_sentence(engine: Engine, place: Place) -> None:
    act: Act = lambda s, p, n: create_project(s, actor=p.business, sentence="Fewer returns").slug  # noqa: E731
    first, second = _at_once(engine, place, act)
    with suppress(ConflictError):
        assert second.result() == f"{first}-2"
    _assert_chain_intact(engine)


def _at_once(engine: Engine, place: Place, act: Act) -> tuple[Any, Future[Any]]:
    """The second begins while the first has done everything but commit."""

    def second() -> Any:
        with transaction(engine) as session:
            return act(session, place, 1)

    with ThreadPoolExecutor(1) as pool:
        with transaction(engine) as session:
            result = act(session, place, 0)
            session.flush()
            waiting = pool.submit(second)
            with suppress(StillWaitingError, PortalError):
                waiting.result(timeout=_HEAD_START_SECONDS)
            assert not waiting.done(), "the second went on before the first was through"
        waiting.exception(timeout=20)
    return result, waiting


def _assert_chain_intact(engine: Engine) -> None:
    with reading(engine) as session:
        assert get_chain_report(session).is_intact
