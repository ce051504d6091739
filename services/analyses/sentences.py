"""An analysis in words: a headline, what it is said from, and how it stands."""

from services.analyses.views import AnalysisLine, Report
from services.automl.analysis_request import AnalysisRequest
from services.automl.analysis_task import AnalysisTask
from services.automl.clustering.report import GroupsReport

_STATES = {"queued": "Waiting for a worker.", "running": "At work.", "cancelled": "Stopped."}
NO_MONEY = (
    "There is no money here: an analysis says what is in the data, and is worth something only when somebody acts on "
    "it. What an action is worth is asked on the page Money, for a model with an outcome."
)


def headline_of(report: Report) -> tuple[str, str]:
    """What was found in a few words, and the rest with its numbers."""
    mark = ": " if isinstance(report, GroupsReport) else ". "
    first, _, rest = report.sentence.partition(mark)
    return first.rstrip("."), f"{rest[:1].upper()}{rest[1:]}"


def describe_request(request: AnalysisRequest) -> str:
    """What was asked."""
    question = request.question
    if request.task is not AnalysisTask.FORECASTING or question is None:
        return request.task.label
    series = f" for each “{question.series}”" if question.series else ""
    return f"Forecast of “{question.target}”{series}, {question.horizon:,} steps by “{question.time}”"


def describe_line(line: AnalysisLine) -> str:
    """What came of it, or what it waits for."""
    if line.sentence is not None:
        return line.sentence
    return _STATES.get(line.state, "Not done.")
