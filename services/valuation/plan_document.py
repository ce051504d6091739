"""Items, their adoption and the details as plain data, and back: what is hashed and stored with the other figures."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from services.valuation.adoption import Adoption
from services.valuation.details import Details, read_details
from services.valuation.plan import Item
from services.valuation.uncertainty.estimates import Estimate


def plan_document(items: tuple[Item, ...], adoption: Adoption | None, details: Details | None = None) -> dict[str, Any]:
    """Only what there is, so that figures without items keep the hash they had before there were any."""
    found: dict[str, Any] = {}
    if items:
        found["items"] = [asdict(item) for item in items]
    if adoption is not None:
        found["adoption"] = asdict(adoption)
    if details is not None and (said := details.document()):
        found["details"] = said
    return found


def read_plan(document: Mapping[str, Any] | None) -> dict[str, Any]:
    """The fields `items`, `adoption` and `details` of `Assumptions`; none of them where nothing was stored."""
    if not document:
        return {}
    found: dict[str, Any] = {"items": tuple(_item(one) for one in document.get("items", ()))}
    if "adoption" in document:
        found["adoption"] = Adoption(**document["adoption"])
    if "details" in document:
        found["details"] = read_details(document["details"])
    return found


def _item(document: Mapping[str, Any]) -> Item:
    return Item(**{**document, "amount": Estimate(**document["amount"])})
