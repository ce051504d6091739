"""From the winner of a search to a model: refitted, judged once on the hold-out, explained, exported."""

import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from services.automl.candidates import Candidate
from services.automl.ensemble import Limits
from services.automl.errors import TrialFailedError
from services.automl.families import family_named, view_of
from services.automl.family_names import family_label
from services.automl.halves import learn_from_halves
from services.automl.measures import serving_cost
from services.automl.preparation import Preparation
from services.automl.serving_limits import ServingCost
from services.automl.training import fit_pipeline, new_pipeline, predict
from services.automl.voting import team_of
from services.models.choosing import Choice, Tried, choose, no_model_keeps
from services.models.evaluation import Judged, evaluate
from services.models.explanation import explain
from services.models.export import Twin, export_twin
from services.models.money_evaluation import choose_threshold
from services.models.onnx_scoring import OnnxScorer
from services.models.pipeline_file import dump_pipeline, is_allowed
from services.models.plain_rules import compare_with_plain
from services.models.report import Evaluation, Explanation
from services.models.row_effects import RowEffects, dump_row_effects
from services.models.signature import Signature
from services.models.signature_building import build_signature

Floats = NDArray[np.float64]
_N_LATENCY_CALLS = 20
TEAM_LIMITS = Limits(row_ms=40.0, size_bytes=100e6)
MOST_SECONDS_OF_ALL, _MARGIN = 450.0, 1.5  # to learn from the rows beyond a sample too, and of an expected time


@dataclass(frozen=True)
class FinishedModel:
    """A model with everything that is stored about it.

    Attributes
    ----------
    pipeline
        Fitted on every row outside the hold-out; gives positions in `signature.classes`.
    learns_from_all
        Whether these include the rows that the search did not look at.
    threshold
        Score to act from, chosen out of fold; None unless the question is yes or no.
    onnx
        The verified twin, or None for `onnx_reason`.
    members
        The candidates it is made of, with their weights.
    row_effects
        The file of `services.models.row_effects`.
    """

    pipeline: Pipeline
    family: str
    threshold: float | None
    evaluation: Evaluation
    explanation: Explanation
    signature: Signature
    onnx: bytes | None
    onnx_reason: str | None
    pipeline_file: bytes
    members: tuple[tuple[Candidate, float], ...] = ()
    row_effects: bytes | None = None
    learns_from_all: bool = False


def finish(preparation: Preparation, ranked: Sequence[Tried], limits: Limits = TEAM_LIMITS) -> FinishedModel:
    """Make a model of the best candidate, or of a team where that is clearly worth more.

    Parameters
    ----------
    ranked
        Candidates, best first. The next one is taken where one cannot be fitted to all rows.
    limits
        What a team may cost to answer one row and to keep.

    Raises
    ------
    TrialFailedError
        None of the candidates could be fitted, none can be stored as data, or none keeps the limits of the objective.
    """
    refitted = _refit(preparation, choose(preparation, ranked, limits), limits)
    choice, pipeline = refitted.choice, refitted.pipeline
    fold_predictions = choice.predictions
    threshold, origin = choose_threshold(preparation, fold_predictions)
    signature = build_signature(preparation, with_rest=refitted.learns_from_all)
    twin = export_twin(pipeline, signature, preparation.train.x, seed=preparation.seed)
    signature = replace(signature, onnx_inputs=twin.inputs)
    answers = predict(pipeline, preparation.holdout.x, len(preparation.classes))
    judged = Judged(answers, fold_predictions, threshold, origin)
    evaluation = evaluate(preparation, judged, measure_latency(pipeline, twin, signature, preparation))
    explanation, rows = _explain(pipeline, choice.family, preparation, threshold)
    return FinishedModel(
        pipeline=pipeline,
        family=choice.family,
        threshold=threshold,
        evaluation=replace(
            evaluation,
            n_train=refitted.n_learned,
            split=f"{evaluation.split} {refitted.sentence}".strip(),
            plain=compare_with_plain(preparation, fold_predictions),
            more_rows=learn_from_halves(preparation, choice.members, fold_predictions),
        ),
        explanation=explanation,
        signature=signature,
        onnx=twin.content,
        onnx_reason=twin.reason,
        pipeline_file=refitted.content,
        members=choice.members,
        row_effects=dump_row_effects(rows),
        learns_from_all=refitted.learns_from_all,
    )


def measure_latency(pipeline: Pipeline, twin: Twin, signature: Signature, preparation: Preparation) -> dict[str, float]:
    """Median milliseconds for one row, by "pipeline" and, where there is a twin, by "onnx"."""
    row = preparation.train.x.head(1)
    latency = {"pipeline": _median_ms(lambda: predict(pipeline, row, len(preparation.classes)))}
    if twin.content is not None:
        scorer = OnnxScorer(twin.content, signature)
        latency["onnx"] = _median_ms(lambda: scorer.predict(row))
    return latency


def fit_members(
    preparation: Preparation, members: Sequence[tuple[Candidate, float]], *, with_rest: bool = False
) -> Pipeline:
    """One candidate, or a team of several with their weights, fitted to all rows outside the hold-out.

    Parameters
    ----------
    with_rest
        Whether rows that the search did not look at are learned from as well.
    """
    x, y, rest = preparation.train.x, preparation.train.y, preparation.rest
    if with_rest and rest is not None:
        x, y = pd.concat([x, rest.x], ignore_index=True), np.concatenate([y, rest.y])
    fitted = [
        (view_of(candidate), fit_pipeline(new_pipeline(preparation, candidate), candidate, x, y), weight)
        for candidate, weight in members
    ]
    return team_of(fitted, range(len(preparation.classes)))


@dataclass(frozen=True)
class _Refitted:
    choice: Choice
    pipeline: Pipeline
    content: bytes
    n_learned: int
    learns_from_all: bool = False

    @property
    def sentence(self) -> str:
        """That it has learned from more than the search; empty where it has not."""
        return f"The model has learned from all {self.n_learned:,} others that it may." if self.learns_from_all else ""


def _refit(preparation: Preparation, choices: Sequence[Choice], limits: Limits) -> _Refitted:
    """The first choice that can be fitted to all rows outside the hold-out, stored, and then keeps the limits."""
    unstored = ""
    beyond: list[tuple[str, ServingCost]] = []
    for choice in choices:
        started = time.monotonic()
        try:
            pipeline = fit_members(preparation, choice.members)
        except TrialFailedError:
            continue
        seconds = time.monotonic() - started
        content = dump_pipeline(pipeline)
        if not is_allowed(content):
            name = family_label(choice.family)
            unstored = f" {name} holds parts that are not allowed in a model file, so it cannot be kept."
            continue
        if (cost := _cost_beyond(preparation, pipeline, content)) is not None:
            beyond.append((family_label(choice.family), cost))
            continue
        return _with_rest(preparation, _Refitted(choice, pipeline, content, len(preparation.train)), limits, seconds)
    if beyond:
        raise TrialFailedError(no_model_keeps(preparation.limits, beyond))
    raise TrialFailedError(
        f"None of the models could be fitted to all rows and stored.{unstored} Give the search more time or memory, or "
        "let it try other kinds of model."
    )


def _cost_beyond(preparation: Preparation, pipeline: Pipeline, content: bytes) -> ServingCost | None:
    """What it costs, where that is beyond a limit of the objective."""
    if not preparation.limits.is_any:
        return None
    cost = serving_cost(pipeline, preparation.train.x, preparation.task, file_bytes=len(content))
    return cost if preparation.limits.breach(cost) is not None else None


def _with_rest(preparation: Preparation, fitted: _Refitted, limits: Limits, seconds: float) -> _Refitted:
    """The same, having learned from what the search did not look at too, where that takes little enough.

    Parameters
    ----------
    seconds
        That fitting to the rows of the search took.
    """
    if preparation.rest is None:
        return fitted
    n, n_all = len(preparation.train), len(preparation.train) + len(preparation.rest)
    most_bytes = max(limits.size_bytes, 1.5 * len(fitted.content))
    grows = any(family_named(candidate.family).rounds is None for candidate, _ in fitted.choice.members)
    if _MARGIN * seconds * n_all / n > MOST_SECONDS_OF_ALL or (grows and len(fitted.content) * n_all / n > most_bytes):
        return fitted
    try:
        pipeline = fit_members(preparation, fitted.choice.members, with_rest=True)
        content = dump_pipeline(pipeline)
    except (TrialFailedError, MemoryError):
        return fitted
    is_too_much = len(content) > most_bytes or _cost_beyond(preparation, pipeline, content) is not None
    if is_too_much or not is_allowed(content):
        return fitted
    return _Refitted(fitted.choice, pipeline, content, n_all, learns_from_all=True)


def _explain(
    pipeline: Pipeline, family: str, preparation: Preparation, threshold: float | None
) -> tuple[Explanation, RowEffects]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # encoded matrices have no column names
        return explain(pipeline, family, preparation, threshold)


def _median_ms(call: Callable[[], object]) -> float:
    seconds = []
    for _ in range(_N_LATENCY_CALLS):
        started = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - started)
    return float(np.median(seconds)) * 1_000
