"""The session check in front of every route: Streamlit's, our own pages' and the API's, HTTP and WebSocket alike."""

from portal.guard.middleware import Guard

__all__ = ["Guard"]
