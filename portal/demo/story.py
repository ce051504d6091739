"""What the people of the demo company do while you watch: ask for a sign-off as soon as their model is found."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from db.session import reading, transaction
from portal.demo.company import find_demo_run_project, find_person
from services.automl.queries import find_latest_run
from services.errors import PortalError
from services.models.queries import find_run_model
from services.reviews.commands import request_review
from services.reviews.queries import find_model_review

QUESTION = "May this model choose whom the retention team calls?"
POLL_SECONDS = 2.0
_LOG = logging.getLogger("portal.demo")


@contextmanager
def playing() -> Iterator[None]:
    """The story goes on beside whatever happens in the block."""
    stop = threading.Event()
    thread = threading.Thread(target=play, args=(stop,), daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join()


def play(stop: threading.Event) -> None:
    """Wait for the first model and ask for its sign-off as the data scientist; ends then, or when told to stop."""
    while not stop.wait(POLL_SECONDS):
        try:
            if ask_for_sign_off():
                return
        except PortalError as error:
            _LOG.warning("The demo goes on without a request for a sign-off: %s", error.sentence)
            return


def ask_for_sign_off() -> bool:
    """Ask if the model is there and nobody has asked; whether there is nothing left to wait for."""
    with reading() as session:
        tomas, project_id = find_person(session, "tomas"), find_demo_run_project(session)
        run = find_latest_run(session, actor=tomas, project_id=project_id) if project_id else None
        model = find_run_model(session, actor=tomas, run_id=run.id) if run else None
        if run is None or (model is None and not run.is_active and run.state != "paused"):
            return True
        is_asked = model is not None and find_model_review(session, actor=tomas, model_id=model.id) is not None
    if model is not None and not is_asked:
        with transaction() as session:
            request_review(session, actor=tomas, model_id=model.id, question=QUESTION)
    return model is not None
