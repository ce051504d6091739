"""The work of an assessment, end to end: a world whose unfairness is known, what is kept, how it ends."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.session import reading, transaction
from db.tables import AuditEvent, Job
from portal.jobs.handlers import HANDLERS
from services.fairness.commands import agree_tolerance, start_assessment
from services.fairness.execution import run_assessment
from services.fairness.queries import get_assessment
from services.fairness.report import FairnessReport
from services.fairness.request import AssessmentRequest
from services.fairness.sentences import finding_of
from services.fairness.views import AssessmentView
from services.jobs.child_process import ChildInterruptedError
from services.jobs.execution import run_job
from services.jobs.handler import JobRequest, SilentReport
from tests.makers_fairness import make_people
from tests.makers_money import CALLS
from tests.makers_simulation import Simulatable, make_simulatable

on_one_engine = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FIGURES = replace(CALLS, base_rate=0.4, capacity_per_month=None)


def asked(world: Simulatable, *columns: str) -> str:
    with transaction() as session:
        request = AssessmentRequest(world.model_id, columns)
        return start_assessment(session, actor=world.scientist, request=request).id


def look(world: Simulatable, job_id: str) -> AssessmentView:
    with reading() as session:
        return get_assessment(session, actor=world.scientist, assessment_id=job_id)


def assessed(world: Simulatable, *columns: str) -> FairnessReport:
    job_id = asked(world, *columns)
    run_job(job_id, HANDLERS, "here")
    found = look(world, job_id)
    assert found.job.state == "done", found.job.failure
    assert found.report is not None
    return found.report


def agreed(world: Simulatable, largest_gap: float, harm: str = "missed") -> None:
    with transaction() as session:
        agree_tolerance(
            session,
            actor=world.business,
            project_id=world.project_id,
            harm=harm,
            largest_gap=largest_gap,
            reason="As in the branches",
            based_on=0,
        )


@on_one_engine
@pytest.mark.slow
def test_who_is_missed_more_often_is_found_and_closing_the_gap_is_priced(engine: Engine) -> None:
    world = make_simulatable(engine, make_people(3_000), (), figures=FIGURES)
    agreed(world, 0.05)
    report = assessed(world, "group", "age")
    by_group, by_age, both = report.compared
    rates = {group.name: group.found.value for group in by_group.groups if group.found}
    assert rates["a"] > rates["b"] + 0.08
    assert by_group.standing == "beyond"
    assert (by_age.standing, by_age.gaps.found is not None) == ("untold", True)
    assert both.columns == ("group", "age")
    assert not both.options
    assert "where group is b" in finding_of(report) or "where group and age are b" in finding_of(report)
    assert by_group.proxy is not None
    assert by_group.proxy.is_warning
    assert by_group.proxy.columns[0][0] == "district"
    assert by_age.proxy is not None
    assert not by_age.proxy.is_warning
    options = {option.code: option for option in by_group.options}
    assert set(options) == {"as_is", "one", "acted", "found", "without"}
    assert options["without"].without == ("group", "district")
    before, after = options["as_is"].found, options["found"].found
    assert before is not None
    assert after is not None
    assert after.value < before.value / 2
    assert options["acted"].acted is not None
    assert options["acted"].acted.value < 0.04
    assert all(option.yearly is not None and option.n == report.n_rows for option in by_group.options)
    assert report.n_rows == 2_400, "The sealed fifth is not looked at."
    assert report.agreed is not None
    assert report.agreed.n_seen == 0


@pytest.mark.slow
def test_it_is_kept_and_recorded_once(engine: Engine) -> None:
    world = make_simulatable(engine, make_people(500), (), figures=FIGURES)
    job_id = asked(world, "group")
    run_job(job_id, HANDLERS, "here")
    run_job(job_id, HANDLERS, "here")  # a worker that takes over does nothing with what is done
    found = look(world, job_id)
    assert found.job.failure is None
    assert found.report is not None
    assert found.report.agreed is None
    assert found.report.compared[0].standing == "none"
    with reading() as session:
        events = session.exec(select(AuditEvent).where(AuditEvent.action == "fairness.assessed")).all()
    assert len(events) == 1
    assert set(events[0].after or {}) == {"version", "sha256", "report_sha256"}


@on_one_engine
@pytest.mark.slow
def test_a_number_is_said_too_high_for_one_group(engine: Engine) -> None:
    people = make_people(1_200, is_told=False)
    noise = np.random.default_rng(2).normal(0, 2, len(people))
    frame = people[["income", "tenure", "group"]].copy()
    frame["spend"] = (50 + 10 * people["income"] - 15 * (people["group"] == "b") + noise).round(2)
    world = make_simulatable(engine, frame, (), target="spend", figures=FIGURES)
    report = assessed(world, "group", "tenure")
    assert report.task == "regression"
    assert report.harm == "error"
    assert report.compared[0].gaps.bias is not None
    assert {"as_is", "shift", "line"} <= {option.code for option in report.compared[0].options}
    assert all(group.mean_error is not None for group in report.compared[0].groups)
    assert report.compared[0].verdict == "too few"
    assert "No money is shown" in " ".join(report.notes)


@on_one_engine
@pytest.mark.slow
def test_a_favourable_class_is_given_less_often_to_one_group_and_a_lead_closes_the_gap(engine: Engine) -> None:
    people = make_people(3_000)
    need = people["income"].rank(pct=True) - 0.2 * (people["group"] == "b")
    noise = np.random.default_rng(4).normal(0, 0.12, len(people))
    level = pd.cut(need + noise, [-9, 0.4, 0.62, 9], labels=["2 *low*", "10 <mid>", "1 high"])
    frame = people[["income", "tenure", "district", "group"]].assign(grade=level.astype("str"))
    world = make_simulatable(engine, frame, (), target="grade", figures=FIGURES)
    with transaction() as session:
        request = AssessmentRequest(world.model_id, ("group",), ("1 high",), is_priced=True)
        job_id = start_assessment(session, actor=world.scientist, request=request).id
    run_job(job_id, HANDLERS, "here")
    found = look(world, job_id)
    assert found.report is not None, found.job.failure
    report, (compared,) = found.report, found.report.compared
    assert (report.task, report.favourable, report.currency) == ("multiclass", ("1 high",), FIGURES.currency)
    assert "are given it where group is" in finding_of(report)
    options = {option.code: option for option in compared.options}
    assert {"as_is", "one", "acted", "found"} <= set(options)
    now, closed = options["as_is"].acted, options["acted"].acted
    assert now is not None and closed is not None
    assert now.low is not None and now.low > 0.05
    assert closed.value < now.value / 2
    rights = {code: option.right for code, option in options.items()}
    assert all(right is not None and right.n == report.n_rows for right in rights.values())
    assert rights["as_is"] != rights["acted"]  # what closing the gap costs in right answers is said beside
    assert options["acted"].extra is not None


class Impatient(SilentReport):
    """Somebody who stops as soon as something happens."""

    def __init__(self) -> None:
        self.heard: list[tuple[float | None, str]] = []

    def __call__(self, progress: float | None, phase: str) -> None:
        self.heard.append((progress, phase))

    def find_interruption(self) -> str | None:
        return "cancel" if len(self.heard) > 2 else None


@on_one_engine
@pytest.mark.slow
def test_it_says_how_far_it_is_and_can_be_stopped(engine: Engine) -> None:
    world = make_simulatable(engine, make_people(2_000), (), figures=FIGURES)
    job_id, report = asked(world, "group", "age", "district"), Impatient()
    with pytest.raises(ChildInterruptedError):
        run_assessment(_request(job_id, world), report)
    shares = [share for share, _ in report.heard if share is not None]
    assert shares
    assert all(0 <= share <= 1 for share in shares)
    assert look(world, job_id).report is None


def _request(job_id: str, world: Simulatable) -> JobRequest:
    with reading() as session:
        job: Any = session.get_one(Job, job_id)
        return JobRequest(job.id, job.kind, job.project_id, job.subject_id, job.request, world.scientist)
