"""What the kinds of model are called on pages. Free of machine-learning imports."""

from collections.abc import Collection

from services.errors import InvalidInputError

FAMILY_LABELS = {
    "linear": "Linear model",
    "extra_trees": "Extra trees",
    "random_forest": "Random forest",
    "lightgbm": "Gradient boosting",
    "neural_network": "Neural network",
    "kernel": "Support vectors",
    "neighbours": "Nearest neighbours",
}
TEAM = "ensemble"  # is not searched for, but made of what was found
IMPORTED = "imported"  # tried elsewhere, as something the portal does not know
_OTHERS = {TEAM: "Team of models", IMPORTED: "Model"}
SEARCHED = tuple(FAMILY_LABELS)  # what a search tries by itself
PLAIN_FAMILIES = frozenset({"linear"})  # one formula a person can read
INTRICATE_FAMILIES = frozenset({"neural_network", "kernel", "neighbours"})  # neither formulas nor trees
DIRECTED_FAMILIES = ("lightgbm", "extra_trees", "random_forest")  # can be told that more of a number only raises it


def family_label(name: str) -> str:
    """The kind of model as a page calls it."""
    return _OTHERS.get(name) or FAMILY_LABELS.get(name, name)


def checked_families(wanted: Collection[str], *, among: Collection[str] = ()) -> tuple[str, ...]:
    """The wanted kinds in the order of `SEARCHED`; empty where nothing is left out.

    Parameters
    ----------
    among
        What there is to choose from; empty means every kind.

    Raises
    ------
    InvalidInputError
        One of them is unknown, or not among the others.
    """
    offered = [name for name in SEARCHED if not among or name in among]
    if unknown := sorted(set(wanted) - set(offered)):
        labels = ", ".join(FAMILY_LABELS[name] for name in offered)
        raise InvalidInputError(f"This search cannot try “{unknown[0]}”. Choose among: {labels}.")
    return () if set(wanted) == set(offered) else tuple(name for name in offered if name in wanted)


def describe_families(names: Collection[str]) -> str:
    """Linear model, extra trees and gradient boosting."""
    labels = [FAMILY_LABELS.get(name, name).lower() for name in names]
    return " and ".join(filter(None, (", ".join(labels[:-1]), *labels[-1:])))
