"""Read examinations: what a model can be asked, what was found, what people said to it, and what they assert."""

import json
from functools import lru_cache

from sqlmodel import Session, col, select

from db.artifacts import get_artifact_store
from db.settings import get_database_settings
from db.tables import CheckAnswer, Job, Model, ModelAssertion, Run, User
from services.audit.actor import Actor
from services.datasets.dictionary import business_names, in_business_words
from services.datasets.queries import get_dataset, list_descriptions
from services.errors import NotFoundError
from services.examinations.assertions import Asked, Assertion, describe_assertion
from services.examinations.naming import report_in_business_words
from services.examinations.report import AssertionResult, ExaminationReport, without_drivers
from services.examinations.request import KIND
from services.examinations.tied_inputs import tied_inputs
from services.examinations.views import AnswerView, AssertionView, ExaminableView, ExaminationView, FindingView
from services.jobs.queries import find_latest_job, get_job
from services.jobs.views import JobView
from services.models.queries import ModelView, get_model, hides_explanation

UNKNOWN_EXAMINATION = "There is no such examination, or you are not a member of its project."


def get_examinable(session: Session, *, actor: Actor, model_id: str) -> ExaminableView:
    """What can be asked of a model, and how far its last examination is.

    Raises
    ------
    NotFoundError
        There is no such model, or the actor is not a member of its project.
    """
    model = get_model(session, actor=actor, model_id=model_id)
    last = find_latest_job(session, actor=actor, project_id=model.project_id, kind=KIND, subject_id=model.id)
    return ExaminableView(model.id, model.number, model.project_id, _asked_of(session, actor, model), last)


def find_examination(session: Session, *, actor: Actor, model_id: str) -> ExaminationView | None:
    """The latest finished examination of a model; None before the first."""
    model = get_model(session, actor=actor, model_id=model_id)
    done = select(Job.id).where(
        Job.project_id == model.project_id, Job.kind == KIND, Job.subject_id == model.id, Job.state == "done"
    )
    job_id = session.exec(done.order_by(col(Job.finished_at).desc(), col(Job.id)).limit(1)).first()
    return None if job_id is None else get_examination(session, actor=actor, examination_id=job_id)


def get_examination(session: Session, *, actor: Actor, examination_id: str) -> ExaminationView:
    """One finished examination, with what was answered and asserted until now.

    Who is still to say what they expect of the model is not told what drives it, nor what others said to that.

    Raises
    ------
    NotFoundError
        There is no such examination, it is not done, or the actor is not a member of its project.
    """
    job = _find(session, actor, examination_id)
    row = session.get_one(Model, str(job.subject_id))
    model = get_model(session, actor=actor, model_id=row.id)
    hides, names = hides_explanation(session, actor, row), _names(session, actor, row.project_id)
    digest, storage = str((job.result or {})["report_sha256"]), get_database_settings().storage_url
    report = _read_told(storage, digest, tuple(names.items()), hides)
    answers = list_answers(session, row, hides_reasons=hides)
    findings = [
        FindingView(finding, tuple(answer for answer in answers if answer.code == finding.code))
        for finding in report.findings
    ]
    results = {result.assertion_id: result for result in report.assertions}
    threshold = model.threshold.threshold if model.threshold else None
    return ExaminationView(
        job=job,
        report=report,
        findings=tuple(sorted(findings, key=lambda one: one.place)),
        assertions=tuple(_list_assertions(session, row.project_id, model.signature.target, results, names)),
        is_current=threshold == report.threshold or report.threshold is None,
        hides_drivers=hides,
    )


def list_assertions(session: Session, *, actor: Actor, model_id: str) -> list[AssertionView]:
    """What people assert of the models of a project, in the words of this one, oldest first."""
    model = get_model(session, actor=actor, model_id=model_id)
    names = _names(session, actor, model.project_id)
    return _list_assertions(session, model.project_id, model.signature.target, {}, names)


def get_asked(session: Session, *, actor: Actor, model_id: str) -> Asked:
    """What can be asserted of a model: its columns, its inputs, and its answers.

    Raises
    ------
    NotFoundError
        There is no such model, or the actor is not a member of its project.
    """
    return _asked_of(session, actor, get_model(session, actor=actor, model_id=model_id))


def latest_assertions(session: Session, project_id: str) -> list[ModelAssertion]:
    """The latest version of each assertion that stands, oldest first. Internal: the caller has authorised the actor."""
    rows = session.exec(
        select(ModelAssertion)
        .where(ModelAssertion.project_id == project_id)
        .order_by(col(ModelAssertion.created_at), col(ModelAssertion.version))
    )
    latest: dict[str, ModelAssertion] = {}
    for row in rows:
        if row.key not in latest or latest[row.key].version < row.version:
            latest[row.key] = row
    return [row for row in latest.values() if not row.is_withdrawn]


def list_answers(session: Session, model: Model, *, hides_reasons: bool = False) -> list[AnswerView]:
    """What was said to findings about a model, newest first. Internal: the caller has authorised the actor."""
    rows = session.exec(
        select(CheckAnswer).where(CheckAnswer.model_id == model.id).order_by(col(CheckAnswer.version).desc())
    )
    return [
        AnswerView(
            code=row.code,
            state=row.state,
            reason="" if hides_reasons else row.reason,
            name=_name(session, row.user_id),
            role=row.role_at_time,
            at=row.created_at,
        )
        for row in rows
    ]


def read_report(digest: str) -> ExaminationReport:
    """A report by its hash. Internal: the caller may see the examination, and withholds what must be withheld."""
    return _read_report(get_database_settings().storage_url, digest)


@lru_cache(maxsize=32)
def _read_report(_storage: str, digest: str) -> ExaminationReport:
    return ExaminationReport.from_document(json.loads(get_artifact_store().get(digest)))


@lru_cache(maxsize=32)
def _read_told(storage: str, digest: str, names: tuple[tuple[str, str], ...], hides: bool) -> ExaminationReport:
    """Without what must be withheld, in business words: every sentence is gone through, so once for each dictionary."""
    report = _read_report(storage, digest)
    return report_in_business_words(without_drivers(report) if hides else report, dict(names))


def _asked_of(session: Session, actor: Actor, model: ModelView) -> Asked:
    run = session.get_one(Run, model.run_id)
    dataset = get_dataset(session, actor=actor, dataset_id=run.dataset_version_id)
    usable = set(dataset.feature_columns)
    kinds = {column.name: column.kind for column in dataset.columns if column.name in usable}
    inputs = {column.name: column.kind for column in model.signature.columns}
    return Asked(
        kinds=kinds | inputs,  # as the model types its inputs, which may differ from what the profile says
        inputs=model.signature.names,
        task=model.task,
        classes=tuple(model.signature.classes),
        target=model.signature.target,
        tied=tied_inputs(dataset.recipe, model.signature.names),
        names=_names(session, actor, model.project_id),
    )


def _list_assertions(
    session: Session, project_id: str, target: str, results: dict[str, AssertionResult], names: dict[str, str]
) -> list[AssertionView]:
    found = []
    for row in latest_assertions(session, project_id):
        assertion = Assertion.from_document(row.document)
        found.append(
            AssertionView(
                id=row.id,
                key=row.key,
                version=row.version,
                assertion=assertion,
                sentence=f"{in_business_words(describe_assertion(assertion, target), names)}.",
                name=_name(session, row.user_id),
                role=row.role_at_time,
                at=row.created_at,
                result=results.get(row.id),
            )
        )
    return found


def _names(session: Session, actor: Actor, project_id: str) -> dict[str, str]:
    return business_names(list_descriptions(session, actor=actor, project_id=project_id))


def _find(session: Session, actor: Actor, examination_id: str) -> JobView:
    try:
        job = get_job(session, actor=actor, job_id=examination_id)
    except NotFoundError:
        raise NotFoundError(UNKNOWN_EXAMINATION) from None
    if job.kind != KIND or job.result is None:
        raise NotFoundError(UNKNOWN_EXAMINATION)
    return job


def _name(session: Session, user_id: str) -> str:
    user = session.get(User, user_id)
    return user.name if user else "somebody"
