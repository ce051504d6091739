"""What can be asked of a table without an outcome, and of values in time."""

from enum import StrEnum


class AnalysisTask(StrEnum):
    """Groups of rows, unusual rows, or the next values."""

    CLUSTERING = "clustering"
    ANOMALY = "anomaly"
    FORECASTING = "forecasting"

    @property
    def label(self) -> str:
        """In words."""
        return _LABELS[self]

    @property
    def sentence(self) -> str:
        """What it answers."""
        return _SENTENCES[self]


_LABELS = {
    AnalysisTask.CLUSTERING: "Groups",
    AnalysisTask.ANOMALY: "Unusual rows",
    AnalysisTask.FORECASTING: "Forecast",
}
_SENTENCES = {
    AnalysisTask.CLUSTERING: "Do the rows fall into groups that resemble each other, and what distinguishes them?",
    AnalysisTask.ANOMALY: "Which rows are unlike all others, and in which columns?",
    AnalysisTask.FORECASTING: "What are the next values, and how far may they be off?",
}
