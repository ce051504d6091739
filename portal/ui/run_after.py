"""A run that has ended: its leaderboard to choose from, the ways from there, and what it was made with."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from portal.ui.layout import action_bar, facts, note, section
from portal.ui.leaderboard import draw_choice, draw_demands, draw_failures, ranked_variants
from portal.ui.session import reading
from portal.ui.state import go_to, go_to_shared
from portal.ui.text import escape_markdown
from portal.ui.tracking import draw_export, draw_imported_files
from services.audit.actor import Actor
from services.automl.pins import MAX_PINS, Pin
from services.automl.views import RunView
from services.datasets.queries import get_table_content
from services.models.outcomes import outcome_at
from services.models.queries import ModelView, get_project_file
from services.models.sentences import describe_worth

_LIBRARIES_SHOWN = 4
_PARQUET = "application/vnd.apache.parquet"


def draw_next_step(model: ModelView) -> None:
    """The way to the model that the run found."""
    outcome = outcome_at(model.evaluation, model.threshold.threshold if model.threshold else None)
    worth = describe_worth(model.evaluation, model.signature, outcome)
    text = f"{escape_markdown(worth)} See what drives it and from which score on to act."
    if action_bar("The best model is ready", text, "Open the model", icon=":material/lightbulb:", key="see_model"):
        go_to("model", project=model.project_id, model=model.id)


def draw_after(run: RunView, actor: Actor, *, export: Callable[..., None], stop: Callable[[str], None]) -> None:
    """The leaderboard, compare, map, the circumstances, the file that makes the run again, and the way to MLflow.

    `export(with_files=)` asks a worker to write the run to the tracking server, `stop(job_id)` ends that.
    """
    with section("Leaderboard", "Judged on rows each model had not seen. Choose two to five to compare"):
        draw_demands(run)
        chosen = draw_choice(ranked_variants(run), key="leaderboard")
        with st.container(horizontal=True, gap="small"):
            label = f"Compare the {len(chosen)} chosen" if len(chosen) > 1 else "Compare the chosen"
            can_compare = 1 < len(chosen) <= MAX_PINS
            if st.button(label, icon=":material/compare_arrows:", key="compare", disabled=not can_compare):
                _compare(run, chosen)
            if st.button("Open the map of the search", icon=":material/map:", key="search_map"):
                go_to("search_map", project=run.project_id, run=run.id)
            if not run.imported and st.button("See every step", icon=":material/account_tree:", key="steps"):
                go_to("steps", project=run.project_id, run=run.id)
        if len(chosen) > MAX_PINS:
            note(f"At most {MAX_PINS} are compared at a time.")
        draw_failures(run)
    if run.circumstances:
        with section("How it was made"):
            facts(making_facts(run))
            if not run.imported:
                _draw_files(run, actor)
            draw_imported_files(actor, run)
    draw_export(actor, run, export=export, stop=stop)


def _draw_files(run: RunView, actor: Actor) -> None:
    """What makes the run again: its project file and its table."""
    write_project = partial(_read, get_project_file, actor=actor, run_id=run.id)
    write_table = partial(_read, get_table_content, actor=actor, dataset_id=run.dataset_id)
    with st.container(horizontal=True, gap="small"):
        for label, write, name, mime in (
            ("Download project.yml", write_project, f"run-{run.number}-project.yml", "application/yaml"),
            ("Download its data", write_table, f"data-version-{run.dataset_version}.parquet", _PARQUET),
        ):
            st.download_button(label, write, name, mime, icon=":material/download:", on_click="ignore")
    note(
        "`python -m portal recreate` makes the run again from the two and compares each score. The project file has "
        "columns, split, seed, budget and every variant, but no rows."
    )


def _read(query: Callable[..., Any], **arguments: Any) -> Any:
    """The answer of a query, asked when somebody presses."""
    with reading() as session:
        return query(session, **arguments)


def making_facts(run: RunView) -> dict[str, str]:
    """Seed, rows and software, as far as they were written down."""
    split, environment = run.circumstances.get("split", {}), run.circumstances.get("environment", {})
    found = {"Data": f"version {run.dataset_version}", "Seed": str(run.seed)}
    if run.imported:
        where = f"run {run.imported.get('source_id')} on {run.imported.get('address')}"
        found["Taken over from"] = escape_markdown(where)
    if split.get("n_train"):
        found["Rows"] = (
            f"{split['n_train']:,} to learn from in {split['n_folds']} folds, {split['n_holdout']:,} kept aside"
        )
    if split.get("reason"):
        found["Split"] = escape_markdown(" ".join([split["reason"], *split.get("warnings", ())]))
    if environment.get("python"):
        libraries = list(environment.get("libraries", {}).items())[:_LIBRARIES_SHOWN]
        named = ", ".join(f"{name} {version}" for name, version in libraries)
        system = environment.get("system", "")
        found["Software"] = escape_markdown(f"Python {environment['python']}, {named} on {system}")
    return found


def _compare(run: RunView, chosen: Sequence[Pin]) -> None:
    go_to_shared("trials", run.project_id, pins=[str(pin) for pin in chosen])
