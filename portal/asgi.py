"""One ASGI application: Streamlit at /, the API at /api and /v2, our own pages before it, the guard around all."""

import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import streamlit as st
import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from streamlit import config as streamlit_config
from streamlit.web import bootstrap

from db.engine import get_engine
from db.migrations import current_revision, latest_revision
from db.scratch import sweep_scratch
from db.session import reading
from portal.api.app import build_api
from portal.guard import Guard
from portal.guard.middleware import SESSION_HEADER
from portal.settings import PortalSettings, find_unsafe_settings, get_portal_settings
from portal.sign_in import sign_in_routes
from portal.ui.actor import SESSION_CLAIM
from services.audit.actor import SYSTEM
from services.jobs.faults import log_fault

_ROOT = Path(__file__).resolve().parents[1]
_SCRIPT = _ROOT / "portal" / "app.py"
_LOG = logging.getLogger("portal.web")


class NotMigratedError(RuntimeError):
    """The tables are not those this version of the portal works with."""


class UnsafeSettingsError(RuntimeError):
    """The portal refuses to start as it is configured."""


def build_app(settings: PortalSettings | None = None) -> st.App:
    """The whole portal; `uvicorn --factory portal.asgi:build_app` serves it too.

    Raises
    ------
    UnsafeSettingsError
        The settings would expose people; the message has one sentence for each reason.
    """
    chosen = settings or get_portal_settings()
    problems = find_unsafe_settings(chosen)
    if problems:
        raise UnsafeSettingsError(" ".join(problems))
    _configure_streamlit(chosen)
    return st.App(
        _SCRIPT,
        routes=_routes(chosen),
        middleware=[Middleware(Guard, settings=chosen)],
        lifespan=_lifespan,
    )


def run_server(host: str | None = None, port: int | None = None) -> None:
    """Serve until a signal says stop; returns after open requests are answered."""
    settings = get_portal_settings().with_address(host, port)
    uvicorn.run(build_app(settings), **server_options(settings))


def server_options(settings: PortalSettings) -> dict[str, Any]:
    """uvicorn's options. Streamlit's own runner would believe `X-Forwarded-For` from any process on this machine."""
    return {
        "host": settings.host,
        "port": settings.port,
        "log_level": settings.log_level,
        "access_log": False,  # one-time links are in addresses
        "server_header": False,
        "proxy_headers": bool(settings.proxies),
        "forwarded_allow_ips": list(settings.proxies),
        "ws": "websockets-sansio",
        "ws_ping_interval": 30,
        "ws_ping_timeout": 30,
        "ws_max_size": int(streamlit_config.get_option("server.maxMessageSize")) * 1024 * 1024,
        "timeout_graceful_shutdown": 10,
    }


def _routes(settings: PortalSettings) -> list[BaseRoute]:
    api = build_api()
    return [
        *sign_in_routes(settings),
        Mount("/app/static", StaticFiles(directory=_ROOT / "static")),
        Route("/api/{rest:path}", api, name="api"),  # not a Mount: the API's routes carry their full paths
        Route("/v2", api, name="v2-root"),
        Route("/v2/{rest:path}", api, name="v2"),
    ]


def _configure_streamlit(settings: PortalSettings) -> None:
    # Streamlit looks for .streamlit/config.toml beside this path, so that the working directory does not matter.
    streamlit_config._main_script_path = str(_ROOT / "portal.py")  # noqa: SLF001 - what `streamlit run` sets
    bootstrap.load_config_options(
        {
            "server.address": settings.host,
            "server.port": settings.port,
            "server.headless": True,
            "server.enableStaticServing": False,  # the route above serves the same folder
            "server.trustedUserHeaders": {SESSION_HEADER: SESSION_CLAIM},
            "server.allowedHosts": sorted(settings.allowed_hosts),
            "server.xsrfCookieSameSite": "strict",
            "client.showErrorDetails": "none",
            "logger.level": settings.log_level,
        }
    )


@asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncIterator[None]:
    await run_in_threadpool(require_migrated)
    await run_in_threadpool(sweep_scratch)
    await run_in_threadpool(_warm_up)
    Thread(target=remember_portfolio, daemon=True).start()  # a stop does not wait for it
    yield


def require_migrated() -> None:
    """Refuse to serve tables of another version.

    Raises
    ------
    NotMigratedError
        The database is empty, older or newer; says what to do.
    """
    with get_engine().connect() as connection:
        found = current_revision(connection)
    if found != latest_revision():
        state = "has no tables yet" if found is None else f"is at revision {found}"
        raise NotMigratedError(
            f"The database {state}; this version needs {latest_revision()}. Run: python -m portal migrate"
        )


def _warm_up() -> None:
    """The first visitor should not wait for plotly and pandas, nor for what plotly loads with its first figure."""
    import plotly.graph_objects as go

    from portal.ui.charts import house

    house(go.Figure(go.Bar(x=[0], y=[0]))).to_json()
    gc.collect()
    gc.freeze()  # the code is here to stay: looking through it for garbage would hold every click for 100 ms


def remember_portfolio() -> None:
    """Read every project once, beside the first visitors: what its versions and models say never changes and is kept.

    Otherwise who opens a portfolio of thousands first after a start would wait until all of it is read and checked.
    """
    from services.portfolio.records.queries import get_portfolio

    try:
        with reading() as session:
            get_portfolio(session, actor=SYSTEM)
    except Exception as error:  # a later reading does it, or says what is wrong
        log_fault(_LOG, "The portfolio could not be read beforehand.", error)
