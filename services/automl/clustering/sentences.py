"""Groups in words: whether there are any, and what that is said from."""

from collections.abc import Sequence

from services.automl.clustering.report import ByChance, Verdict
from services.automl.measured import Measured

CLEAR = 0.5  # Kaufman & Rousseeuw (1990): reasonable structure from here on
CONNECTED = 0.97
MIN_STABILITY = 0.6
_WITH = {"columns shuffled": "the columns shuffled", "one cloud": "rows of one cloud"}


def verdict_of(silhouette: float, connectedness: float, stability: float, by_chance: Sequence[ByChance]) -> Verdict:
    """Whether the rows fall into groups of their own accord, or what it is that was divided instead.

    Groups are there where none of the repeats without groups does as well, and half of the rows finds them again.
    """
    beats = {reference.name: reference.p_value <= 1 / (1 + reference.n_repeats) for reference in by_chance}
    beats_shuffled = beats.get("columns shuffled", True)
    if not beats["one cloud"]:
        return "one cloud" if beats_shuffled and "columns shuffled" in beats else "none"
    if not beats_shuffled:
        return "single columns"
    if stability < MIN_STABILITY:
        return "none"
    return "clear" if silhouette >= CLEAR or connectedness >= CONNECTED else "soft"


def describe_groups(
    verdict: Verdict,
    n_groups: int,
    silhouette: Measured,
    stability: Measured,
    by_chance: Sequence[ByChance],
    observed: float,
) -> str:
    """The finding with its numbers."""
    numbers = f"silhouette {silhouette.in_words()}, two halves of the rows agree to {stability.in_words()}"
    against = " and ".join(
        f"at most {reference.highest:.2f} in {reference.n_repeats} times with {_WITH[reference.name]}"
        for reference in by_chance
    )
    compared = f"the best silhouette is {observed:.2f} here, {against}"
    if verdict == "clear":
        return f"The rows fall into {n_groups} groups: {numbers}; {compared}."
    if verdict == "soft":
        return f"{n_groups} groups that run into each other: {numbers}; {compared}."
    if verdict == "single columns":
        return (
            "No groups beyond single columns: a column may fall apart by itself, but the columns do not go together in "
            f"groups; {compared}."
        )
    if verdict == "one cloud":
        return f"No clear groups: columns move together, but the rows form one cloud without gaps; {compared}."
    return f"No clear groups: what was found is no better than chance, or is not found again; {numbers}; {compared}."
