"""What was found behind an explanation, in sentences that carry their numbers: what the model does, never a cause."""

from statistics import NormalDist

from services.automl.values_in_words import share_in_words
from services.interpretations.cards import worth_of
from services.interpretations.naming import with_unit
from services.interpretations.sentences import listed
from services.stories.report import (
    Behind,
    CategoryShape,
    Cluster,
    Cohort,
    Interactions,
    NumberShape,
    Pair,
    Segment,
    SegmentEffect,
    Stability,
)
from services.stories.stability_limits import LEAST_OVERLAP, LEAST_RANK_CORRELATION
from services.stories.views import Teller

_NORMAL = NormalDist()
SHAPES_HOW = (
    "Accumulated local effects: each row is moved only within its own interval of values, so columns that go together "
    "do not take each other's credit. The band holds the effect 19 times in 20 over samples of rows like these; it "
    "does not know how another model would differ. Nothing is drawn beyond the 1% and the 99% quantile"
)
DEPENDENCE_HOW = (
    "Partial dependence: every row is set to each value, also where that value never occurs with the rest of the row. "
    "Thin lines are single rows"
)
CATEGORY_HOW = "Each row is set to each category, beside all categories as frequent as they are"
CLUSTERS_HOW = "These move together; credit is shared. Read the group before its members"
FEWEST_TOLD = 30


def describe_shape(shape: NumberShape, teller: Teller) -> str:
    """ "From 12 to 24 months of Tenure the probability that churn is Yes falls by 9 points." """
    name, scale = teller.name(shape.column), teller.scale
    if shape.largest is None:
        return f"{name.label} is known in too few rows, or has too few values, to draw a shape ({shape.n:,} rows)."
    largest = shape.largest
    start, end = name.spell(largest.start), name.spell(largest.end)
    low, high = sorted((abs(largest.low), abs(largest.high)))
    if not largest.is_clear:
        return f"Along {name.label}, {scale.subject} does not change by more than chance would explain."
    way, more = ("rises", "more") if largest.change > 0 else ("falls", "less")
    sentence = (
        f"From {start} to {end} of {name.label}, {scale.subject} {way} by {scale.spell(largest.change)} (19 times in "
        f"20 by {scale.spell(low)} to {scale.spell(high)})"
    )
    amount = worth_of(scale, abs(largest.change))
    return f"{sentence}, and acting on one case is worth {amount} {more}." if amount else f"{sentence}."


def describe_category(shape: CategoryShape, teller: Teller) -> str:
    """The categories with the highest and the lowest effect."""
    name, scale = teller.name(shape.column), teller.scale
    told = [(value.value, value.effect) for value in shape.values if value.effect is not None]
    if len(told) < 2:
        return f"Fewer than two categories of {name.label} have {FEWEST_TOLD} rows, which is too few to compare."
    (best, high), (worst, low) = told[0], told[-1]
    sentence = (
        f"With {name.label} “{best}” {scale.subject} is {scale.spell(high)} {_beside(high)} than on average, with "
        f"“{worst}” {scale.spell(low)} {_beside(low)}"
    )
    amount = worth_of(scale, high - low)
    return f"{sentence}; acting on one case is worth {amount} less there." if amount else f"{sentence}."


def describe_cluster(cluster: Cluster, teller: Teller) -> str:
    """What the group does together, beside what each member does."""
    names = [teller.name(column).label for column, _ in cluster.members]
    alone = [f"{teller.name(column).label} {teller.scale.spell(size)}" for column, size in cluster.members]
    link = cluster.weakest_link if cluster.weakest_link == cluster.strongest_link else None
    how = f"{link:.2f}" if link is not None else f"{cluster.weakest_link:.2f} to {cluster.strongest_link:.2f}"
    return (
        f"{listed(names)} move together (rank correlation {how}, either way). Together they move "
        f"{teller.scale.subject} by {teller.scale.spell(cluster.together)} on average; alone, {listed(alone)}."
    )


def describe_interactions(found: Interactions, teller: Teller) -> str:
    """The strongest pair, or that there is none."""
    if not found.pairs:
        return "No two columns do together what neither does alone: their effects simply add up."
    first = found.pairs[0]
    return f"{pair_name(first, teller)} do most together that neither does alone: {spell_pair(first, found, teller)}."


def pair_name(pair: Pair, teller: Teller) -> str:
    """ "Tenure and Contract" """
    return listed([teller.name(pair.first).label, teller.name(pair.second).label])


def spell_pair(pair: Pair, found: Interactions, teller: Teller) -> str:
    """The strength of a pair with its unit."""
    if found.unit == teller.explanation.scale:
        return f"{teller.scale.spell(pair.strength)} on average"
    return f"{pair.strength:.2g} {found.unit} on average"


def describe_stability(found: Stability) -> str:
    """Whether the order of the drivers stays where the model is fitted anew."""
    if found.moves_nothing:
        return (
            f"In none of {found.n_refits} refits any column moves what the model predicts: there is no order to judge."
        )
    how = (
        f"Over {found.n_refits} refits ({found.n_folds} parts of the rows, {found.n_seeds} random states) two orders "
        f"of the drivers agree to {found.rank_correlation:.2f} (rank correlation), and "
    )
    top = f"the {found.n_top} strongest" if found.n_top > 1 else "the strongest"
    how += f"{top} overlap to {share_in_words(found.top_overlap)}"
    if found.is_amber:
        return (
            f"{_what_moves(found)} on which rows were learned from. {how}; below {LEAST_RANK_CORRELATION:.1f} or "
            f"{share_in_words(LEAST_OVERLAP)} do not build on it."
        )
    return f"The order of the drivers stays when the model is fitted anew. {how}."


def segment_name(segment: Segment, column: str, teller: Teller) -> str:
    """ "“Two year”", "12 months to 24 months" """
    name = teller.name(column)
    if segment.low is None or segment.high is None:
        return f"“{segment.label}”"
    if segment.low == segment.high:
        return name.spell(segment.low)
    return f"{name.spell(segment.low)} to {name.spell(segment.high)}"


def describe_cohort(cohort: Cohort, teller: Teller) -> str:
    """The clearest difference of a driver between a segment and all other rows.

    Its interval is as much wider as so many looked at ask for (Bonferroni): of pure chance 1 in 20 cohorts tells one.
    """
    name, scale = teller.name(cohort.column), teller.scale
    looked_at = [
        (segment, effect) for segment in cohort.segments for effect in segment.effects if effect.column != cohort.column
    ]
    wider = _NORMAL.inv_cdf(1 - 0.025 / max(len(looked_at), 1)) / _NORMAL.inv_cdf(0.975)
    clear = [(abs(effect.difference), segment, effect) for segment, effect in looked_at if _is_clear(effect, wider)]
    if not any(segment.effects for segment in cohort.segments):
        return f"No part by {name.label} has {FEWEST_TOLD} of the rows that were explained, so nothing is compared."
    if not clear:
        return f"By {name.label}, no other driver matters clearly more or less in one part than in the rest."
    _, segment, effect = max(clear, key=lambda one: one[0])
    return (
        f"Where {name.label} is {segment_name(segment, cohort.column, teller)}, {teller.name(effect.column).label} "
        f"moves {scale.subject} by {scale.spell(effect.size)}, {_apart(effect, teller)} ({segment.n:,} rows)."
    )


def _is_clear(effect: SegmentEffect, wider: float) -> bool:
    low = effect.difference - wider * (effect.difference - effect.low)
    high = effect.difference + wider * (effect.high - effect.difference)
    return low > 0 or high < 0


def describe_behind(behind: Behind, teller: Teller) -> str:
    """The finding of the page: whether what drives the model can be relied on."""
    if behind.stability.moves_nothing:
        return "No column moves what this model predicts, also when it is fitted anew"
    if behind.stability.is_amber:
        return f"{_what_moves(behind.stability)} on which rows the model learned from"
    steadiest, explained = _steadiest(behind), teller.explanation.drivers[:1]
    if steadiest is None or [driver.column for driver in explained] != [steadiest]:
        return "The order of the drivers stays when the model is fitted anew"
    label = teller.name(steadiest).label
    return f"{label[:1].upper()}{label[1:]} stays the strongest driver when the model is fitted anew"


def spell_prediction(value: float, teller: Teller) -> str:
    """ "63%" of a chance, else a number with its unit."""
    return f"{value:.0f}%" if teller.scale.is_probability else with_unit(float(f"{value:.4g}"), teller.scale.unit)


def _what_moves(found: Stability) -> str:
    """What of the order depends on the rows: where the strongest stay, only what comes after them."""
    if found.top_overlap < LEAST_OVERLAP:
        return "Which drivers are the strongest depends"
    return "The strongest drivers stay, but the order of the others depends"


def _steadiest(behind: Behind) -> str | None:
    """The column that is the strongest in every refit, beyond the reach of all others."""
    columns = behind.stability.columns
    is_ahead = len(columns) > 1 and columns[0].lowest > max(column.highest for column in columns[1:])
    return columns[0].column if is_ahead else None


def _apart(effect: SegmentEffect, teller: Teller) -> str:
    way = "more" if effect.difference > 0 else "less"
    low, high = sorted((abs(effect.low), abs(effect.high)))
    between = f"by {teller.scale.spell(low)} to {teller.scale.spell(high)}"
    return f"{teller.scale.spell(effect.difference)} {way} than elsewhere ({between})"


def _beside(effect: float) -> str:
    return "higher" if effect >= 0 else "lower"
