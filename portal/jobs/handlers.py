"""Who does which kind of job. A handler stands in the `execution` module of its noun."""

from services.jobs.handler import Handler

HANDLERS: dict[str, Handler] = {}
