"""Ask a model in the browser: a form made of its inputs, its answer in words, and how a program asks."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import streamlit as st

from portal.ui.layout import note, section
from portal.ui.session import reading
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.datasets.recipe.words import counted, describe_step
from services.deployments.answers import Answers
from services.deployments.queries import list_steps_before
from services.models.signature import Signature, SignatureColumn

MISSING = "Not known"
_EXAMPLE_TOKEN = "pk_…"  # noqa: S105  # shows where a token goes


def draw_try_form(signature: Signature, ask: Callable[[dict[str, list[Any]]], None]) -> None:
    """One field per input with a typical value in it; `ask(columns)` gets the one row."""
    with section("Try it", "A typical case is filled in. Change what you like."), st.form("try", border=True):
        values: dict[str, list[Any]] = {}
        with st.grid(3, min_column_width=240, gap="small"):
            for column in signature.columns:
                with st.container():
                    values[column.name] = [_field(column)]
        is_sent = st.form_submit_button("Predict this case", type="primary", icon=":material/bolt:")
    if is_sent:
        ask(values)


def draw_answer(signature: Signature, answers: Answers, threshold: float | None, warnings: tuple[str, ...]) -> None:
    """The answer to one row: what to do, how likely, and what was unusual."""
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"#### {_headline(signature, answers)}")
        for name, values in answers.probabilities.items():
            st.progress(min(max(values[0], 0.0), 1.0), text=f"{escape_markdown(name)}: {_of_100(values[0])}")
        if answers.decisions is not None and threshold is not None:
            note(f"Act from a chance of {_of_100(threshold)} on: the threshold that was signed.")
        for warning in warnings:
            note(escape_markdown(warning), "orange")


def draw_steps_before(actor: Actor, model_name: str) -> None:
    """What is done to a row before the model sees it; nothing where the data were taken as they came."""
    with reading() as session:
        steps = list_steps_before(session, actor=actor, model_name=model_name)
    if not steps:
        return
    with st.expander(
        f"{counted(len(steps), 'step')} of the data {'comes' if len(steps) == 1 else 'come'} first",
        icon=":material/checklist:",
    ):
        note("Give values as their source spells them: each row goes through these steps before the model sees it.")
        for number, step in enumerate(steps, start=1):
            st.markdown(f"{number}. {escape_markdown(describe_step(step))}")


def draw_how_to(name: str, signature: Signature, address: str) -> None:
    """A request that works as it stands, once the token is in it."""
    text = "The Open Inference Protocol, version 2: one tensor per column, null where a value is missing"
    with section("From a program", text):
        st.code(example_request(name, signature, address), language="bash", wrap_lines=True)
        note(f"Whether it may be asked now: `GET {address}/api/v1/models/{name}/allowed`")


def example_request(name: str, signature: Signature, address: str) -> str:
    """A curl command that asks for one typical row."""
    inputs = [
        {
            "name": column.name,
            "shape": [1],
            "datatype": "FP64" if column.kind == "number" else "BYTES",
            "data": [column.example],
        }
        for column in signature.columns
    ]
    body = json.dumps({"inputs": inputs}, ensure_ascii=False).replace("'", "'\\''")
    return (
        f"curl {address}/v2/models/{name}/infer \\\n"
        f'  -H "Authorization: Bearer {_EXAMPLE_TOKEN}" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        f"  -d '{body}'"
    )


def _field(column: SignatureColumn) -> Any:
    label = escape_markdown(column.name)
    if column.kind == "number":
        return _number_field(column, label)
    if column.kind == "category":
        options = [*column.categories, MISSING]
        index = options.index(str(column.example)) if column.example in options else 0
        chosen = st.selectbox(label, options, index=index, key=f"try_{column.name}")
        return None if chosen == MISSING else chosen
    if column.kind == "date":
        picked = st.date_input(label, _as_date(column.example), key=f"try_{column.name}")
        return picked.isoformat() if isinstance(picked, date) else None
    return st.text_input(label, str(column.example or ""), key=f"try_{column.name}") or None


def _number_field(column: SignatureColumn, label: str) -> float | int | None:
    start = column.example if isinstance(column.example, int | float) else None
    known = [value for value in (start, column.low, column.high) if value is not None]
    key = f"try_{column.name}"
    if known and all(float(value).is_integer() and abs(value) < 2**53 for value in known):
        return st.number_input(label, value=None if start is None else int(start), step=1, key=key)
    return st.number_input(label, value=None if start is None else float(start), format="%0.6g", key=key)


def _as_date(example: object) -> date | None:
    try:
        return date.fromisoformat(str(example)[:10])
    except ValueError:
        return None


def _headline(signature: Signature, answers: Answers) -> str:
    target, prediction = escape_markdown(signature.target), answers.predictions[0]
    if not isinstance(prediction, str):
        return f"{target}: about {prediction:,.4g}"
    if answers.decisions is None or signature.positive_label is None:
        return f"{target}: most likely {escape_markdown(prediction)}"
    chance = _of_100(answers.probabilities[signature.positive_label][0])
    positive = escape_markdown(signature.positive_label)
    advice = "Act on this case" if answers.decisions[0] else "Leave this case alone"
    return f"{advice}: the chance of {target} {positive} is {chance}"


def _of_100(share: float) -> str:
    return f"{100 * share:.0f} of 100" if 0.01 <= share <= 0.99 else f"{100 * share:.1f} of 100"
