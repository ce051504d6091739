"""What a tab remembers, and keeps in its address so that a refresh or a shared link opens the same thing."""

from collections.abc import Collection
from pathlib import Path

import streamlit as st

from services.errors import NotFoundError

_PAGES = Path(__file__).resolve().parents[2] / "pages"
_FLASH = "flash"
_OPEN = "in this tab:"  # no widget has such a key


def open_id(name: str) -> str | None:
    """The id of the open project, run, model or review, from the address or else from this tab; both then agree."""
    key = _OPEN + name
    found = st.query_params.get(name) or st.session_state.get(key)
    if found:
        st.session_state[key] = found
        if st.query_params.get(name) != found:
            st.query_params[name] = found
    return found


def require_open_id(name: str) -> str:
    """As `open_id`, for a page that makes no sense without it."""
    found = open_id(name)
    if not found:
        raise NotFoundError(f"No {name} is open. Choose one from Home.")
    return found


def asked_or_first(asked: str | None, known: Collection[str]) -> str | None:
    """The id that is asked for where it is known, else the first of those that are; None where none is."""
    return asked if asked in known else next(iter(known), None)


def open_project(project_id: str) -> None:
    """Make the sidebar show the project of what is in front of the person, also where the address names no project."""
    if open_id("project") != project_id:
        st.session_state[_OPEN + "project"] = st.query_params["project"] = project_id
        st.rerun()


def go_to(page: str, **ids: str) -> None:
    """Leave for another page, with what it shall show in the address. Never inside an open transaction."""
    for name, value in ids.items():
        st.session_state[_OPEN + name] = value
    st.switch_page(_PAGES / f"{page}.py", query_params=ids)


def go_to_shared(page: str, project: str, **state: str | list[str]) -> None:
    """Leave for a page whose widgets keep what they show in the address. Never inside an open transaction."""
    st.session_state[_OPEN + "project"] = project
    st.switch_page(_PAGES / f"{page}.py", query_params={"project": project, **state})


def project_link(label: str, project_id: str) -> None:
    """A link to a project, which a browser can open in another tab, too."""
    st.page_link(_PAGES / "project.py", label=f":blue[**{label}**]", query_params={"project": project_id})


def flash(sentence: str) -> None:
    """Say what was done, after the rerun that shows it."""
    st.session_state[_FLASH] = sentence


def show_flash() -> None:
    """Show and forget what `flash` was told."""
    sentence = st.session_state.pop(_FLASH, None)
    if sentence:
        st.toast(sentence, icon=":material/check:")
