"""The Streamlit entry script: who is it, where do they want to go, and what to say when something goes wrong."""

import logging
import uuid
from pathlib import Path

import streamlit as st

from portal.ui.actor import signed_in
from portal.ui.layout import FORM_WIDTH, page, waiting_for
from portal.ui.navigation import build_navigation
from portal.ui.state import go_to, show_flash
from portal.ui.turns import TURNS
from services.errors import NotSignedInError, PortalError

_STATIC = Path(__file__).resolve().parents[1] / "static"
_LOG = logging.getLogger("portal")


def main() -> None:
    """One rerun: shell, gate, page."""
    st.set_page_config(page_title="Drivetrain", page_icon=str(_STATIC / "logo_icon.svg"), layout="wide")
    st.logo(str(_STATIC / "logo.svg"), icon_image=str(_STATIC / "logo_icon.svg"), size="large")
    try:
        with signed_in() as actor:
            chosen = build_navigation(actor)
            with waiting_for(chosen.url_path):
                chosen.run()
            show_flash()  # last: a click that interrupts the page leaves it for the rerun that follows
    except NotSignedInError as error:
        with page(FORM_WIDTH):
            st.info(error.sentence, icon=":material/lock:")
            st.button("Sign in", type="primary", on_click=st.logout)  # leads there in this tab
    except PortalError as error:
        with page(FORM_WIDTH):
            st.warning(error.sentence, icon=":material/block:")
            if st.button("Go to Home", icon=":material/home:"):
                go_to("home")
    except Exception:
        reference = uuid.uuid4().hex[:8]
        _LOG.exception("A page failed (reference %s).", reference)
        with page(FORM_WIDTH):
            st.error(
                f"Something went wrong on our side. What you saved is kept. Tell your administrator: {reference}.",
                icon=":material/error:",
            )


with TURNS.turn():
    main()
