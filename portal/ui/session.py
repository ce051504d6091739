"""The two ways a page reaches the services: a read-only view, and a transaction that ends with its block."""

from db.session import reading, transaction

__all__ = ["reading", "transaction"]
