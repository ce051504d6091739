"""A run on an MLflow tracking server: taken there, or taken over from there."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from portal.ui.jobs import job_status
from portal.ui.layout import note, section
from portal.ui.session import reading
from portal.ui.state import go_to
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.automl.metrics import METRICS
from services.automl.queries import get_imported_file
from services.automl.tracking.documents import EXPORT, IMPORT
from services.automl.tracking.errors import TrackingError
from services.automl.tracking.file_names import NAMES
from services.automl.tracking.settings import get_tracking_settings
from services.automl.views import RunView
from services.datasets.views import Dataset
from services.jobs.queries import find_latest_job
from services.people.permissions import Permission, is_allowed

_BY_ITSELF = "As the run says"
_STAYS = "What is there already stays as it is."
_CONTENTS = (
    "The pipeline and its ONNX twin hold what they learned of the data, values of it included; schema, training script "
    "and model card the names of columns, categories and classes and of who started the run; the project file the "
    "payoffs and every variant. Whoever may read the server reads them."
)
_ROWS = {
    "neighbours": "Nearest neighbours keep every row that they learned from.",
    "kernel": "Support vectors are rows that the model learned from.",
}
_OFF = (
    "Runs can be written to an MLflow tracking server and taken over from one. Whoever runs the portal sets "
    "`PORTAL_MLFLOW_URL` to its address and lists its host in `PORTAL_CONNECTION_HOSTS`; nothing has to be installed. "
    "Every run then can be seen in MLflow, a parent with one run for each variant, and runs made elsewhere can be "
    "compared and mapped here."
)


def draw_export(actor: Actor, run: RunView, *, export: Callable[..., None], stop: Callable[[str], None]) -> None:
    """What is on the server, the work on it, and the button; `export(with_files=)` asks a worker for it."""
    if not is_allowed(actor, Permission.START_RUN):
        return
    if not get_tracking_settings().is_set:
        with st.expander("Write to MLflow"):
            note(_OFF)
        return
    with section("MLflow"):
        address = _server()
        if address is None:
            return
        with reading() as session:
            asked = {"project_id": run.project_id, "kind": EXPORT, "subject_id": run.id}
            job = find_latest_job(session, actor=actor, **asked)
        if job is not None:
            job_status(actor, job, stop=stop)
        if job is not None and job.state == "done" and job.result is not None:
            said = f"It is on {job.result['address']} as run {job.result['source_id']}."
            note(escape_markdown(said))
            _draw_files(job.result, "On the server with it")
        if job is None or not job.is_active:
            with_files = not run.imported and st.checkbox(
                "With the files of its model",
                key="with_files",
                help="Pipeline, ONNX twin, schema, training script, model card and project file, as far as there are "
                "any. They hold what the model learned of the data, and whoever may read the server reads them.",
            )
            _draw_contents(run, address, with_files=with_files)
            if st.button("Write to MLflow", icon=":material/upload:", key="export"):
                export(with_files=with_files)


def draw_import(
    actor: Actor,
    datasets: Sequence[Dataset],
    project_id: str,
    *,
    take: Callable[..., None],
    stop: Callable[[str], None],
) -> None:
    """Ask for a run of the server; `take(source_id, metric, dataset_id)` asks a worker for it."""
    with st.expander("Take a run over from MLflow"):
        if _server() is None:
            return
        with reading() as session:
            job = find_latest_job(session, actor=actor, project_id=project_id, kind=IMPORT)
        if job is not None:
            job_status(actor, job, stop=stop)
        if job is not None and job.state == "done" and job.result is not None:
            text = f"Run {job.result['number']} was taken over with {job.result['n_trials']} variants."
            note(text)
            _draw_files(job.result, "Taken over with it")
            if st.button("Open it", icon=":material/model_training:", key="open_imported"):
                go_to("run", project=project_id, run=str(job.result["run_id"]))
        if job is None or not job.is_active:
            _ask(datasets, take)


def draw_imported_files(actor: Actor, run: RunView) -> None:
    """The files that came with a run, each to be saved; nothing where none did."""
    if not run.imported_files:
        return
    with st.container(horizontal=True, gap="small"):
        for file in run.imported_files:
            name = str(file["name"])
            read = partial(_read_file, actor, run.id, name)
            label, icon = f"Download {name.rsplit('/', 1)[-1]}", ":material/download:"
            st.download_button(label, read, name.rsplit("/", 1)[-1], icon=icon, on_click="ignore", key=f"save {name}")
    note("They came from the tracking server with the hashes written there. None was opened here or is a model here.")


def _draw_contents(run: RunView, address: str, *, with_files: bool) -> None:
    """What leaves for the server, said before it does."""
    sent = f"Parameters, scores, money, measures and hashes of each variant go to {escape_markdown(address)}"
    if not with_files:
        note(f"{sent}; no row of the data does. {_STAYS}")
        return
    note(f"{sent}, and with them the files of the model. {_CONTENTS} {_STAYS}")
    if kept := [_ROWS[family] for family in _ROWS if family in run.model_families]:
        note(f"Rows of the data go along. {' '.join(kept)} Who has the pipeline or its twin can read them.", "orange")


def _read_file(actor: Actor, run_id: str, name: str) -> bytes:
    with reading() as session:
        return get_imported_file(session, actor=actor, run_id=run_id, name=name)


def _draw_files(result: Mapping[str, Any], where: str) -> None:
    """Which files went along, and why others did not."""
    if names := [NAMES[name].lower() for name in result.get("files", ()) if name in NAMES]:
        note(f"{where}: {', '.join(names)}.")
    for problem in result.get("file_problems", ()):
        note(escape_markdown(problem), "orange")


def _ask(datasets: Sequence[Dataset], take: Callable[..., None]) -> None:
    note("It can be compared and mapped like any run. Models are not taken over: what is here was fitted here.")
    versions = {f"Version {dataset.version}": dataset.id for dataset in datasets}
    with st.form("import", border=False):
        source_id = st.text_input("Id of the run in MLflow", key="source_id", max_chars=64)
        metrics = {metric.label: metric.name for metric in METRICS.values()}
        metric = st.selectbox("Its score", [_BY_ITSELF, *metrics], key="import_metric")
        version = st.selectbox("Made from", [_BY_ITSELF, *versions], key="import_version")
        if st.form_submit_button("Take it over", icon=":material/download:", key="import_now"):
            take(source_id=source_id, metric=metrics.get(metric), dataset_id=versions.get(version))


def _server() -> str | None:
    """The address; says what to do where there is none, or it cannot be used."""
    settings = get_tracking_settings()
    if not settings.is_set:
        note(_OFF)
        return None
    try:
        return settings.address
    except TrackingError as error:
        st.warning(escape_markdown(error.sentence), icon=":material/warning:")
        return None
