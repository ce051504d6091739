"""Make analyses that ended, without a search."""

import json
from dataclasses import asdict
from typing import Any

from sqlmodel import Session

from db.artifacts import get_artifact_store
from db.tables import Job
from services.analyses.commands import start_analysis
from services.analyses.views import Report
from services.audit.actor import Actor
from services.automl.analysis_request import AnalysisRequest
from services.automl.analysis_task import AnalysisTask
from services.automl.anomaly.report import FlaggedShare, Found, Histogram, TriedDetector, UnusualReport, UnusualRow
from services.automl.clustering.report import ByChance, Card, Difference, GroupsReport, MapPoint, Tried
from services.automl.forecasting.panel import Question
from services.automl.forecasting.report import Band, Coverage, ForecastReport, Line, Sealed, TriedModel
from services.automl.measured import Measured

MEASURED = Measured(0.7, 0.6, 0.8, 10, "random halvings")


def make_groups_report(**changes: Any) -> GroupsReport:
    """Two clear groups."""
    difference = Difference("tenure", 0.8, "“tenure” is higher (median 60 against 12)")
    facts: dict[str, Any] = {
        "sentence": "The rows fall into 2 groups: silhouette 0.58 (0.56 to 0.60); the best silhouette is 0.58 here.",
        "verdict": "clear",
        "method": "k-means, 2 groups",
        "n_groups": 2,
        "n_rows": 200,
        "n_searched": 200,
        "n_in_no_group": 0,
        "silhouette": MEASURED,
        "stability": MEASURED,
        "connectedness": 0.99,
        "observed": 0.58,
        "n_observed": 200,
        "by_chance": (ByChance("columns shuffled", 0.2, 0.28, 0.05, 19), ByChance("one cloud", 0.4, 0.47, 0.05, 19)),
        "tried": (
            Tried("k_means", "k-means, 2 groups", 2, 0.58, 0.6, 250.0, 0.99, 0, MEASURED, ""),
            Tried("ward", "hierarchical (Ward), 3 groups", 3, 0.4, 0.9, 200.0, 0.9, 0, None, ""),
        ),
        "cards": (
            Card(1, 150, 0.75, "“tenure” is higher (median 60 against 12).", (difference,)),
            Card(2, 50, 0.25, "No column tells it clearly from the others.", ()),
        ),
        "map_points": (MapPoint(0.0, 1.0, 1), MapPoint(2.0, -1.0, 2)),
        "map_share": 0.9,
        "columns": ("tenure",),
        "left_out": {"customer": "It numbers the rows."},
        "notes": (),
        "cut": ("Chance was asked 10 instead of 19 times.",),
        "seed": 0,
        "seconds": 4.0,
    }
    return GroupsReport(**{**facts, **changes})


def make_unusual_report(**changes: Any) -> UnusualReport:
    """Three rows far apart, one of them explained."""
    tried = TriedDetector("forest", "Isolation forest", (Found("pushed", MEASURED),), MEASURED, MEASURED, 1.0, 1.0)
    facts: dict[str, Any] = {
        "sentence": "3 rows stand far apart from all others, where 0 would by chance. Two halves agree to 0.70.",
        "detector": "Isolation forest",
        "n_rows": 200,
        "n_learned": 140,
        "n_reference": 60,
        "flagged": (FlaggedShare(0.01, 2, None, None, None), FlaggedShare(0.05, 10, 0.01, 0.09, 0.6)),
        "n_apart": 3,
        "n_apart_by_chance": 0.2,
        "tried": (tried,),
        "rows": (UnusualRow(41, 0.9, 0.005, ("“charges” is 9,000 (9 of 10 rows: 20 to 110)",)),),
        "histogram": Histogram((0.3, 0.5, 0.7, 0.9), (100, 90, 10)),
        "reference_scores": (0.3, 0.4, 0.6),
        "label_hint": "“is_fraud” may already say which rows are bad.",
        "label_auc": MEASURED,
        "columns": ("charges",),
        "left_out": {},
        "cut": (),
        "seed": 0,
        "seconds": 4.0,
    }
    return UnusualReport(**{**facts, **changes})


def make_forecast_report(**changes: Any) -> ForecastReport:
    """One series, three steps ahead, for which a repeat is as good."""
    days = tuple(f"2024-01-0{day}T00:00:00" for day in range(1, 10))
    band = Band(0.8, (9.0, 9.0, 9.0), (12.0, 12.0, 12.0))
    line = Line(
        "sold", days[:6], (10.0, None, 9.0, 11.0, 10.0, 10.0), days[3:6], (10.0,) * 3, days[6:], (10.5,) * 3, (band,)
    )
    facts: dict[str, Any] = {
        "sentence": "Repeat of the last season is as good: no model is needed. On the last 3 days it was off by 1.",
        "target": "sold",
        "time": "day",
        "series_column": None,
        "step": "day",
        "horizon": 3,
        "gap": 0,
        "season": 7,
        "method": "Repeat of the last season",
        "is_naive": True,
        "n_series": 1,
        "n_values": 100,
        "n_gaps": 1,
        "n_origins": 6,
        "tried": (
            TriedModel("season", "Repeat of the last season", True, MEASURED, 0.1, 1.2, None),
            TriedModel("ridge", "Linear (ridge)", False, MEASURED, 0.1, 1.1, MEASURED),
        ),
        "sealed": Sealed(MEASURED, MEASURED, MEASURED, "Repeat of the last season", 0.7, 3, 1),
        "coverage": (Coverage(0.8, 0.67, 0.2, 0.95, 3),),
        "lines": (line,),
        "known": (),
        "learned_rows": 300,
        "notes": ("1 days (1%) between the first and the last value have none; they are left as gaps.",),
        "cut": (),
        "seed": 0,
        "seconds": 4.0,
    }
    return ForecastReport(**{**facts, **changes})


QUESTION = Question("tenure", "charges", 3)
REQUESTS = {
    AnalysisTask.CLUSTERING: AnalysisRequest(AnalysisTask.CLUSTERING),
    AnalysisTask.ANOMALY: AnalysisRequest(AnalysisTask.ANOMALY),
    AnalysisTask.FORECASTING: AnalysisRequest(AnalysisTask.FORECASTING, question=QUESTION),
}


def make_analysis(
    session: Session, actor: Actor, dataset_id: str, project_id: str, task: AnalysisTask, report: Report | None = None
) -> str:
    """An analysis with its report and its files, or with none a waiting one; its id."""
    job = start_analysis(
        session, actor=actor, project_id=project_id, dataset_id=dataset_id, request=REQUESTS[task], seconds=60
    )
    if report is None:
        return job.id
    store, row = get_artifact_store(), session.get_one(Job, job.id)
    row.state, row.progress = "done", 1.0
    row.result = {
        "dataset_id": dataset_id,
        "sentence": report.sentence,
        "report_sha256": store.put(json.dumps(asdict(report)).encode()),
        "table_sha256": store.put(b"row,group\n1,1\n"),
        "package_sha256": store.put(b"a zip"),
    }
    session.add(row)
    session.flush()
    return job.id
