"""A model of several classes with odd names goes through the real jobs, and every page of it names its classes."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from db.session import reading, transaction
from db.tables import Model
from portal.jobs.handlers import HANDLERS
from services.audit.actor import SYSTEM, Actor
from services.automl.commands import start_run
from services.automl.training import train_candidate
from services.examinations.commands import start_examination
from services.fairness.commands import start_assessment
from services.fairness.request import AssessmentRequest
from services.interpretations.queries import get_interpretation
from services.jobs.execution import run_job
from services.jobs.queries import get_job
from services.models.choosing import Tried
from services.models.commands import register_model
from services.models.finishing import finish
from services.models.run_data import load_preparation
from services.people.permissions import Role
from services.proposals.commands import save_objective
from services.reviews.commands import request_review
from services.stories.commands import request_look, request_story
from services.valuation.commands import save_valuation
from tests.makers import make_actor, make_project
from tests.makers_automl import CANDIDATES
from tests.makers_datasets import make_dataset
from tests.makers_interpretations import expect
from tests.makers_money import CALLS, RETENTION
from tests.pages.conftest import OpenPage, text_of

WORDS = ("3 * 4 = *a*", "[x](http://a.b)", "größer | <b>", "  two  spaces ", "`c` $5$ :red[y]", "naïve 🙂", "#1")
NUMBERED = ("-1", "0", "2.5", "10")


@dataclass(frozen=True)
class World:
    """A model of these classes, as a search leaves it, and who is around it."""

    scientist: Actor
    business: Actor
    project_id: str
    model_id: str
    classes: tuple[str, ...]


def make_world(engine: Engine, labels: tuple[str, ...], n: int) -> World:
    random = np.random.default_rng(5)
    place = random.integers(0, len(labels), n)
    frame = pd.DataFrame(
        {
            "size": (place + random.normal(0, 0.6, n)).round(3),
            "age": random.integers(18, 80, n),
            "group": random.choice(["a", "b"], n, p=[0.6, 0.4]),
            "kind": pd.Series(np.array(labels, dtype=object)[place], dtype="str"),
        }
    )
    frame.loc[:3, "kind"] = ""  # no class at all: these rows are left out
    with transaction(engine) as session:
        scientist, business = make_actor(session, Role.DATA_SCIENTIST), make_actor(session, Role.BUSINESS)
        project = make_project(session, scientist, business)
        save_objective(session, actor=business, project_id=project.id, objective=RETENTION, based_on=0)
        save_valuation(session, actor=business, project_id=project.id, assumptions=CALLS, based_on=0)
        dataset = make_dataset(session, scientist, project.id, frame=frame, target="kind")
        run_id = start_run(session, actor=scientist, project_id=project.id, dataset_id=dataset.id).id
        project_id = project.id
    preparation = load_preparation(run_id)
    candidate = CANDIDATES["linear"]
    tried = Tried(candidate, train_candidate(preparation, candidate, seconds_limit=600).predictions)
    finished = replace(finish(preparation, [tried]), pipeline=None)
    with transaction(engine) as session:
        model = register_model(session, actor=SYSTEM, run_id=run_id, finished=finished)
        return World(scientist, business, project_id, model.id, preparation.classes)


def done(world: World, job_id: str) -> str:
    run_job(job_id, HANDLERS, "here")
    with reading() as session:
        job = get_job(session, actor=world.scientist, job_id=job_id)
    assert job.state == "done", job.failure
    return job_id


def shown(open_page: OpenPage, stem: str, world: World, **address: str) -> AppTest:
    app = open_page(stem, world.scientist, project=world.project_id, model=world.model_id, **address)
    assert not app.exception, stem
    return app


def words_of(app: AppTest) -> str:
    """As a person reads it: without what keeps text from being markup, and runs of blanks as one."""
    return seen(text_of(app).replace("\\", "").replace("\u2060", ""))


def seen(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("labels", [WORDS[:3], (*WORDS, *NUMBERED)], ids=["three", "eleven"])
def test_every_page_names_the_classes_as_they_are(engine: Engine, open_page: OpenPage, labels: tuple[str, ...]) -> None:
    world = make_world(engine, labels, 120 * len(labels))
    assert set(world.classes) == {label.strip() for label in labels}
    chosen = world.classes[-1]
    with transaction() as session:
        assert get_interpretation(session, actor=world.business, model_id=world.model_id).classes == world.classes
        model = session.get_one(Model, world.model_id)
        expect(session, world.business, model, of_class=chosen, size="raises", age="lowers")
    with reading() as session:
        view = get_interpretation(session, actor=world.business, model_id=world.model_id)
    assert view.revealed is not None
    assert view.revealed.card_scale.subject == f"the probability that kind is {chosen}"
    with transaction() as session:
        of: dict[str, Any] = {"actor": world.scientist, "model_id": world.model_id}
        jobs = [request_look(session, **of).id, request_story(session, row=9, **of).id]
        jobs.append(start_examination(session, **of).id)
        question = AssessmentRequest(world.model_id, ("group",), (chosen, world.classes[0]), is_priced=True)
        fairness = start_assessment(session, actor=world.scientist, request=question).id
    for job_id in (*jobs, fairness):
        done(world, job_id)
    explained = words_of(shown(open_page, "explain", world))
    assert f"the probability that kind is {seen(chosen)} is" in explained
    story = words_of(shown(open_page, "story", world, row="9"))
    assert any(f"a probability of {seen(label)} of" in story for label in world.classes)
    assert any(f"What moves the probability of {seen(label)} " in story for label in world.classes)
    shapes = words_of(shown(open_page, "shapes", world))
    assert any(f"the probability that kind is {seen(label)}" in shapes for label in world.classes)
    assert f"kind is {seen(chosen)}" in words_of(shown(open_page, "fairness", world, assessment=fairness))
    shown(open_page, "examination", world)
    assert "tells several classes apart" in words_of(shown(open_page, "simulate", world))
    assert "Why there is no threshold" in words_of(shown(open_page, "model", world))
    with transaction() as session:
        review_id = request_review(session, actor=world.scientist, model_id=world.model_id, question="May it?").id
    shown(open_page, "review", world, review=review_id)
