"""A run that has ended: its leaderboard to choose from, the ways from there, and what it was made with."""

from collections.abc import Sequence

import streamlit as st

from portal.ui.layout import facts, note, section
from portal.ui.leaderboard import draw_choice, draw_failures, ranked_variants
from portal.ui.state import go_to, go_to_shared
from portal.ui.text import escape_markdown
from services.automl.pins import MAX_PINS, Pin
from services.automl.views import RunView

_LIBRARIES_SHOWN = 4


def draw_after(run: RunView) -> None:
    """The leaderboard, compare, map, and the circumstances."""
    with section("Leaderboard", "Judged on rows each model had not seen. Choose two to five to compare"):
        chosen = draw_choice(ranked_variants(run), key="leaderboard")
        with st.container(horizontal=True, gap="small"):
            label = f"Compare the {len(chosen)} chosen" if len(chosen) > 1 else "Compare the chosen"
            can_compare = 1 < len(chosen) <= MAX_PINS
            if st.button(label, icon=":material/compare_arrows:", key="compare", disabled=not can_compare):
                _compare(run, chosen)
            if st.button("Open the map of the search", icon=":material/map:", key="search_map"):
                go_to("search_map", project=run.project_id, run=run.id)
        if len(chosen) > MAX_PINS:
            note(f"At most {MAX_PINS} are compared at a time.")
        draw_failures(run)
    if run.circumstances:
        with section("How it was made"):
            facts(making_facts(run))


def making_facts(run: RunView) -> dict[str, str]:
    """Seed, rows and software, as far as they were written down."""
    split, environment = run.circumstances.get("split", {}), run.circumstances.get("environment", {})
    found = {"Data": f"version {run.dataset_version}", "Seed": str(run.seed)}
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
