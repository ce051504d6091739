"""The key of the steps that hash: kept in the recipe, encrypted, so that equal values of newer rows meet again."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.connections.secrets import open_secret_box


def hashing_key(recipe: Sequence[Mapping[str, Any]]) -> bytes:
    """The key, decrypted; empty where no step hashes."""
    sealed = next((step["sealed_key"] for step in recipe if "sealed_key" in step), None)
    return open_secret_box().decrypt(sealed).encode() if sealed else b""
