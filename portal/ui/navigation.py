"""The places a person can go: their role's pages, then the open project's."""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from portal.ui.session import reading
from portal.ui.state import open_id
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.errors import PortalError
from services.people.permissions import PERMISSIONS, Permission, Role
from services.projects.queries import authorize_project

_PAGES = Path(__file__).resolve().parents[2] / "pages"
# reached from another page
_DETAILS = (
    "columns",
    "rows",
    "features",
    "connections",
    "suspects",
    "run",
    "search_map",
    "steps",
    "trials",
    "analysis",
    "model",
    "review",
    "what_if",
    "shapes",
    "story",
)


def build_navigation(actor: Actor) -> StreamlitPage:
    """Draw the sidebar and return the page to run. A page that is not listed still refuses by itself."""
    project_name = _open_project_name(actor)
    chosen = st.navigation(_list_places(actor.role, project_name), expanded=True)
    if project_name and chosen.url_path in _DETAILS:  # a page is marked only where it is listed
        chosen = st.navigation(_list_places(actor.role, project_name, detail=chosen.url_path), expanded=True)
    with st.sidebar:
        _draw_account_menu(actor)
    return chosen


@st.cache_resource(scope="session", show_spinner=False)
def _list_places(role: str, project_name: str | None, detail: str = "") -> dict[str, list[StreamlitPage]]:
    """Pages by heading; `detail` is the one run, model or sign-off in front of the person."""
    of_project = "visible" if project_name else "hidden"
    is_open = {stem: "visible" if stem == detail else "hidden" for stem in _DETAILS}
    return {
        "": [
            _page("home", "Home", "home", default=True),
            _page("projects", "Projects", "folder_open", _for(role, Permission.SEE_PROJECT)),
            _page("portfolio", "Portfolio", "bubble_chart", _for(role, Permission.SEE_PROJECT)),
            _page("prioritisation", "What to fund", "balance", _for(role, Permission.SEE_PROJECT)),
            _page("initiatives", "Initiatives", "flag_circle", _for(role, Permission.SEE_PROJECT)),
            _page("reviews", "Reviews", "verified", _for(role, Permission.SEE_PROJECT)),
            _page("audit", "Audit log", "history", _for(role, Permission.READ_AUDIT)),
            _page("people", "People", "group", _for(role, Permission.MANAGE_PEOPLE)),
        ],
        project_name or "Project": [
            _page("project", "Overview", "route", of_project),
            _page("proposal", "Objective", "flag", of_project),
            _page("valuation", "Money", "savings", of_project),
            _page("plan", "Costs and benefits", "balance", of_project),
            _page("datasets", "Data", "table_chart", of_project),
            _page("columns", "Columns", "subdirectory_arrow_right", is_open["columns"]),
            _page("rows", "Rows", "subdirectory_arrow_right", is_open["rows"]),
            _page("features", "Suggested columns", "subdirectory_arrow_right", is_open["features"]),
            _page("connections", "Connections", "subdirectory_arrow_right", is_open["connections"]),
            _page("labels", "Labels", "label", of_project),
            _page("suspects", "Suspicious rows", "subdirectory_arrow_right", is_open["suspects"]),
            _page("runs", "Model runs", "model_training", of_project),
            _page("run", "Run", "subdirectory_arrow_right", is_open["run"]),
            _page("search_map", "Map of the search", "subdirectory_arrow_right", is_open["search_map"]),
            _page("steps", "Steps", "subdirectory_arrow_right", is_open["steps"]),
            _page("trials", "Compare models", "subdirectory_arrow_right", is_open["trials"]),
            _page("analysis", "Analysis", "subdirectory_arrow_right", is_open["analysis"]),
            _page("models", "Models", "lightbulb", of_project),
            _page("model", "Model", "subdirectory_arrow_right", is_open["model"]),
            _page("explain", "Explain", "psychology", of_project),
            _page("shapes", "Shapes", "subdirectory_arrow_right", is_open["shapes"]),
            _page("story", "Story of one case", "subdirectory_arrow_right", is_open["story"]),
            _page("review", "Sign-off", "subdirectory_arrow_right", is_open["review"]),
            _page("fairness", "Fairness", "diversity_3", of_project),
            _page("examination", "Checks", "fact_check", of_project),
            _page("simulate", "Simulate", "tune", of_project),
            _page("what_if", "One case", "subdirectory_arrow_right", is_open["what_if"]),
            _page("deployment", "Predictions", "bolt", of_project),
            _page("benefits", "What it brought", "paid", of_project),
        ],
    }


def _for(role: str, permission: Permission) -> str:
    """A page for others stays reachable by its address, so that it can say why it refuses."""
    return "visible" if permission in PERMISSIONS.get(role, frozenset()) else "hidden"


def _page(stem: str, title: str, icon: str, visibility: str = "visible", *, default: bool = False) -> StreamlitPage:
    return st.Page(
        _PAGES / f"{stem}.py",
        title=title,
        icon=f":material/{icon}:",
        default=default,
        visibility=visibility,  # type: ignore[arg-type]
    )


def _open_project_name(actor: Actor) -> str | None:
    project_id = open_id("project")
    if not project_id:
        return None
    try:
        with reading() as session:
            return authorize_project(
                session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT
            ).name
    except PortalError:
        return None  # the page itself says so


def _draw_account_menu(actor: Actor) -> None:
    role = Role(actor.role).label if actor.role in set(Role) else actor.role
    with st.popover(actor.name, icon=":material/account_circle:", type="tertiary"):
        st.markdown(f":small[{role.capitalize()}  \n:gray[{escape_markdown(actor.email)}]]")
        st.button("Sign out", icon=":material/logout:", on_click=st.logout)  # a link button would open another tab
