"""What a cleaning brought: the same model fitted to the data before and after, in metric and money."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from portal.ui.jobs import job_status
from portal.ui.layout import action_bar, note, section, small
from portal.ui.session import reading
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.automl.metrics import METRICS
from services.datasets.views import Dataset
from services.jobs.queries import find_latest_job
from services.models.queries import ModelView
from services.models.top_loss_report import Comparison, Side
from services.people.permissions import Permission, is_allowed
from services.valuation.amounts import format_money

KIND = "models.top_loss"


def draw_cleaning(
    actor: Actor,
    model: ModelView,
    before: Dataset,
    after: Dataset,
    *,
    compare: Callable[..., None],
    stop: Callable[[str], None],
) -> None:
    """The comparison where somebody asked for it, the work on it, or the button; `compare(model_id, dataset_id)`."""
    with reading() as session:
        asked = {"project_id": after.project_id, "kind": KIND, "subject_id": f"{model.id}:{after.id}"}
        job = find_latest_job(session, actor=actor, **asked)
    if job is not None:
        job_status(actor, job, stop=stop)
    if job is not None and job.result is not None:
        draw_comparison(job.result["comparison"], before.version, after.version)
    elif (job is None or not job.is_active) and is_allowed(actor, Permission.LABEL):
        text = escape_markdown(f"Model {model.number} is fitted to version {before.version} and to {after.version}.")
        if action_bar("What did the cleaning bring?", text, "Compare", icon=":material/compare:", key="compare"):
            compare(model_id=model.id, dataset_id=after.id)


def draw_comparison(document: Mapping[str, Any], before_version: int, after_version: int) -> None:
    """Before and after side by side: the metric and the money of the same model on the same rows, with intervals."""
    result = Comparison.from_document(dict(document))
    metric = METRICS[result.metric]
    text = (
        f"The same model, fitted to version {before_version} and to version {after_version} with the same folds, "
        f"judged on the {result.n_compared:,} rows that nobody touched. Intervals: 95%."
    )
    with section(describe_gain(result), text), st.grid(2, min_column_width=300, gap="small"):
        for name, version, side in (("Before", before_version, result.before), ("After", after_version, result.after)):
            with st.container(border=True, gap="xsmall"):
                st.markdown(f"**{name}** {small(f'version {version}, {side.n_learned:,} rows to learn from')}")
                st.metric(metric.label, f"{side.score:.3f}")
                note(_reach(side.score_low, side.score_high))
                if side.amount is not None:
                    currency = result.currency or "EUR"
                    st.metric("Worth a year", format_money(side.amount, currency))
                    note(_money_reach(side, currency))


def describe_gain(result: Comparison) -> str:
    """What the cleaning brought, without claiming what the interval does not."""
    if result.amount_gain is not None and result.amount_gain_low is not None and result.amount_gain_high is not None:
        currency = result.currency or "EUR"
        low, high = format_money(result.amount_gain_low, currency), format_money(result.amount_gain_high, currency)
        amount = format_money(abs(result.amount_gain), currency)
        gain = _verdict(result.amount_gain, result.amount_gain_low, result.amount_gain_high, f"{amount} a year")
        return f"{gain} ({low} to {high})"
    low_, high_ = result.score_gain_low, result.score_gain_high
    if low_ is None or high_ is None:
        return "Too few rows to say what the cleaning brought"
    label = METRICS[result.metric].label
    gain = _verdict(result.score_gain, low_, high_, f"{abs(result.score_gain):.3f} of {label}")
    return f"{gain} ({low_:.3f} to {high_:.3f})"


def _verdict(gain: float, low: float, high: float, size: str) -> str:
    if low > 0:
        return f"The cleaner data bring {size} more"
    if high < 0:
        return f"The changed data cost {size}"
    return f"No difference that is surely more than chance: {'+' if gain >= 0 else '−'}{size}"


def _reach(low: float | None, high: float | None) -> str:
    return "too few rows for an interval" if low is None or high is None else f"{low:.3f} to {high:.3f}"


def _money_reach(side: Side, currency: str) -> str:
    if side.amount_low is None or side.amount_high is None:
        return "too few rows for an interval"
    return f"{format_money(side.amount_low, currency)} to {format_money(side.amount_high, currency)}, before costs"
