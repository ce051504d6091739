"""A decision between several classes, seen as one question: is somebody given one of the favourable classes, or not?

The model answers with the likeliest class. How far its likeliest favourable class leads before the likeliest of the
others, as a difference of log probabilities, is one number for each row: 0 is where the answer turns. A number added to
the lead of a group before the likeliest class is taken moves who of it is given a favourable class, and nothing else:
of the favourable classes, and of the others, it is still the likeliest that is given. A threshold on the lead is that
number with its sign turned, so that all that is known of thresholds for groups holds for several classes.

Which of the other classes somebody gets is not made equal by this. To make the shares of all classes equal at once
takes a number for each class and group, answers that are drawn by chance where two are level, and says nothing of who
is right (Denis et al. 2024); fairlearn and AIF360 have no such correction after training either.

References
----------
Denis, Elie, Hebiri & Hu (2024), Fairness guarantees in multi-class classification with demographic parity, JMLR 25.
Hardt, Price & Srebro (2016), Equality of Opportunity in Supervised Learning (thresholds by group, of two classes).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.errors import InvalidInputError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.intp]
LIKELIEST = 0.0  # the lead from which on the likeliest class is a favourable one
_MOST_NAMED, _MOST_SAID = 80, 5
_LEAST = 1e-12  # of a probability: a class that cannot be has a finite lead as well
_BEHIND = -1e-15


@dataclass(frozen=True, slots=True, eq=False)
class Leads:
    """What a model of several classes says of rows, as a question of yes or no.

    Attributes
    ----------
    leads
        By how much the likeliest favourable class leads (n,): the answer is favourable from 0 on.
    chances
        Probability that the case is one of the favourable classes (n,).
    right_if_given, right_if_not
        Whether the class that is taken then is the true one (n,).
    """

    leads: Floats
    chances: Floats
    right_if_given: Flags
    right_if_not: Flags

    @property
    def given(self) -> Flags:
        """Rows that the model gives a favourable class as it is (n,)."""
        return np.asarray(self.leads >= LIKELIEST)


def check_favourable(favourable: Sequence[str], classes: Sequence[str]) -> None:
    """Refuse what is no division of the classes in favourable ones and others.

    Raises
    ------
    InvalidInputError
        None is favourable, or all are, or one is no class of the model.
    """
    if unknown := [label for label in favourable if label not in classes]:
        raise InvalidInputError(*(f"The model has no class “{label[:_MOST_NAMED]}”." for label in unknown[:_MOST_SAID]))
    if not favourable:
        raise InvalidInputError("Say which of the classes are good to be given: without that no group is worse off.")
    if set(favourable) == set(classes):
        raise InvalidInputError("If every class is good to be given, nobody is worse off. Leave at least one out.")


def codes_of(favourable: Sequence[str], classes: Sequence[str]) -> Codes:
    """Places of the favourable classes among all, of which there is at least one more."""
    return np.array([place for place, label in enumerate(classes) if label in favourable], dtype=np.intp)


def leads_of(probabilities: Floats, codes: Codes, y: NDArray[np.int64]) -> Leads:
    """The leads of rows (n, k) with their true classes (n,).

    Where both sides are level the answer is the first of all classes, as it is where the model is used.
    """
    inside = np.isin(np.arange(probabilities.shape[1]), codes)
    others = np.flatnonzero(~inside)
    best, rest = codes[probabilities[:, codes].argmax(axis=1)], others[probabilities[:, others].argmax(axis=1)]
    rows = np.arange(len(probabilities))
    logs = np.log(np.maximum(probabilities, _LEAST))
    leads = logs[rows, best] - logs[rows, rest]
    is_level = leads == 0.0
    leads[is_level & ~inside[probabilities.argmax(axis=1)]] = _BEHIND
    return Leads(leads, probabilities[:, codes].sum(axis=1), best == y, rest == y)
