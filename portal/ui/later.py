"""What the answers of the objective set for stages to come, and that nothing applies it yet."""

import streamlit as st

from portal.ui.layout import section
from portal.ui.session import reading
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.proposals.later import IN_FORCE, LaterDefault, Stage
from services.proposals.queries import list_later_defaults


def draw_later(actor: Actor, project_id: str, *stages: Stage) -> None:
    """A section on these stages; nothing where the objective sets nothing for them."""
    with reading() as session:
        defaults = list_later_defaults(session, actor=actor, project_id=project_id)
    shown = [each for each in defaults if each.stage in stages]
    if shown:
        with section("What the objective sets for later", "The answers of its reflection; change them there"):
            st.markdown(later_lines(shown))


def later_lines(defaults: list[LaterDefault]) -> str:
    """One line each, as Markdown: what is set, by which answer, and from when on it counts."""
    return "\n".join(
        f"- {each.stage}: {escape_markdown(each.name)}, **{escape_markdown(each.value)}**, because "
        f"{escape_markdown(each.because)} :gray[({IN_FORCE[each.stage]})]"
        for each in defaults
    )
