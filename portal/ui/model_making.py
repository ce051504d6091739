"""How a model was made: its run, its rows, who answers, and the script that makes it again."""

from collections.abc import Callable

import streamlit as st

from portal.ui.jobs import job_status
from portal.ui.layout import facts, note, section
from portal.ui.session import reading
from portal.ui.state import go_to
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.automl.views import RunView
from services.jobs.queries import find_latest_job
from services.models.queries import ModelView, find_training_script
from services.models.script_facts import KIND

_WAYS_ON = (
    ("Check it", "fact_check", "examination"),
    ("Compare groups of people", "diversity_3", "fairness"),
    ("Simulate its levers", "tune", "simulate"),
)


def draw_making(
    actor: Actor, model: ModelView, run: RunView, *, write: Callable[[], None], stop: Callable[[str], None]
) -> None:
    """The facts, the way to the run, and the training script; `write()` asks a worker for it."""
    with section("How it was made"):
        facts(making_facts(model, run))
        with st.container(horizontal=True, gap="small"):
            if st.button("See the run", icon=":material/model_training:", key="run"):
                go_to("run", project=model.project_id, run=model.run_id)
        _draw_script(actor, model, write, stop)


def draw_ways_on(model: ModelView) -> None:
    """To what else can be asked of the model."""
    with st.container(horizontal=True, gap="small"):
        for name, icon, place in _WAYS_ON:
            if st.button(name, icon=f":material/{icon}:", key=place):
                go_to(place, project=model.project_id, model=model.id)


def making_facts(model: ModelView, run: RunView) -> dict[str, str]:
    """Name and value of what can be said in a line."""
    twin = "its verified ONNX twin, in the web process" if model.has_onnx else "a separate scoring process"
    reason = "" if model.has_onnx else f". {model.onnx_reason or 'There is no ONNX twin.'}"
    fastest = min(model.evaluation.latency_ms.values(), default=0.0)
    return {
        "Search": f"Run {run.number}: {run.n_complete} models on version {run.dataset_version} of the data",
        "Rows": f"{model.evaluation.n_train:,} to learn from, {model.evaluation.n_holdout:,} kept aside",
        "Answer for one case": f"{fastest:.1f} ms",
        "Answered by": escape_markdown(f"{twin}{reason}"),
        "Name in the API": f"`{model.name}`",
        "Fingerprint": f"`{model.digest[:16]}…`",
    }


def _draw_script(actor: Actor, model: ModelView, write: Callable[[], None], stop: Callable[[str], None]) -> None:
    with reading() as session:
        asked = {"project_id": model.project_id, "kind": KIND, "subject_id": model.id}
        job = find_latest_job(session, actor=actor, **asked)

    def read() -> bytes:
        with reading() as session:
            return find_training_script(session, actor=actor, model_id=model.id) or b""

    note(
        "The training script makes the model again from the file of its data, with scikit-learn and without the "
        "portal, and compares both scores with those stored here. It has columns, parameters and folds, but no rows."
    )
    if job is not None:
        job_status(actor, job, stop=stop)
    if job is not None and job.state == "done":
        name = f"train-{model.name}.py"
        icon = ":material/download:"
        st.download_button(
            "Download the training script", read, name, "text/x-python", icon=icon, on_click="ignore", key="script"
        )
    elif (job is None or not job.is_active) and st.button(
        "Write the training script", icon=":material/code:", key="write_script"
    ):
        write()
