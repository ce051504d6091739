"""The work of a simulation: read the model and its data, simulate in a child process, keep what was found."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from db.artifacts import get_artifact_store
from db.scratch import unfinished_folder
from db.session import reading, transaction
from services.audit.commands import record_event
from services.automl.preparation import Preparation
from services.datasets.queries import get_dataset
from services.jobs.handler import JobRequest, Report
from services.jobs.watched_child import Say, compute_watched
from services.models.queries import get_model
from services.models.run_data import load_preparation
from services.proposals.lever import Lever
from services.proposals.queries import get_objective
from services.simulation.cases import Terms
from services.simulation.request import SimulationRequest
from services.simulation.sentences import answer_name_of, default_worth, describe_short, formula_in_words, lost_amount
from services.simulation.usable_levers import computed_from
from services.simulation.worth import Worth
from services.valuation.assumptions import Assumptions
from services.valuation.queries import get_valuation


def run_simulation(request: JobRequest, report: Report) -> dict[str, Any]:
    """simulation.run: the best action of each case, what that is honestly worth, and the list of actions."""
    report(None, "Reading the model and its data")
    asked = SimulationRequest.from_document(request.request["request"])
    with reading() as session:
        model = get_model(session, actor=request.actor, model_id=asked.model_id)
        objective = get_objective(session, actor=request.actor, objective_id=str(request.request["objective_id"]))
        figures = get_valuation(session, actor=request.actor, valuation_id=str(request.request["valuation_id"]))
        dataset = get_dataset(session, actor=request.actor, dataset_id=str(request.request["dataset_id"]))
    levers = tuple(lever for lever in objective.objective.levers if lever.name in asked.levers)
    held = tuple(lever.column for lever in objective.objective.levers if lever.column)
    preparation = load_preparation(model.run_id, report.find_interruption)
    store = get_artifact_store()
    with unfinished_folder(request.id) as folder:
        found = compute_watched(
            _work,
            store.get(model.pipeline_sha256),
            model.family,
            preparation,
            store.get(dataset.table_sha256),
            levers,
            replace(
                terms_of(asked, figures.assumptions, model.task, request.request.get("known", {})),
                lever_columns=held,
                from_levers=computed_from(held, dataset.recipe),
            ),
            folder,
            report=report,
        )
    sentence = describe_short(json.loads(found["report"]))
    kept = {f"{name}_sha256": store.put(content) for name, content in found.items()}
    result = {"model_id": model.id, "sentence": sentence, **kept}
    with transaction() as session:
        report.settle(session, result)
        record_event(
            session,
            actor=request.actor,
            action="simulation.finished",
            object_type="simulation",
            object_id=request.id,
            project_id=request.project_id,
            after={"model_id": model.id, "report_sha256": kept["report_sha256"]},
        )
    return result


def terms_of(asked: SimulationRequest, figures: Assumptions, task: str, known: Mapping[str, Sequence[str]]) -> Terms:
    """What was asked, in figures of use; `known` "before" and "after" the decision are columns."""
    formula = asked.value_formula.strip()
    return Terms(
        worth=Worth(lost_amount(figures), formula, answer_name_of(task)),
        worth_in_words=formula_in_words(formula) if formula else default_worth(figures),
        currency=figures.currency,
        base_rate=figures.base_rate if task == "binary" else None,
        cases_per_month=figures.cases_per_month,
        budget_amount=asked.budget_amount,
        capacity=asked.capacity,
        is_guarded=asked.is_guarded,
        segment_column=asked.segment_column,
        constraints=asked.constraints,
        known_before=tuple(known.get("before", ())),
        known_after=tuple(known.get("after", ())),
    )


def _work(
    pipeline: bytes,
    family: str,
    preparation: Preparation,
    table: bytes,
    levers: tuple[Lever, ...],
    terms: Terms,
    unfinished: Path,
    say: Say,
) -> dict[str, bytes]:
    """In a child: report, action list and guard, as they will be stored."""
    from services.datasets.tables import read_table
    from services.models.pipeline_file import load_pipeline
    from services.simulation.action_list import write_csv, write_workbook
    from services.simulation.guard_table import dump_guard
    from services.simulation.simulating import simulate
    from services.simulation.worth_sheet import worth_sheet

    began = time.monotonic()
    found = simulate(load_pipeline(pipeline), family, preparation, read_table(table), levers, terms, say, unfinished)
    say(0.98, f"Writing the files, after {time.monotonic() - began:.0f} s")
    return {
        "report": json.dumps(found.report.document(), allow_nan=False).encode("utf-8"),
        "csv": write_csv(found.header, found.lines),
        "workbook": write_workbook(found.header, found.lines, worth_sheet(found.report)),
        "guard": dump_guard(found.guard),
    }
