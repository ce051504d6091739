"""What a page sees of an analysis: what was asked, how far it is, and what was found."""

from dataclasses import dataclass
from datetime import datetime

from services.automl.analysis_request import AnalysisRequest
from services.automl.anomaly.report import UnusualReport
from services.automl.clustering.report import GroupsReport
from services.automl.forecasting.report import ForecastReport
from services.jobs.views import JobView

KIND = "analyses.run"
Report = GroupsReport | UnusualReport | ForecastReport


@dataclass(frozen=True, slots=True)
class AnalysisLine:
    """An analysis in a list. `sentence` is what was found, or why nothing was; None while it is at work."""

    id: str
    request: AnalysisRequest
    state: str
    sentence: str | None
    dataset_version: int
    created_by_name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AnalysisView:
    """One analysis. `report` is None until it is done."""

    job: JobView
    request: AnalysisRequest
    seconds: float
    dataset_id: str
    dataset_version: int
    report: Report | None

    @property
    def id(self) -> str:
        """That of its job."""
        return self.job.id
