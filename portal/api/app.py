"""The REST application: `/api/v1/...` for the portal's own nouns, `/v2/...` for the Open Inference Protocol."""

import importlib.util

from fastapi import APIRouter, FastAPI

from portal.api import health, projects
from portal.api.errors import add_error_handlers
from portal.api.schemas import ErrorAnswer

MOST_BYTES = 16 * 1024 * 1024


def build_api() -> FastAPI:
    """All routes with their full paths. There is no interactive page: its scripts would come from another host."""
    app = FastAPI(
        title="Drivetrain Portal",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        max_body_size=MOST_BYTES,
        responses={"4XX": {"model": ErrorAnswer}},
    )
    add_error_handlers(app)
    app.include_router(health.router)
    app.include_router(projects.router)
    app.include_router(_predictions())
    return app


def _predictions() -> APIRouter:
    if importlib.util.find_spec("portal.api.predictions") is None:
        return APIRouter()
    router: APIRouter = importlib.import_module("portal.api.predictions").router
    return router
