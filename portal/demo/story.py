"""What the people of the demo company do while you watch: as soon as their model is found, its sign-off is asked for,
and the business stakeholder says what should drive it before she sees what does.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import Session

from db.session import reading, transaction
from portal.demo.company import find_demo_run_project, find_person
from services.audit.actor import Actor
from services.automl.queries import find_latest_run
from services.errors import PortalError
from services.interpretations.commands import answer_surprise, record_expectation
from services.interpretations.queries import get_interpretation
from services.models.queries import ModelView, find_run_model
from services.reviews.commands import request_review
from services.reviews.queries import find_model_review

QUESTION = "May this model choose whom the retention team calls?"
EXPECTED = {  # by Ana, who has looked after these customers for years
    "contract": "unknown",
    "tenure_months": "lowers",
    "support_calls": "raises",
    "paperless": "unknown",
}
ANSWERS = {
    "paperless": "People with and without paper leave alike. I had their tariff in mind, which they choose online."
}
ANSWER = "Tomás and I have looked at such customers one by one: the data are right, and I had overlooked it."
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
            _say_what_was_expected(session, find_person(session, "ana"), model)
    return model is not None


def _say_what_was_expected(session: Session, ana: Actor, model: ModelView) -> None:
    """Ana says what should drive the model, sees what does, and answers one of her surprises."""
    said = [{"column": name, "direction": EXPECTED[name]} for name in model.signature.names if name in EXPECTED]
    if not said:
        return
    record_expectation(session, actor=ana, model_id=model.id, columns=said)
    revealed = get_interpretation(session, actor=ana, model_id=model.id).revealed
    found = [one.surprise for one in revealed.surprises] if revealed is not None else []
    for one in sorted(found, key=lambda surprise: surprise.column not in ANSWERS)[:1]:
        answer_surprise(
            session,
            actor=ana,
            model_id=model.id,
            kind=one.kind.value,
            column=one.column,
            sentence=ANSWERS.get(one.column, ANSWER),
        )
