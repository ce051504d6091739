"""What an expectation, its surprises and the decision say, in sentences."""

from collections.abc import Mapping, Sequence

from services.interpretations.acceptance import DISPUTED, STALE, Verdict
from services.interpretations.agreement import Agreement, modelled_direction
from services.interpretations.cards import Scale
from services.interpretations.expectations import UNKNOWN, Expected
from services.interpretations.naming import ColumnName
from services.interpretations.surprises import Kind, Surprise
from services.models.report import Driver

NOT_A_CAUSE = "A driver is not a cause: it says what the model uses, not what would change the outcome."
STATES = {
    "": "Nobody has decided yet whether this model is understood.",
    Verdict.ACCEPTED: "The interpretability of this model is accepted.",
    Verdict.NOT_ACCEPTED: "The interpretability of this model is not accepted.",
    STALE: "The decision about interpretability is stale: the explanation or the model is no longer what was judged.",
    DISPUTED: "Somebody has said no since the interpretability was accepted. Answer it, and the acceptance holds.",
}


def describe_newer(model_number: int, newer_number: int) -> str:
    """What a decision about a model says of a newer one."""
    return f"It is about model {model_number} alone. Model {newer_number} is newer and needs a decision of its own."


def describe_agreement(found: Agreement) -> str:
    """How many columns and directions were right, beside what chance would have given."""
    if found.overlap is None or found.by_chance is None:
        return "No column moves what this model predicts, so there is nothing an expectation could agree with."
    named = f"{found.n_found} of the {found.n_expected} columns you expected {'is' if found.n_found == 1 else 'are'}"
    if found.n_expected == 1:
        named = f"The one column you expected {'is' if found.n_found else 'is not'}"
    sentence = (
        f"{named} among the model’s {found.n_important} most important of {found.n_columns}. Weighted by rank you "
        f"agree to {found.overlap:.0%}; columns drawn at random would agree to {found.by_chance:.0%}."
    )
    if not found.n_directions:
        return f"{sentence} No direction can be compared."
    noun = "direction" if found.n_directions == 1 else "directions"
    return f"{sentence} {found.n_right} of {found.n_directions} {noun} that can be compared agree{_s(found.n_right)}."


def describe_expected(one: Expected, name: ColumnName, what: str = "it") -> str:
    """ "Tenure lowers it", "Contract matters" where no direction was said; `what` is what is raised or lowered."""
    return f"{name.label} matters" if one.direction == UNKNOWN else f"{name.label} {one.direction} {what}"


def describe_class(target: str, label: str, name: str | None, shown: str | None, *, is_skipped: bool = False) -> str:
    """Which of several classes all speak of, who chose it, and which one single rows are about.

    Parameters
    ----------
    name
        Who chose it; None where nobody has, and it is the one that the explanation shows.
    shown
        The class that single rows are explained towards; None where nobody is to see that yet.
    is_skipped
        Whether it is what was shown to somebody who skipped the question.
    """
    chosen = f"{name} chose the class that matters" if name else "Nobody has chosen the class that matters"
    if is_skipped:
        chosen = f"{name} skipped the question, and what was shown then holds for everybody"
    what = f"directions are those towards “{target} is {label}”"
    if name is None:
        return f"{chosen}: {what}, the most frequent one."
    apart = "" if shown in (None, label) else f" Single rows are explained towards the most frequent one, “{shown}”."
    return f"{chosen}: {what}.{apart}"


def describe_surprise(
    surprise: Surprise, drivers: Sequence[Driver], names: Mapping[str, ColumnName], scale: Scale
) -> str:
    """What was expected and what the model does, with the numbers."""
    places = {driver.column: place for place, driver in enumerate(drivers, start=1)}
    driver = drivers[places[surprise.column] - 1] if surprise.column in places else None
    label, who = _label(names, surprise.column), listed(surprise.who)
    if driver is None:
        return f"{who} expected {label} to matter; the model does not use it."
    rank = f"number {places[surprise.column]} of {len(drivers)}"
    if surprise.kind is Kind.OPPOSITE:
        does = modelled_direction(driver)
        other = "lowers" if does == "raises" else "raises"
        return f"{who} expected that more {label} {other} {scale.subject}; in the model it {does} it."
    moved = f"it moves {scale.moved} by {scale.spell(driver.importance)} on average, {rank}"
    if surprise.kind is Kind.WEAK:
        return f"{who} expected {label} to matter; {moved}."
    return f"Nobody expected {label}, yet {moved}."


def describe_important(names: Sequence[str]) -> str:
    """ "Contract, Tenure and Calls move the prediction most"."""
    if not names:
        return "No column moves the prediction"
    named = listed(names[:3])
    return f"{named[:1].upper()}{named[1:]} move{'s' if len(names) == 1 else ''} the prediction most"


def listed(names: Sequence[str]) -> str:
    """Names in a row: "Ana, Tomás and Maren"; "Nobody" for none."""
    if not names:
        return "Nobody"
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def _s(n: int) -> str:
    return "s" if n == 1 else ""


def _label(names: Mapping[str, ColumnName], column: str) -> str:
    return names[column].label if column in names else column
