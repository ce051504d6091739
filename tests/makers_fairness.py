"""Make people whom a model treats alike or not, reports of fairness, and finished assessments."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit
from sqlmodel import Session, select

from db.tables import ColumnDescription, Job, Model
from services.audit.actor import Actor
from services.datasets.commands import describe_column
from services.fairness.commands import save_assessment, start_assessment
from services.fairness.report import (
    Agreed,
    Compared,
    FairnessReport,
    Gap,
    Gaps,
    Group,
    Mean,
    Option,
    Proxy,
    Rate,
    Ratio,
)
from services.fairness.request import AssessmentRequest


def make_people(n: int = 2_000, *, seed: int = 3, is_told: bool = True) -> pd.DataFrame:
    """People of two groups of whom half as many of group “b” are known by their income, so that more are missed.

    Parameters
    ----------
    is_told
        Whether a column (`district`) tells nine times in ten who belongs to which group.
    """
    random = np.random.default_rng(seed)
    group = np.where(random.random(n) < 0.4, "b", "a")
    age = random.integers(18, 80, n)
    need = random.normal(0, 1.5, n)
    noise = np.where(group == "b", 2.5, 0.4)
    frame = pd.DataFrame(
        {
            "income": (need + random.normal(0, 1, n) * noise).round(3),
            "tenure": random.integers(0, 72, n),
            "district": np.where((random.random(n) < 0.9) == (group == "b"), "north", "south")
            if is_told
            else random.choice(["north", "south"], n),
            "group": group,
            "age": age,
        }
    )
    frame["churn"] = np.where(random.random(n) < expit(2 * need - 1), "Yes", "No")
    return frame.astype({"district": "str", "group": "str", "churn": "str"})


def make_rate(n_hits: int, n: int, reach: float = 0.05) -> Rate:
    """A share."""
    value = n_hits / n
    return Rate(value, max(0.0, value - reach), min(1.0, value + reach), n_hits, n)


def make_group(name: str, n_found: int, n_positive: int = 100, *, n: int = 400, **changes: Any) -> Group:
    """A group of a yes-or-no model of which `n_found` of `n_positive` are found, and one in four is acted on."""
    group = Group(
        name=name,
        n=n,
        is_counted=True,
        n_positive=n_positive,
        n_acted=n // 4,
        acted=make_rate(n // 4, n),
        found=make_rate(n_found, n_positive),
        alarms=make_rate(30, n - n_positive),
        precision=make_rate(n_found, n // 4 + n_found),
        bias=Mean(0.01, -0.02, 0.04, "bootstrap of 1,000 resamples", n),
        area=Mean(0.8, 0.75, 0.85, "DeLong", n),
        worth=Mean(12.5, 9.0, 16.0, "bootstrap of 1,000 resamples", n),
        rule=Ratio(1.0, 0.8, 1.25, 1.0, n // 4, n, "not indicated"),
    )
    return replace(group, **changes)


def make_option(code: str, value: float, extra: float | None = None, **changes: Any) -> Option:
    """A way to treat groups with this gap in the share found."""
    gap = Gap(value, max(0.0, value - 0.03), value + 0.03, "Newcombe, all pairs of groups at once", 2)
    worth = None if extra is None else Mean(extra, extra - 1_000, extra + 1_000, "bootstrap of 1,000 resamples", 800)
    option = Option(
        code=code,
        needs_group=code in ("acted", "found", "alarms"),
        without=(),
        yearly=Mean(100_000 + (extra or 0.0), 90_000, 110_000, "bootstrap of 1,000 resamples", 800),
        extra=worth,
        acted=gap,
        found=gap,
        alarms=gap,
        n=800,
    )
    return replace(option, **changes)


def make_compared(**changes: Any) -> Compared:
    """The column `contract`: 81 of 100 are found in one group and 88 in the other."""
    gap = Gap(0.07, 0.01, 0.16, "Newcombe, all pairs of groups at once", 2)
    compared = Compared(
        columns=("contract",),
        groups=(make_group("Month-to-month", 81), make_group("Two year", 88)),
        gaps=Gaps(acted=gap, acted_ratio=gap, found=gap, alarms=gap, odds=gap, odds_ratio=gap, bias=gap),
        verdict="not indicated",
        standing="none",
        has_other_rates=True,
        n_small=0,
        proxy=Proxy("Two year", 0.81, 0.77, 0.85, 800, (("tenure", 0.2), ("charges", 0.05)), is_warning=True),
        options=(
            make_option("as_is", 0.07),
            make_option("one", 0.08, 500.0),
            make_option("acted", 0.05, -2_500.0),
            make_option("found", 0.03, -4_100.0),
            make_option("without", 0.06, -9_000.0, without=("tenure",)),
        ),
    )
    return replace(compared, **changes)


def make_fairness(**changes: Any) -> FairnessReport:
    """An assessment of `contract`, in which missed cases are looked at, without a tolerance."""
    report = FairnessReport(
        task="binary",
        target="churn",
        positive_label="Yes",
        harm="missed",
        agreed=None,
        threshold=0.3,
        currency="EUR",
        n_rows=800,
        base_rate=0.25,
        compared=(make_compared(),),
        notes=("Out-of-fold answers about 800 of 800 rows the model was found on; the rows kept aside stay sealed.",),
        seed=0,
        seconds=4.0,
    )
    return replace(report, **changes)


def make_agreed(largest_gap: float = 0.1, **changes: Any) -> Agreed:
    """Ten points of missed cases, agreed before anybody looked."""
    return replace(Agreed(1, "missed", largest_gap, 0), **changes)


def make_assessment(
    session: Session,
    actor: Actor,
    model_id: str,
    report: FairnessReport | None = None,
    *columns: str,
    favourable: tuple[str, ...] = (),
) -> str:
    """An assessment with its report, or with none a waiting one; its id."""
    request = AssessmentRequest(model_id, columns or ("contract",), favourable)
    job = start_assessment(session, actor=actor, request=request)
    if report is None:
        return job.id
    kept = save_assessment(session, actor=actor, assessment_id=job.id, report=report)
    row = session.get_one(Job, job.id)
    row.state, row.progress, row.result = "done", 1.0, {"model_id": model_id, "report_sha256": kept.report_sha256}
    session.add(row)
    session.flush()
    return job.id


def declare(session: Session, actor: Actor, model: Model, column: str, *, is_before: bool = False) -> None:
    """Call a column sensitive in the data dictionary: now, or as if it had been said before the model was made."""
    describe_column(session, actor=actor, project_id=model.project_id, column=column, sensitivity="special")
    if is_before:
        line = select(ColumnDescription).where(
            ColumnDescription.project_id == model.project_id, ColumnDescription.column == column
        )
        row = session.exec(line).one()
        row.changed_at = model.created_at - timedelta(hours=1)
        session.add(row)
        session.flush()
