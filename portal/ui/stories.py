"""What the pages behind an explanation share: the ways on from them, and why something may be asked again."""

import streamlit as st

from portal.ui.state import go_to
from services.stories.views import StoriesView

CHANGED = "What can be changed, or is never given as a reason, has changed since this was told. It can be told again."
LOST = "What was found is missing or damaged where files are kept. It can be computed again."


def draw_ways(view: StoriesView, page: str, label: str, icon: str) -> None:
    """Back to what drives the model, and for who may be told on to the other page behind it."""
    with st.container(horizontal=True, gap="small"):
        if st.button("What drives it", icon=":material/arrow_back:", type="tertiary", key="back"):
            go_to("explain", project=view.project_id, model=view.model_id)
        if view.teller is not None and st.button(label, icon=icon, type="tertiary", key=page):
            go_to(page, project=view.project_id, model=view.model_id)
