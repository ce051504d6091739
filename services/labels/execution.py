"""Jobs of labelling: read under short transactions, compute in a child process, write once."""

from typing import Any

from sqlmodel import Session

from db.artifacts import get_artifact_store
from db.session import reading, transaction
from db.tables import LabelTask
from services.audit.actor import Actor
from services.audit.commands import record_event
from services.automl.amounts import columns_of_formula
from services.automl.money import MoneyGoal, amount_formula_of, money_goal
from services.datasets.base_rows import leaves_rows_out
from services.datasets.queries import Dataset, get_dataset
from services.errors import InvalidInputError
from services.jobs.child_process import Limits, run_in_child
from services.jobs.handler import JobRequest, Report
from services.labels.queries.tasks import list_labels, list_waiting, require_task
from services.labels.training import (
    NoiseFound,
    Ordered,
    Plan,
    Table,
    WorthFound,
    look_for_noise,
    order_rows,
    weigh_or_say_why_not,
)
from services.labels.votes import count_votes
from services.models.documents import to_document
from services.people.permissions import Permission
from services.valuation.queries import find_valuation

LIMITS = Limits(seconds=600, memory_mb=4_096)
MAX_NOISE_CLASSES = 50
N_RECENT = 10  # of the latest answers, which may still be taken back
MAX_DRAWN = 20_000


def train(request: JobRequest, report: Report) -> dict[str, Any]:
    """labels.train: fit the quick model where there are enough labels, and order the queue anew."""
    task_id = str(request.request["task_id"])
    report(None, "Reading the labels")
    with reading() as session:
        task = require_task(session, request.actor, task_id, Permission.LABEL)
        dataset = get_dataset(session, actor=request.actor, dataset_id=task.dataset_version_id)
        table = _table(session, request.actor, dataset)
        plan, n_answers = _plan(session, task)
    report(None, "Fitting a quick model and choosing the next rows")
    ordered: Ordered = run_in_child(order_rows, table, plan, limits=LIMITS, find_interruption=report.find_interruption)
    store = get_artifact_store()
    cards = store.put(ordered.cards)
    onnx = ordered.model.onnx if ordered.model else None
    scored = _scored(ordered, n_answers, store.put(onnx) if onnx else None)
    result = {"n_queued": len(ordered.queue.rows), "note": ordered.note}
    with transaction() as session:
        report.settle(session, result)
        row = session.get_one(LabelTask, task_id, with_for_update=True, populate_existing=True)
        row.queue, row.cards_sha256 = list(ordered.queue.rows), cards
        row.drawn = [*row.drawn, *sorted(ordered.queue.drawn - set(row.drawn))][-MAX_DRAWN:]
        row.queue_round += 1
        row.model = scored if ordered.model or not (row.model or {}).get("score") else row.model
        session.add(row)
        record_event(
            session,
            actor=request.actor,
            action="labels.queue_ordered",
            object_type="label_task",
            object_id=task_id,
            project_id=row.project_id,
            after={"round": row.queue_round, "n_answers": n_answers, "has_model": ordered.model is not None},
        )
    return result


def look_for_wrong_labels(request: JobRequest, report: Report) -> dict[str, Any]:
    """labels.noise: the rows whose label is probably wrong, most suspicious first, for people to decide about."""
    report(None, "Reading the data")
    with reading() as session:
        dataset = get_dataset(session, actor=request.actor, dataset_id=str(request.request["dataset_id"]))
        table = _table(session, request.actor, dataset)
    if dataset.target is None:
        raise InvalidInputError("The data have no target yet, so there are no labels to look at. Choose one.")
    target = dataset.get_column(dataset.target)
    if target.n_distinct > MAX_NOISE_CLASSES:
        raise InvalidInputError(
            f"“{target.name}” has {target.n_distinct:,} different values, so it has no classes to be mistaken for each "
            "other. Search with a model that predicts the number instead."
        )
    classes = [label for label, _count in target.top_values]
    report(None, "Asking a model that has not seen a row about its label")
    found: NoiseFound = run_in_child(
        look_for_noise,
        table,
        dataset.target,
        classes,
        dataset.positive_label,
        limits=LIMITS,
        find_interruption=report.find_interruption,
    )
    return {
        "dataset_id": dataset.id,
        "column": dataset.target,
        "classes": list(found.classes),
        "n_examined": found.n_rows,
        "noise_rate": found.rate,
        "suspects": [dict(suspect) for suspect in found.suspects],
        "cards_sha256": get_artifact_store().put(found.cards),
    }


def weigh_labels(request: JobRequest, report: Report) -> dict[str, Any]:
    """labels.worth: the learning curve in money, and what the next labels are expected to bring."""
    report(None, "Reading the data")
    task_id = request.request.get("task_id")
    with reading() as session:
        dataset = get_dataset(session, actor=request.actor, dataset_id=str(request.request["dataset_id"]))
        table = _table(session, request.actor, dataset)
        column, positive, labels = dataset.target, dataset.positive_label, None
        if task_id is not None:
            task = require_task(session, request.actor, str(task_id), Permission.LABEL)
            column, positive, labels = task.column, task.positive_class, _plan(session, task)[0].labels
    if column is None:
        raise InvalidInputError("The data have no target yet, so nothing says what a label is worth. Choose one.")
    report(None, "Fitting the same model to fewer and to more rows")
    found: WorthFound | str = run_in_child(
        weigh_or_say_why_not, table, column, positive, labels, limits=LIMITS, find_interruption=report.find_interruption
    )
    if isinstance(found, str):
        return {"dataset_id": dataset.id, "column": column, "note": found}
    return {"dataset_id": dataset.id, "column": column, **found.document()}


def _table(session: Session, actor: Actor, dataset: Dataset) -> Table:
    store = get_artifact_store()
    hidden = {dataset.target, *dataset.excluded}  # an outcome, or what is known too late, would tell the answer
    shown = [column.name for column in dataset.columns if column.name not in hidden]
    return Table(
        content=store.get(dataset.table_sha256),
        base=store.get(dataset.base_sha256) if leaves_rows_out(dataset.recipe) else None,
        recipe=tuple(dataset.recipe),
        shown=tuple(shown),
        features=dataset.feature_columns,
        money=_money(session, actor, dataset),
    )


def _money(session: Session, actor: Actor, dataset: Dataset) -> MoneyGoal | None:
    """The figures in force; none where rows have amounts that this version of the data does not tell."""
    saved = find_valuation(session, actor=actor, project_id=dataset.project_id)
    if saved is None:
        return None
    formula = amount_formula_of(saved.assumptions)
    try:
        columns_of_formula(formula, [column.name for column in dataset.columns]) if formula else ()
    except InvalidInputError:
        return None
    return money_goal(saved.assumptions, formula)


def _plan(session: Session, task: LabelTask) -> tuple[Plan, int]:
    labels = list_labels(session, task.id)
    verdicts = count_votes((label.row, label.value, label.source) for label in labels)
    recent = [label.row for label in sorted(labels, key=lambda label: label.changed_at)[-N_RECENT:]]
    waiting = tuple(dict.fromkeys([*list_waiting(task, labels), *verdicts.disputed, *recent]))
    return Plan(
        column=task.column,
        classes=tuple(task.classes),
        positive_class=task.positive_class,
        labels=verdicts.agreed,
        rated=frozenset(label.row for label in labels),
        waiting=waiting,
        drawn=frozenset(task.drawn),
        round=task.queue_round,
    ), len(labels)


def _scored(ordered: Ordered, n_answers: int, onnx_sha256: str | None) -> dict[str, Any]:
    """What the page shows of the quick model, and what it asks to try it."""
    if ordered.model is None:
        return {"n_answers": n_answers, "note": ordered.note}
    model = ordered.model
    return {
        "n_answers": n_answers,
        "score": to_document(model.score),
        "classes": list(model.classes),
        "signature": model.signature.document(),
        "onnx_sha256": onnx_sha256,
        "onnx_reason": model.onnx_reason,
    }
