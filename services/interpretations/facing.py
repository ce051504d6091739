"""One of several classes in front: what drives its probability, beside what moves the model as a whole.

Which columns matter to a model of several classes is told by all classes together, and so is the order of its columns.
In which direction, only the probability of one class can say.
"""

from collections.abc import Sequence
from dataclasses import replace

from services.errors import ConflictError, InvalidInputError
from services.interpretations.surprises import WEAK_SHARE
from services.models.report import ClassDriver, Driver, Explanation

NO_DIRECTION = "mixed"
_UNCHOSEN = "Say first which class matters: a direction towards several at once means nothing."


def drivers_towards(explanation: Explanation, label: str | None) -> tuple[Driver, ...]:
    """The drivers of a model, strongest of all classes together first, with directions and shapes of this class.

    A column that hardly moves the class has no direction towards it, however much it moves others. The drivers stay as
    they are where nothing is known of the class.
    """
    own = _of_class(explanation, label)
    if not own:
        return explanation.drivers
    least = WEAK_SHARE * max(driver.importance for driver in own.values())
    return tuple(_facing(driver, own.get(driver.column), least) for driver in explanation.drivers)


def importances_towards(explanation: Explanation, label: str | None) -> dict[str, float]:
    """By column, how much it moves the probability of this class on average; empty where that is not known."""
    return {column: driver.importance for column, driver in _of_class(explanation, label).items()}


def chosen_class(wanted: str | None, classes: Sequence[str], current: str | None, default: str | None) -> str | None:
    """The class that somebody speaks of; None where there are no several classes.

    What is shown of a model is about this class from then on, for everybody: what one person has judged must not turn
    into something else when the next one is asked.

    Parameters
    ----------
    wanted
        What they chose.
    classes
        Those of the model; none unless directions towards them are known.
    current
        What the first who was asked has chosen: all speak of the same.
    default
        Taken where nobody chose; None where somebody must.

    Raises
    ------
    InvalidInputError
        It is no class of the model, or nobody has chosen one.
    ConflictError
        Somebody else has chosen another one.
    """
    if wanted is not None and wanted not in classes:
        raise InvalidInputError("The model does not have the class that was chosen. Choose one of its own.")
    if current is not None and wanted not in (None, current):
        raise ConflictError("Somebody has chosen another class meanwhile, and all speak of the same. Look at it first.")
    found = next((label for label in (wanted, current, default) if label is not None), None)
    if found is None and classes:
        raise InvalidInputError(_UNCHOSEN)
    return found


def _of_class(explanation: Explanation, label: str | None) -> dict[str, ClassDriver]:
    found = next((one for one in explanation.by_class if one.label == label), None)
    return {driver.column: driver for driver in found.drivers} if found else {}


def _facing(driver: Driver, own: ClassDriver | None, least: float) -> Driver:
    if own is None:
        return replace(driver, direction=NO_DIRECTION, points=())
    direction = NO_DIRECTION if own.importance < least else own.direction
    return replace(driver, direction=direction, points=own.points)
