"""An analysis in words."""

from dataclasses import replace
from datetime import datetime

import pytest

from db.types import utc_now
from services.analyses.budget import DEFAULT_SECONDS, checked_seconds
from services.analyses.sentences import describe_line, describe_request, headline_of
from services.analyses.views import AnalysisLine
from services.automl.analysis_request import AnalysisRequest
from services.automl.analysis_task import AnalysisTask
from tests.makers_analyses import QUESTION, REQUESTS, make_forecast_report, make_groups_report, make_unusual_report

NOW: datetime = utc_now()


def test_a_headline_says_what_was_found_and_the_rest_gives_the_numbers() -> None:
    assert headline_of(make_groups_report())[0] == "The rows fall into 2 groups"
    assert headline_of(make_groups_report())[1].startswith("Silhouette 0.58")
    assert headline_of(make_unusual_report())[0].endswith("where 0 would by chance")
    assert headline_of(make_forecast_report())[0] == "Repeat of the last season is as good: no model is needed"


def test_a_request_in_words() -> None:
    assert describe_request(REQUESTS[AnalysisTask.CLUSTERING]) == "Groups"
    told = describe_request(AnalysisRequest(AnalysisTask.FORECASTING, question=replace(QUESTION, series="contract")))
    assert told == "Forecast of “tenure” for each “contract”, 3 steps by “charges”"


@pytest.mark.parametrize(
    ("state", "sentence", "says"),
    [
        ("queued", None, "Waiting for a worker."),
        ("running", None, "At work."),
        ("cancelled", None, "Stopped."),
        ("failed", "There are too few rows.", "There are too few rows."),
        ("failed", None, "Not done."),
        ("done", "2 groups.", "2 groups."),
    ],
)
def test_a_line_says_how_it_stands(state: str, sentence: str | None, says: str) -> None:
    line = AnalysisLine("1", REQUESTS[AnalysisTask.CLUSTERING], state, sentence, 1, "Ann", NOW)
    assert describe_line(line) == says


def test_the_usual_time_is_allowed() -> None:
    assert checked_seconds(DEFAULT_SECONDS) == float(DEFAULT_SECONDS)
