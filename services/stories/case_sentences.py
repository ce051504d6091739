"""The story of a case in sentences: how close it is, why, what the model would say otherwise, and who went wrong."""

from services.automl.sentences import count_of
from services.interpretations.cards import worth_of
from services.interpretations.sentences import listed
from services.stories.case_report import CaseStory, Counterfactual, Reason
from services.stories.obstacles import NOT_FOUND
from services.stories.sentences import spell_prediction
from services.stories.views import Teller

NOT_ADVICE = (
    "What the model would say, not advice: it goes by what happened together in the data, and does not know what would "
    "follow if somebody changed it."
)


def describe_call(story: CaseStory, teller: Teller) -> str:
    """What the model says of the case, beside what is typical and beside the threshold."""
    said, usual = spell_prediction(story.prediction, teller), spell_prediction(story.base_value, teller)
    subject = f"a probability of {story.answer} of {said}" if story.answer else f"{teller.target.label} of {said}"
    sentence = f"The model gives row {story.row:,} {subject}, where {usual} is typical"
    if story.distance is None:
        return f"{sentence}."
    side = "above" if story.distance >= 0 else "below"
    apart = f"{sentence}: {teller.scale.spell(story.distance)} {side} the threshold"
    amount = worth_of(teller.scale, abs(story.distance))
    worth = "more" if story.distance >= 0 else "less"
    return f"{apart}, so acting on it is worth {amount} {worth} than at the threshold." if amount else f"{apart}."


def describe_closeness(story: CaseStory, teller: Teller) -> str:
    """Whether a refit might well decide otherwise; empty where nothing is decided."""
    if story.distance is None:
        return ""
    if story.noise is None:
        return f"How close the call is cannot be said: {story.n_refits} refits are too few."
    noise = teller.scale.spell(story.noise)
    if story.is_close:
        return (
            f"A close call: {story.n_refits} refits on other rows differ by {noise} about it (standard deviation), so "
            "another sample of the data might well have decided otherwise. A person should look."
        )
    return f"Not a close call: {story.n_refits} refits on other rows differ by {noise} about it (standard deviation)."


def describe_reason(reason: Reason, teller: Teller) -> str:
    """ "Debt to income is 48%, typically 29%: 9 points, counted together with Rent, with which it moves" """
    name = teller.name(reason.column)
    value, typical = _spelled(reason.value, reason.column, teller), _spelled(reason.typical, reason.column, teller)
    beside = "as is typical" if reason.value == reason.typical else f"typically {typical}"
    along = [teller.name(column).label for column in reason.along]
    together = f", counted together with {listed(along)}, with which it moves" if along else ""
    return f"{name.label} is {value}, {beside}: {teller.scale.spell(reason.effect)}{together}"


def describe_reasons(story: CaseStory) -> str:
    """What the reasons are reasons for."""
    way = "above" if story.is_towards else "below"
    line = "the threshold" if story.threshold is not None else "what is typical"
    what = f"the probability of {story.answer}" if story.answer and story.threshold is None else "it"
    if not story.reasons:
        return f"No column moves {what} {way} {line} by itself."
    return f"What moves {what} {way} {line} most, strongest first"


def describe_counterfactual(found: Counterfactual, teller: Teller) -> str:
    """ "Were Tenure 24 months instead of 3, the model would say 41%." """
    changes = [
        f"{teller.name(change.column).label} {_spelled(change.after, change.column, teller)} instead of "
        f"{_spelled(change.before, change.column, teller)}"
        for change in found.changes
    ]
    finder = f" Found by {found.found_by}." if found.found_by else ""
    return f"Were {listed(changes)}, the model would say {spell_prediction(found.prediction, teller)}.{finder}"


def describe_second_search(story: CaseStory) -> str:
    """What another library's search came to, or what installing one would add; empty where no way was looked for."""
    second = story.second
    if second is None:
        if not story.counterfactuals and story.obstacle != NOT_FOUND:
            return ""
        return (
            "With the extra `dice-ml` installed where workers run, each case told from then on has a second search "
            "beside it, by others' code: the random search of DiCE."
        )
    if second.trouble:
        return f"{second.name} was asked for ways as well, but {second.trouble}."
    if not second.n_proposed:
        return f"{second.name} was asked for ways as well, and proposed none."
    proposed = f"{second.name} proposed {count_of(second.n_proposed, 'way')}"
    if not second.n_holding:
        return (
            f"{proposed}; none holds: with at most three changes, none crosses the threshold and leads to a case like "
            "those the model knows."
        )
    held = f"{proposed}; {second.n_holding} {'holds' if second.n_holding == 1 else 'hold'}"
    if not second.n_new:
        return f"{held}; none of them is new: each changes every column that a way of the portal's own search changes."
    n_shown = sum(bool(found.found_by) for found in story.counterfactuals)
    n_new = f"{count_of(second.n_new, 'way')} {'is' if second.n_new == 1 else 'are'} new"
    new = f"{held}. Without what they do not need, {n_new}"
    if not n_shown:
        return f"{new}: with more changes than the ways above, or farther from today."
    return f"{new}, told above." if n_shown == second.n_new else f"{new}; {n_shown} of them told above."


def describe_similar(story: CaseStory, teller: Teller) -> str:
    """The most similar case that went wrong, with what happened."""
    similar = story.similar
    if similar is None:
        return "No case is known about which a model that had not seen it was wrong."
    said = spell_prediction(similar.said, teller)
    told = f"a probability of {similar.said_answer} of {said}" if similar.said_answer else said
    if isinstance(similar.happened, str):
        happened = f"{teller.target.label} was “{similar.happened}”"
    else:
        happened = f"it was {spell_prediction(similar.happened, teller)}"
    kind = "were wrong" if similar.said_answer else "had errors among the largest tenth"
    return (
        f"Row {similar.row:,} is {similar.likeness:.0%} alike over the columns of the model. A copy of the model that "
        f"had not seen it said {told}, and {happened}. Of {similar.n_judged:,} cases so judged, {similar.n_wrong:,} "
        f"{kind}."
    )


def _spelled(value: str | float | None, column: str, teller: Teller) -> str:
    return "missing" if value is None else teller.name(column).spell(value)
