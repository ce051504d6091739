"""A model on one page of Markdown, for whoever meets its file without the portal: what it says, how well, and what not.

What drives it is not told: whoever judges a model says first what they expect.

References
----------
Mitchell et al. (2019), Model Cards for Model Reporting, FAT* 2019.
"""

import re

from services.automl.family_names import family_label
from services.automl.metrics import METRICS
from services.models.outcomes import Outcome, outcome_at
from services.models.queries import ModelView
from services.models.report import Estimate
from services.models.sentences import describe_interval, describe_reference, describe_worth, format_score

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|<>~$:-])")
_MOST_CLASSES = 100
_NOT_FOR = (
    "It tells what goes together in the data it learned from, and not what would change if somebody acted otherwise. "
    "Rows unlike those are answered too, and nobody knows how well."
)


def write_card(model: ModelView, *, run_number: int, dataset_version: int, dataset_sha256: str, n_openings: int) -> str:
    """The card.

    Parameters
    ----------
    n_openings
        How many models were judged on the rows kept aside for this one: of many, the best looks better than it is.
    """
    parts = [
        f"# Model {model.number}: {_plain(model.name)}",
        _plain(describe_worth(model.evaluation, model.signature, _outcome(model))),
        _section("What it says", _answers(model)),
        _section("How well", _scores(model)),
        _section("What it takes", _inputs(model)),
        _section("Where it comes from", _origin(model, run_number, dataset_version, dataset_sha256, n_openings)),
        _section("What it is not for", [_NOT_FOR]),
    ]
    return "\n\n".join(parts) + "\n"


def _outcome(model: ModelView) -> Outcome | None:
    return outcome_at(model.evaluation, model.threshold.threshold if model.threshold else None)


def _answers(model: ModelView) -> list[str]:
    signature = model.signature
    target = _plain(signature.target)
    if not signature.classes:
        return [f"A number: {target}."]
    said = ", ".join(_plain(label) for label in signature.classes[:_MOST_CLASSES])
    lines = [f"The probability of each class of {target}, in this order: {said}."]
    if model.threshold is not None:
        lines.append(
            f"It acts where {_plain(str(signature.positive_label))} has a probability of at least "
            f"{model.threshold.threshold:.3g}. {_plain(model.threshold.reason)}"
        )
    elif len(signature.classes) > 2:
        lines.append("The answer is the likeliest class. There is no threshold: that is of a question of yes or no.")
    return lines


def _scores(model: ModelView) -> list[str]:
    evaluation = model.evaluation
    lines = [_plain(evaluation.split)] if evaluation.split else []
    lines += [f"- {_score(estimate)}" for estimate in evaluation.scores]
    label = METRICS[evaluation.metric].label
    lines.append(f"- {label} of a guess: {format_score(evaluation.baseline_score)}")
    outcome = _outcome(model)
    if outcome is not None and (reference := describe_reference(evaluation, outcome)):
        lines.append(_plain(reference))
    return lines


def _score(estimate: Estimate) -> str:
    label = METRICS[estimate.metric].label if estimate.metric in METRICS else estimate.metric
    value = format_score(estimate.value)
    return f"{_plain(label)}: {value}, {_plain(describe_interval(estimate))} ({estimate.n:,} rows)"


def _inputs(model: ModelView) -> list[str]:
    columns = model.signature.columns
    rows = [f"| {_plain(column.name)} | {column.kind} | {'yes' if column.nullable else 'no'} |" for column in columns]
    return ["\n".join(["| Column | Kind | Was ever missing |", "|---|---|---|", *rows])]


def _origin(model: ModelView, run_number: int, dataset_version: int, dataset_sha256: str, n_openings: int) -> list[str]:
    made = f"{model.created_at.day} {model.created_at:%B %Y}"
    many = f"{n_openings:,} models were" if n_openings > 1 else "It alone was"
    return [
        f"{family_label(model.family)}, found by run {run_number}, which {_plain(model.created_by_name)} started; "
        f"registered on {made}.",
        f"Data: version {dataset_version}, sha256 `{dataset_sha256}`. {many} judged on the rows kept aside.",
        f"Pipeline: sha256 `{model.pipeline_sha256}`. Digest of the model: `{model.digest}`.",
    ]


def _section(title: str, lines: list[str]) -> str:
    text = "\n\n".join([f"## {title}", *lines])
    return text.replace("\n\n- ", "\n- ").replace("\n- ", "\n\n- ", 1)


def _plain(text: str) -> str:
    """Text of people on one line, without markup."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
