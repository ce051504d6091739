"""Ask for an analysis, and list those there were: groups, unusual rows, forecasts."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from portal.ui.badges import Badge
from portal.ui.layout import note
from portal.ui.state import go_to
from portal.ui.text import escape_markdown
from services.analyses.budget import CHOICES, DEFAULT_SECONDS
from services.analyses.sentences import describe_line, describe_request
from services.analyses.views import AnalysisLine
from services.automl import sentences
from services.automl.analysis_request import AnalysisRequest
from services.automl.analysis_task import AnalysisTask
from services.automl.forecasting.panel import MAX_HORIZON, Question
from services.datasets.views import Dataset

MODEL = "model"
STATES = {
    "queued": Badge("Queued", "gray", ":material/schedule:"),
    "running": Badge("Running", "blue", ":material/autorenew:"),
    "done": Badge("Done", "green", ":material/check:"),
    "failed": Badge("Not done", "red", ":material/error:"),
    "cancelled": Badge("Stopped", "gray", ":material/block:"),
}
_LABELS = {MODEL: "Predict an outcome", **{task.value: task.label for task in AnalysisTask}}
_TRUNCATED = 160


@dataclass(frozen=True, slots=True)
class AnalysisPlan:
    """What a person asks for, within so many seconds."""

    request: AnalysisRequest
    seconds: float


def ask_task() -> AnalysisTask | None:
    """What to find; None for a model that predicts the outcome."""
    chosen = st.segmented_control(
        "What do you want to find?",
        list(_LABELS),
        format_func=_LABELS.__getitem__,
        default=MODEL,
        required=True,
        key="find",
        bind="query-params",
    )
    return None if chosen in (None, MODEL) else AnalysisTask(chosen)


def ask_analysis(dataset: Dataset, task: AnalysisTask) -> AnalysisPlan | None:
    """The questions of a task; None while one has no answer yet."""
    st.markdown(f"**{task.sentence}**")
    question = _ask_question(dataset) if task is AnalysisTask.FORECASTING else None
    if task is not AnalysisTask.FORECASTING:
        columns = "1 column" if len(dataset.feature_columns) == 1 else f"{len(dataset.feature_columns)} columns"
        note(f"Looked for in {columns}; what was left out of the data stays out. No outcome is needed.")
    if task is AnalysisTask.ANOMALY and dataset.target is not None:
        text = "says which rows are bad, a model that predicts it finds them better than this."
        note(f"If the outcome {escape_markdown(dataset.target)} {text}", "orange")
    seconds = st.select_slider(
        "How long may it take?",
        CHOICES,
        value=DEFAULT_SECONDS,
        format_func=sentences.describe_seconds,
        key="analysis_seconds",
        width=420,
    )
    if task is AnalysisTask.FORECASTING and question is None:
        return None
    return AnalysisPlan(AnalysisRequest(task, question=question), float(seconds))


def _ask_question(dataset: Dataset) -> Question | None:
    kept = [column for column in dataset.columns if column.name not in dataset.excluded]
    numbers = [column.name for column in kept if column.low is not None and column.kind != "date"]
    dates = [column.name for column in kept if column.kind == "date"]
    names = [column.name for column in kept]
    with st.grid(2, min_column_width=260, gap="small"):
        target = st.selectbox(
            "What to forecast", numbers, index=_place(numbers, dataset.target), placeholder="A number", key="fc_target"
        )
        times = [*dates, *(name for name in numbers if name not in dates)]
        time = st.selectbox("By which time", times, index=0 if dates else None, placeholder="A date", key="fc_time")
        others = [name for name in names if name not in (target, time)]
        series = st.selectbox("Series apart by", others, index=None, placeholder="One series only", key="fc_series")
        horizon = st.number_input(
            "How many steps ahead", min_value=1, max_value=MAX_HORIZON, value=14, step=1, key="fc_horizon"
        )
    with st.expander("More settings", icon=":material/tune:"):
        rest = [name for name in others if name != series]
        known = st.multiselect(
            "Known in advance",
            rest,
            key="fc_known",
            help="Such as a price or a holiday. The data need rows for the future with it and no value to forecast.",
        )
        gap = st.number_input(
            "Steps that are past when the forecast is made", min_value=0, value=0, step=1, key="fc_gap", width=300
        )
    if target is None or time is None:
        note("Choose a number and a date.")
        return None
    return Question(target, time, int(horizon), series, tuple(known), int(gap))


def draw_analyses(lines: Sequence[AnalysisLine]) -> None:
    """The analyses so far, each with what came of it."""
    with st.container(border=True, gap="medium"):
        for line in lines:
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                with st.container(gap=None, width=760):
                    asked = escape_markdown(describe_request(line.request))
                    st.markdown(f"**{asked}** {STATES[line.state].markdown}")
                    told = describe_line(line)
                    shown = told if len(told) <= _TRUNCATED else f"{told[:_TRUNCATED]}…"
                    started = f"{line.created_at.day} {line.created_at:%B, %H:%M} UTC"
                    who = escape_markdown(line.created_by_name)
                    note(f"{escape_markdown(shown)} · data version {line.dataset_version} · {who}, {started}")
                if st.button("Open", key=f"open_analysis_{line.id}"):
                    go_to("analysis", analysis=line.id)


def _place(names: Sequence[str], wanted: str | None) -> int | None:
    return list(names).index(wanted) if wanted is not None and wanted in names else None
