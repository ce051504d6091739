"""Make what was found behind an explanation, and models that a worker can look behind."""

from dataclasses import replace
from typing import Any

from sqlmodel import Session

from db.artifacts import get_artifact_store
from db.tables import Job, Model
from services.audit.actor import Actor
from services.audit.canonical import canonical_json
from services.interpretations.cards import Scale
from services.interpretations.naming import ColumnName
from services.models.sentences import POINTS
from services.stories.case_report import CaseStory, Change, Counterfactual, Reason, SimilarCase
from services.stories.commands import request_look, request_story
from services.stories.report import (
    Behind,
    CategoryEffect,
    CategoryShape,
    Cluster,
    Cohort,
    Interactions,
    NumberShape,
    Pair,
    Segment,
    SegmentEffect,
    ShapePoint,
    Stability,
    Steadiness,
    Stretch,
    Told,
)
from services.stories.views import Teller
from tests.makers_models import make_explanation


def make_teller(**changes: Any) -> Teller:
    """Who tells of customers that leave: tenure has a unit, acting is worth 20 euros a point."""
    names = {
        "tenure": ColumnName("tenure", "Tenure", "number", "months"),
        "contract": ColumnName("contract", "Contract", "category"),
    }
    scale = Scale("the probability that churn is Yes", POINTS, 20.0, "EUR")
    return replace(Teller(names, ColumnName("churn", "churn", "number"), scale, make_explanation()), **changes)


def make_number_shape(**changes: Any) -> NumberShape:
    """Tenure, along which the chance falls by 19 points."""
    shape = NumberShape(
        column="tenure",
        kind="number",
        n=180,
        points=(
            ShapePoint(1.0, 10.0, 8.0, 12.0),
            ShapePoint(24.0, 1.0, 0.2, 2.0),
            ShapePoint(60.0, -9.0, -11.0, -7.0),
        ),
        largest=Stretch(1.0, 60.0, -19.0, -22.0, -16.0),
        dependence=((1.0, 40.0), (24.0, 30.0), (60.0, 20.0)),
        lines=((50.0, 40.0, 30.0), (20.0, 18.0, 9.0)),
        n_dependence=180,
    )
    return replace(shape, **changes)


def make_category_shape(**changes: Any) -> CategoryShape:
    """Contracts, one of them too rare."""
    values = (
        CategoryEffect("Month-to-month", 110, 5.0, 4.0, 6.0),
        CategoryEffect("Two year", 60, -6.0, -7.5, -5.0),
        CategoryEffect("One year", 12, None, None, None),
    )
    return replace(CategoryShape("contract", 182, values), **changes)


def make_stability(**changes: Any) -> Stability:
    """An order that stays."""
    columns = (Steadiness("tenure", 12.0, 10.5, 13.0), Steadiness("contract", 8.0, 7.0, 9.5))
    return replace(Stability(5, 2, 60, 0.94, 1, 1.0, False, columns), **changes)


def make_cohort(**changes: Any) -> Cohort:
    """By contract: tenure matters more where it can be ended each month."""
    segments = (
        Segment("Month-to-month", None, None, 110, (SegmentEffect("tenure", 4.0, 14.0, 4.0, 2.0, 6.0),)),
        Segment("Two year", None, None, 60, (SegmentEffect("tenure", -3.0, 9.0, -3.5, -5.0, -2.0),)),
        Segment("One year", None, None, 12, ()),
    )
    return replace(Cohort("contract", segments), **changes)


def make_behind(**changes: Any) -> Behind:
    """Everything behind an explanation of two drivers."""
    behind = Behind(
        scale=POINTS,
        n_rows=182,
        n_train=182,
        n_drivers=2,
        numbers=(make_number_shape(),),
        categories=(make_category_shape(),),
        without_shape=(),
        clusters=(Cluster(18.0, (("tenure", 12.0), ("contract", 8.0)), 0.82, 0.82, 182),),
        interactions=Interactions(
            "SHAP interaction values along the paths of the trees",
            "log-odds",
            182,
            (Pair("tenure", "contract", 0.21),),
            1e-15,
        ),
        stability=make_stability(),
        cohorts=(make_cohort(),),
        seconds=12.0,
    )
    return replace(behind, **changes)


def make_story(**changes: Any) -> CaseStory:
    """Row 7, a close call."""
    story = CaseStory(
        row=7,
        label="Row 7",
        answer="Yes",
        prediction=33.0,
        base_value=27.5,
        threshold=30.0,
        noise=4.0,
        n_refits=10,
        was_kept_aside=True,
        is_towards=True,
        reasons=(Reason("tenure", 2.0, 29.0, 12.5), Reason("contract", "Two year", "Two year", 3.0, ("tenure",))),
        counterfactuals=(Counterfactual((Change("tenure", 2.0, 9.0),), 29.0),),
        obstacle="",
        similar=SimilarCase(31, 0.93, 21.0, "Yes", "Yes", 14, 182),
    )
    return replace(story, **changes)


def make_told(**changes: Any) -> Told:
    """A whole report."""
    return replace(Told(make_behind(), (make_story(),)), **changes)


def make_look(session: Session, actor: Actor, model: Model, told: Told | None = None) -> str:
    """A look behind the explanation of a model with what it found, or with nothing a waiting one; its id."""
    job = request_look(session, actor=actor, model_id=model.id)
    if told is not None:
        _finish(session, job.id, {"report_sha256": get_artifact_store().put(canonical_json(told.document()))})
    return job.id


def make_told_case(session: Session, actor: Actor, model: Model, story: CaseStory) -> str:
    """A case that was asked for and told; the id of its job."""
    job = request_story(session, actor=actor, model_id=model.id, row=story.row)
    _finish(session, job.id, {"story_sha256": get_artifact_store().put(canonical_json(story.document()))})
    return job.id


def _finish(session: Session, job_id: str, result: dict[str, str]) -> None:
    row = session.get_one(Job, job_id)
    row.state, row.progress, row.result = "done", 1.0, result
    session.add(row)
    session.flush()
