"""What more labels are worth: one sentence, the learning curve with its band, and the line of the cost."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from portal.ui.change import show_refused
from portal.ui.charts import chart
from portal.ui.figures.labels import learning_curve_figure
from portal.ui.jobs import job_status
from portal.ui.layout import note, section
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.jobs.views import JobView
from services.labels.budget import labelling_cost, rows_for_share
from services.labels.sentences import describe_worth, n_more_of

DEFAULT_SECONDS, DEFAULT_HOURLY = 15.0, 40.0


def draw_worth(
    actor: Actor,
    job: JobView | None,
    seconds_per_label: float | None,
    second_rater_share: float,
    request: Callable[[], None] | None,
    stop: Callable[[str], None],
) -> None:
    """The answer of the last search, priced with what labelling costs here; a button that asks anew."""
    text = "The same quick model is fitted to fewer and to more rows; its way up is carried on a little further."
    with section("What are more labels worth?", text):
        show_refused()
        if job is not None and job.result is not None and "note" in job.result:
            st.info(escape_markdown(f"Not enough data to say yet. {job.result['note']}"), icon=":material/info:")
        elif job is not None and job.result is not None:
            _draw_answer(job.result, seconds_per_label, second_rater_share)
        elif job is None or not job.is_active:
            note(
                f"Nobody has asked yet. To know a share to within 5 of 100, {rows_for_share(0.05):,} rows drawn by "
                "chance are enough."
            )
        if job is not None:
            job_status(actor, job, stop=stop)
        if request is not None and (job is None or not job.is_active):
            st.button("Work it out", key="worth", icon=":material/query_stats:", on_click=request)


def _draw_answer(result: Mapping[str, Any], seconds_per_label: float | None, second_rater_share: float) -> None:
    with st.container(horizontal=True, gap="small"):
        seconds = st.number_input(
            "Seconds for one label",
            min_value=0.0,
            value=round(seconds_per_label or DEFAULT_SECONDS, 1),
            step=1.0,
            key="worth_seconds",
            width=220,
        )
        hourly = st.number_input(
            "Cost of an hour", min_value=0.0, value=DEFAULT_HOURLY, step=5.0, key="worth_hourly", width=220
        )
    n_more = n_more_of(result)
    cost = labelling_cost(
        n_more, seconds_per_label=seconds, hourly_amount=hourly, second_rater_share=second_rater_share
    )
    sentence = describe_worth(result, cost)
    st.markdown(f"#### {sentence}")
    chart(learning_curve_figure(result, cost), sentence, key="learning_curve")
    repetitions = len(result["curve"]["scores"])
    note(
        f"{repetitions} repetitions on the {result['n_now']:,} rows whose outcome is known; rows kept aside for models "
        "stay unopened. Band and reach: 90%."
    )
