"""The REST application: `/api/v1/...` for the portal's own nouns, `/v2/...` for the Open Inference Protocol."""

from fastapi import FastAPI

from portal.api import datasets, health, jobs, predictions, projects
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
    app.include_router(datasets.router)
    app.include_router(jobs.router)
    app.include_router(predictions.router)
    return app
