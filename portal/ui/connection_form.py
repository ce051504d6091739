"""The form that connects a database: a server with a user who may only read, or a file."""

from collections.abc import Callable

import streamlit as st

from portal.ui.layout import note
from services.connections.settings import get_connection_settings
from services.connections.source import KINDS
from services.connections.views import NewConnection

Connect = Callable[[NewConnection, str, bytes], None]
FORM_WIDTH = 560
_ENDINGS = {"sqlite": ("sqlite", "sqlite3", "db", "db3"), "duckdb": ("duckdb", "ddb", "db")}


def draw_connection_form(connect: Connect, *, is_primary: bool) -> None:
    """Ask for a database; `connect(wanted, password, content)` keeps it."""
    with st.container(width=FORM_WIDTH, gap="small"):
        kind = st.segmented_control(
            "Which kind of database?", list(KINDS), default="postgresql", format_func=KINDS.__getitem__, key="kind"
        )
        if kind == "postgresql":
            _ask_server(connect, is_primary=is_primary)
        elif kind is not None:
            _ask_file(str(kind), connect, is_primary=is_primary)


def _ask_server(connect: Connect, *, is_primary: bool) -> None:
    hosts = get_connection_settings().allowed_hosts
    if not hosts:
        note("No database server is on the list of hosts yet. Whoever runs the portal sets PORTAL_CONNECTION_HOSTS.")
    with st.form("server", border=False):
        name = st.text_input("Name", placeholder="Warehouse", max_chars=80, key="server_name")
        with st.container(horizontal=True):
            host = st.text_input("Host", placeholder="warehouse.example.com", key="server_host")
            port = st.number_input("Port", 1, 65535, 5432, key="server_port", width=140)
        database = st.text_input("Database", key="server_database")
        user = st.text_input("User who may only read", key="server_user", autocomplete="off")
        password = st.text_input("Password", type="password", key="server_password", autocomplete="new-password")
        note("The password is encrypted, and never shown again. A user with any right to write is refused.")
        if _submit("server_now", is_primary=is_primary):
            wanted = NewConnection(name, "postgresql", host, int(port), database, user)
            connect(wanted, password, b"")


def _ask_file(kind: str, connect: Connect, *, is_primary: bool) -> None:
    with st.form(f"file_{kind}", border=False):
        name = st.text_input("Name", placeholder="Shop", max_chars=80, key=f"{kind}_name")
        file = st.file_uploader(f"The {KINDS[kind]}", _ENDINGS[kind], key=f"{kind}_file", max_upload_size=200)
        note("A copy is kept as it is. To see newer rows, connect the newer file.")
        if _submit(f"{kind}_now", is_primary=is_primary):
            content = file.getvalue() if file is not None else b""
            connect(NewConnection(name, kind, file_name=file.name if file is not None else ""), "", content)


def _submit(key: str, *, is_primary: bool) -> bool:
    icon, text = ":material/cable:", "Connect the database"
    return st.form_submit_button(text, key=key, icon=icon, type="primary" if is_primary else "secondary")
