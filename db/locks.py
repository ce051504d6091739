"""A lock that many processes share and that ends with the transaction."""

from sqlalchemy import text
from sqlmodel import Session


def lock_until_commit(session: Session, key: int) -> None:
    """Wait until nobody else holds `key`. On SQLite a writing transaction is alone from its beginning."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
