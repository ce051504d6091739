"""Predictions: ask the approved model about one case, a whole table, or from a program."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.badges import Badge
from portal.ui.batch import draw_batch_form, draw_download, keep_result
from portal.ui.change import carry_out, show_refusal
from portal.ui.later import draw_later
from portal.ui.layout import action_bar, empty_state, head, page
from portal.ui.predictions import draw_answer, draw_how_to, draw_steps_before, draw_try_form
from portal.ui.session import reading, transaction
from portal.ui.state import go_to, open_id, require_open_id
from portal.ui.text import escape_markdown
from portal.ui.tokens import draw_new_token, draw_token_form, draw_tokens
from services.audit.actor import Actor
from services.automl.queries import get_run
from services.datasets.queries import get_dataset
from services.deployments.answers import Answers
from services.deployments.batch_reading import read_batch
from services.deployments.batches import score_table, to_safe_csv
from services.deployments.queries import Allowance, get_allowance, get_served_model, get_signature
from services.deployments.serving import predict
from services.errors import PortalError
from services.models.queries import ModelView, list_models
from services.models.signature import Signature
from services.people.commands import create_api_token, revoke_api_token
from services.people.permissions import Permission, is_allowed
from services.people.queries import list_api_tokens

PROMISE = "Ask the approved model about one case, a whole table, or from a program"
ALLOWED, BLOCKED = Badge("Approved", "green", ":material/check:"), Badge("Blocked", "red", ":material/block:")


def draw() -> None:
    """The page, after the shell has let the person in."""
    actor, project_id = get_actor(), require_open_id("project")
    with reading() as session:
        models = list_models(session, actor=actor, project_id=project_id)
    with page():
        if not models:
            head("Predictions", PROMISE)
            empty_state(":material/bolt:", "No model yet. A data scientist of this project starts a run first.")
            return
        model = _chosen(models)
        with reading() as session:
            allowance = get_allowance(session, actor=actor, model_name=model.name)
            signature, _ = get_signature(session, actor=actor, model_name=model.name)
        _draw_status(model, allowance)
        if allowance.is_allowed and is_allowed(actor, Permission.PREDICT):
            draw_try_form(signature, partial(_try, actor, model))
            draw_batch_form(partial(_score, actor, model, signature))
            draw_download(model.digest, model.name)
        draw_steps_before(actor, model.name)
        draw_later(actor, project_id, "Pilot", "Review")
        _draw_api(actor, model, signature)


def _chosen(models: list[ModelView]) -> ModelView:
    return next((model for model in models if model.id == open_id("model")), models[0])


def _draw_status(model: ModelView, allowance: Allowance) -> None:
    is_open = allowance.is_allowed
    head(
        "Predictions",
        escape_markdown(f"{model.name} · digest {model.digest[:12]}"),
        badges=[ALLOWED if is_open else BLOCKED],
        finding=escape_markdown(f"Model {model.number} may {'' if is_open else 'not '}answer. {allowance.reason}"),
    )
    if is_open:
        return
    text = "Predictions stay blocked until somebody who wrote none of the evidence signs it as it is now."
    if action_bar("A sign-off is needed", text, "Open the model", icon=":material/lightbulb:", key="open_model"):
        go_to("model", project=model.project_id, model=model.id)


def _try(actor: Actor, model: ModelView, columns: dict[str, list[Any]]) -> None:
    try:
        with reading() as session:
            served = get_served_model(session, actor=actor, model_name=model.name)
        answers, warnings = predict(served, columns)
    except PortalError as error:
        show_refusal(error)
        return
    draw_answer(served.signature, answers, served.threshold, warnings)


def _score(actor: Actor, model: ModelView, signature: Signature, file_name: str, content: bytes) -> None:
    bar = st.progress(0.0, text="Reading the table")
    try:
        with reading() as session:
            run = get_run(session, actor=actor, run_id=model.run_id)
            origin = get_dataset(session, actor=actor, dataset_id=run.dataset_id).origin
        table = read_batch(file_name, content, origin=origin)
        pieces = []
        for piece in score_table(signature, table, partial(_ask, actor, model.name)):
            pieces.append(piece)
            bar.progress(piece.n_done / len(table), text=f"{piece.n_done:,} of {len(table):,} rows scored")
    except PortalError as error:
        show_refusal(error)
        return
    finally:
        bar.empty()
    warnings = tuple(dict.fromkeys(warning for piece in pieces for warning in piece.warnings))
    scored = pd.concat([piece.rows for piece in pieces], ignore_index=True)
    keep_result(model.digest, to_safe_csv(scored), len(scored), warnings)


def _ask(actor: Actor, name: str, columns: Mapping[str, Sequence[Any]]) -> tuple[Answers, tuple[str, ...]]:
    """One piece of a table; the approval is looked at again for each."""
    with reading() as session:
        served = get_served_model(session, actor=actor, model_name=name)
    return predict(served, columns)


def _draw_api(actor: Actor, model: ModelView, signature: Signature) -> None:
    place = urlsplit(st.context.url or "http://localhost:8501")
    draw_how_to(model.name, signature, f"{place.scheme}://{place.netloc}")
    if not is_allowed(actor, Permission.MANAGE_TOKENS):
        return
    draw_token_form(partial(_create_token, actor, model.project_id))
    with reading() as session:
        tokens = [token for token in list_api_tokens(session, actor=actor) if token.project_id == model.project_id]
    draw_tokens(tokens, partial(_revoke_token, actor))


def _create_token(actor: Actor, project_id: str, name: str, days: int, scope: str) -> None:
    try:
        with transaction() as session:
            _, secret = create_api_token(
                session, actor=actor, project_id=project_id, name=name, scopes=[scope], days=days
            )
    except PortalError as error:
        show_refusal(error)
        return
    draw_new_token(secret)


def _revoke_token(actor: Actor, token_id: str) -> None:
    carry_out(revoke_api_token, "Revoked. The token opens nothing any more.", actor=actor, token_id=token_id)


draw()
