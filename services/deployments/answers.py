"""From scores to an answer a person or a program can act on."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.deployments.errors import ModelDamagedError
from services.models.signature import Signature

Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Answers:
    """One answer per row, as columns.

    Attributes
    ----------
    predictions
        The most likely class, or the predicted number.
    probabilities
        By class, the probability of each row; empty for a regression.
    decisions
        For a yes-or-no model: whether to act, at the approved threshold. None otherwise.
    """

    predictions: tuple[str, ...] | tuple[float, ...]
    probabilities: dict[str, tuple[float, ...]]
    decisions: tuple[bool, ...] | None

    def columns(self) -> Iterator[tuple[str, tuple[str, ...] | tuple[float, ...] | tuple[bool, ...]]]:
        """The columns of the answer with the names an interface shows: prediction, probability_<class>, decision."""
        yield "prediction", self.predictions
        for name, values in self.probabilities.items():
            yield f"probability_{name}", values
        if self.decisions is not None:
            yield "decision", self.decisions


def to_answers(signature: Signature, scores: Scores, threshold: float | None) -> Answers:
    """Answers from scores: (n, k) class probabilities in the order of `signature.classes`, or (n,) numbers.

    Raises
    ------
    ModelDamagedError
        The scores do not fit the signature or are not finite.
    """
    if not np.isfinite(scores).all():
        raise ModelDamagedError("The model gave an answer that is not a number. Tell the person who trained it.")
    if not signature.classes:
        return Answers(tuple(float(value) for value in scores.reshape(-1)), {}, None)
    if scores.ndim != 2 or scores.shape[1] != len(signature.classes):
        raise ModelDamagedError("The model does not give one probability per class. Tell the person who trained it.")
    likeliest = scores.argmax(axis=1)
    return Answers(
        predictions=tuple(signature.classes[index] for index in likeliest),
        probabilities={
            name: tuple(float(value) for value in scores[:, index]) for index, name in enumerate(signature.classes)
        },
        decisions=_decisions(signature, scores, threshold),
    )


def _decisions(signature: Signature, scores: Scores, threshold: float | None) -> tuple[bool, ...] | None:
    if threshold is None or signature.positive_label is None:
        return None
    positive = scores[:, signature.classes.index(signature.positive_label)]
    return tuple(bool(value >= threshold) for value in positive)
