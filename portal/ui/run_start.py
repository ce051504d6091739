"""What a search shall do: one button, three questions, or every setting; and what the answers come to, in words."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import streamlit as st

from portal.ui.layout import note
from portal.ui.text import escape_markdown
from services.automl import sentences
from services.automl.beginning import begun_gap, begun_share
from services.automl.budget import DEFAULT_BUDGET_SECONDS, DEFAULT_TRIAL_MEMORY_MB, DEFAULT_TRIALS
from services.automl.depths import DEPTHS, MINUTES, THOROUGHNESS, Plan, guided_plan, simple_plan, simplicities
from services.automl.family_names import FAMILY_LABELS, SEARCHED, describe_families
from services.automl.metrics import default_metric, metrics_for
from services.automl.split_choice import (
    DEFAULT_KEPT_ASIDE,
    KEPT_ASIDE,
    OFFERED_SPLITS,
    SPLIT_LABELS,
    SplitChoice,
    describe_split,
)
from services.automl.task import Task
from services.datasets.views import Dataset
from services.formulas.spelling import written
from services.proposals.later import LaterDefault

T = TypeVar("T")
_DEPTH_HELP = {
    "simple": "Nothing to decide. The best model of every kind is looked for.",
    "guided": "Three answers; each says what it changes.",
    "expert": "Every setting of the search.",
}
_SIMPLICITY = {"plain": "Easy to explain", "balanced": "Balanced", "best": "Best result"}
_THOROUGHNESS = {"quick": "Quick look", "normal": "Normal", "thorough": "Thorough", "exhaustive": "Exhaustive"}


def ask_plan(dataset: Dataset, task: Task, defaults: Sequence[LaterDefault] = ()) -> Plan:
    """Ask in the depth the person chose. What they answer stays in the address, so that a refresh loses nothing.

    Parameters
    ----------
    defaults
        What the objective sets for searches; each can be chosen otherwise here.
    """
    depth = st.segmented_control(
        "How much do you want to decide?",
        list(DEPTHS),
        format_func=DEPTHS.__getitem__,
        default="guided",
        required=True,
        key="depth",
        bind="query-params",
    )
    note(_DEPTH_HELP[depth])
    if depth == "simple":
        return simple_plan()
    plan = _ask_guided() if depth == "guided" else _ask_expert(dataset, task, defaults)
    return plan if task is Task.MULTICLASS else replace(plan, todays_rule=_ask_todays_rule(dataset, task))


def _ask_todays_rule(dataset: Dataset, task: Task) -> str:
    """The rule that decides without a model, as a formula; nobody has to say it."""
    inputs = [column for column in dataset.columns if column.name != dataset.target]
    example = next((written(column.name) for column in inputs if column.low is not None), written(inputs[0].name))
    return st.text_input(
        "Today's rule (may be left empty)",
        key="todays_rule",
        bind="query-params",
        placeholder=f"{example} > 12" if task is Task.BINARY else f"{example} * 1.1",
        help="A formula over the columns. "
        + ("Rows where it holds are acted on today" if task is Task.BINARY else "It gives the number assumed today")
        + ": the model is compared with it on the same rows, so that what it adds is known.",
    )


def _ask_guided() -> Plan:
    wishes = simplicities()
    with st.grid(3, min_column_width=220, gap="small"):
        minutes = _ask(
            "How long may it take?",
            "More time finds better models, with less and less gain.",
            lambda: _slider("Minutes at most", MINUTES, 5, lambda n: sentences.describe_seconds(60 * n), key="minutes"),
            lambda n: f"It ends after {sentences.describe_seconds(60 * n)} at the latest; you can end it sooner.",
        )
        simplicity = _ask(
            "How plain must the model be?",
            "People trust what they can follow, and a plain model is often as good.",
            lambda: _slider("Plain or best", list(wishes), "best", _SIMPLICITY.__getitem__, key="simplicity"),
            lambda wish: _understood_kinds(wishes[wish]),
        )
        thoroughness = _ask(
            "How thoroughly shall it look?",
            "Each variant is another setting of a kind of model. The first few bring most.",
            lambda: _slider(
                "Thoroughness", list(THOROUGHNESS), "normal", _THOROUGHNESS.__getitem__, key="thoroughness"
            ),
            lambda how: f"Up to {THOROUGHNESS[how]} variants are tried, the most promising first.",
        )
    return guided_plan(minutes=minutes, simplicity=simplicity, thoroughness=thoroughness)


def _ask(question: str, why: str, ask: Callable[[], T], understood: Callable[[T], str]) -> T:
    """A question with why it is asked above, and below what the answer means."""
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown(f"**{question}**")
        note(f"Why we ask: {why}")
        st.space("xsmall")
        answer = ask()
        st.space("stretch")
        note(f":material/check: {understood(answer)}", "green")
    return answer


def _slider(label: str, options: Sequence[T], value: T, words: Callable[[T], str], *, key: str) -> T:
    """One answer of a few, kept in the address. The question above it is what a person reads as its label."""
    chosen: T = st.select_slider(
        label,
        options,
        value=value,
        format_func=words,
        key=key,
        label_visibility="collapsed",
        bind="query-params",
    )
    return chosen


def _understood_kinds(families: tuple[str, ...]) -> str:
    return f"Only {describe_families(families)} will be tried." if families else "Every kind of model may win."


def _ask_expert(dataset: Dataset, task: Task, defaults: Sequence[LaterDefault]) -> Plan:
    with st.grid(3, min_column_width=280, gap="small"):
        minutes = st.number_input(
            "Minutes at most",
            value=DEFAULT_BUDGET_SECONDS / 60,
            step=1.0,
            format="%g",
            key="expert_minutes",
            bind="query-params",
        )
        n_trials = st.number_input(
            "Variants at most", value=DEFAULT_TRIALS, step=5, key="variants", bind="query-params"
        )
        metric = _ask_metric(task)
    families = st.multiselect(
        "Kinds of model to try",
        list(SEARCHED),
        format_func=FAMILY_LABELS.__getitem__,
        placeholder="Every kind",
        key="kinds",
        bind="query-params",
    )
    plan = Plan("expert", float(minutes) * 60, int(n_trials), tuple(families), metric)
    return _ask_limits(replace(plan, split=_ask_split(dataset, defaults)))


def _ask_metric(task: Task) -> str:
    labels = {metric.name: metric.label for metric in metrics_for(task)}
    names = [default_metric(task).name, *(name for name in labels if name != default_metric(task).name)]
    return str(st.selectbox("Metric", names, format_func=labels.__getitem__, key="metric", bind="query-params"))


def _ask_limits(plan: Plan) -> Plan:
    with st.grid(4, min_column_width=200, gap="small"):
        seconds = st.number_input(
            "Seconds per variant",
            value=None,
            step=10,
            placeholder="A quarter of the time",
            key="variant_seconds",
            bind="query-params",
        )
        memory = st.number_input(
            "Memory per variant, MB", value=DEFAULT_TRIAL_MEMORY_MB, step=256, key="memory", bind="query-params"
        )
        n_parallel = st.number_input(
            "At the same time",
            value=None,
            step=1,
            placeholder="As many as workers can",
            key="parallel",
            bind="query-params",
            help="Workers never try more at once than they have places for.",
        )
        seed = st.number_input(
            "Seed", value=0, step=1, key="seed", bind="query-params", help="The same seed draws the same hold-out rows."
        )
    return replace(
        plan,
        trial_seconds_limit=None if seconds is None else float(seconds),
        trial_memory_mb_limit=int(memory),
        n_parallel=None if n_parallel is None else int(n_parallel),
        seed=int(seed),
    )


def _ask_split(dataset: Dataset, defaults: Sequence[LaterDefault]) -> SplitChoice:
    """How rows are kept aside, with what each way is right for."""
    names = [column.name for column in dataset.columns if column.name != dataset.target]
    moments = [name for name in names if dataset.get_column(name).kind in ("date", "number")]
    moments.sort(key=lambda name: dataset.get_column(name).kind != "date")
    with st.grid(4, min_column_width=200, gap="small"):
        kind = st.selectbox(
            "Rows kept aside", OFFERED_SPLITS, format_func=SPLIT_LABELS.__getitem__, key="split", bind="query-params"
        )
        rates, begun = list(KEPT_ASIDE), begun_share(defaults)
        rate = st.selectbox(
            "How many are kept aside",
            rates,
            index=rates.index(begun or DEFAULT_KEPT_ASIDE),
            format_func=lambda rate: f"A {KEPT_ASIDE[rate]} of all rows",
            key="kept_aside",
            help="More rows tell more exactly how good the model is, and leave fewer to learn from.",
        )
        is_said = begun is not None or rate != DEFAULT_KEPT_ASIDE
        choice = SplitChoice(kind, kept_aside_rate=rate if is_said else None)
        if choice.needs_time:
            time = st.selectbox("Column of the time", moments, key="split_time", bind="query-params")
            is_date = time in [column.name for column in dataset.columns if column.kind == "date"]
            gap = st.number_input(
                "Gap, in days" if is_date else "Gap, in the unit of this column",
                value=begun_gap(dataset, time, defaults),
                min_value=0.0,
                step=1.0,
                format="%g",
                key="split_gap_days" if is_date else "split_gap",
                bind="query-params",
                help="Rows this close before what is judged are not learned from: an outcome takes time to be known.",
            )
            choice = replace(choice, time=time, gap=float(gap))
        if choice.needs_group:
            group = st.selectbox("Column of the group", names, key="split_group", bind="query-params")
            choice = replace(choice, group=group)
    note(f":material/check: {escape_markdown(describe_split(choice))}", "green")
    return choice
