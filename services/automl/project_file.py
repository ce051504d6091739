"""A run as a file: everything that decides what its models are, to make them again with one command."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import yaml

from services.automl.amounts import columns_of_formula
from services.automl.candidates import Candidate
from services.automl.errors import UnusableDataError
from services.automl.money import MoneyGoal
from services.automl.views import RunView
from services.datasets.views import Dataset
from services.valuation.payoffs import PayoffMatrix
from services.valuation.row_amounts import AmountRule

FORMAT = 1
MAX_BYTES = 20 * 1024 * 1024
_STORED = ("int64", "float64", "str", "datetime")


@dataclass(frozen=True)
class TriedCandidate:
    """A candidate and what it reached."""

    number: int
    candidate: Candidate
    score: float
    value: float | None = None


@dataclass(frozen=True)
class RunProject:
    """What a project file says.

    Attributes
    ----------
    types
        The type of each column in the stored table: the target, the inputs, and what amounts of rows are computed from.
    directions
        By column, whether the answer may only rise (1) or only fall (-1) with it, as levers demand.
    split_sha256
        The name of the split (`services.automl.circumstances.Split`); None where the run did not write it down.
    members
        Number and weight of each candidate that the model is made of; empty where that was not written down.
    holdout_score
        What the model scored on the rows kept aside; None where there is no model.
    learns_from_all
        Whether the model has learned from rows that the search did not look at.
    """

    name: str
    file: str
    dataset_version: int
    table_sha256: str
    target: str
    positive_label: str | None
    task: str
    metric: str
    columns: tuple[str, ...]
    types: Mapping[str, str]
    seed: int
    split_sha256: str | None
    n_trials: int
    seconds: float
    money: MoneyGoal | None
    environment: Mapping[str, Any]
    candidates: tuple[TriedCandidate, ...] = ()
    split: Mapping[str, Any] = field(default_factory=dict)
    directions: Mapping[str, int] = field(default_factory=dict)
    members: tuple[tuple[int, float], ...] = ()
    holdout_score: float | None = None
    learns_from_all: bool = False


def run_project(
    run: RunView,
    dataset: Dataset,
    types: Mapping[str, str],
    *,
    name: str,
    money: MoneyGoal | None,
    holdout_score: float | None,
) -> RunProject:
    """The project of a run that has ended."""
    assert dataset.target is not None
    goal, model = money if run.task == "binary" else None, run.circumstances.get("model", {})
    priced_by = columns_of_formula(goal.amounts.formula, types) if goal and goal.amounts else ()
    return RunProject(
        name=name,
        file=dataset.file_name,
        dataset_version=dataset.version,
        table_sha256=dataset.table_sha256,
        target=dataset.target,
        positive_label=dataset.positive_label,
        task=run.task,
        metric=run.metric,
        columns=dataset.feature_columns,
        types={column: types[column] for column in (*dataset.feature_columns, dataset.target, *priced_by)},
        seed=run.seed,
        split_sha256=run.circumstances.get("split", {}).get("sha256"),
        n_trials=run.n_trials_budget,
        seconds=run.budget_seconds,
        money=goal,
        environment=run.circumstances.get("environment", {}),
        candidates=tuple(
            TriedCandidate(
                trial.number, Candidate(trial.family, dict(trial.parameters)), trial.score, trial.value_amount
            )
            for trial in run.complete_trials
            if trial.score is not None
        ),
        split=dict(run.split),
        directions=dict(run.all_directions),
        members=tuple((int(number), float(weight)) for number, weight in model.get("members", ())),
        holdout_score=holdout_score,
        learns_from_all=bool(model.get("learns_from_all")),
    )


def write_project(project: RunProject) -> str:
    """The project as YAML."""
    used = {*project.columns, project.target}
    priced_by = [{"name": name, "type": kind} for name, kind in project.types.items() if name not in used]
    document = {
        "portal": FORMAT,
        "run": project.name,
        "data": {
            "file": project.file,
            "version": project.dataset_version,
            "table_sha256": project.table_sha256,
            "columns": [{"name": name, "type": project.types[name]} for name in project.columns],
            **({"priced_by": priced_by} if priced_by else {}),
        },
        "target": {"name": project.target, "type": project.types[project.target], "positive": project.positive_label},
        "task": project.task,
        "metric": project.metric,
        "seed": project.seed,
        "split": {**project.split, "sha256": project.split_sha256},
        "budget": {"variants": project.n_trials, "seconds": project.seconds},
        "payoffs": _money_document(project.money),
        "directions": dict(project.directions),
        "environment": dict(project.environment),
        "model": {
            "members": [{"number": number, "weight": weight} for number, weight in project.members],
            "holdout_score": project.holdout_score,
            **({"learns_from_all": True} if project.learns_from_all else {}),
        },
        "candidates": [
            {
                "number": tried.number,
                "family": tried.candidate.family,
                "parameters": dict(tried.candidate.parameters),
                "score": tried.score,
                "value": tried.value,
            }
            for tried in project.candidates
        ],
    }
    head = "# Makes this run again: python -m portal recreate project.yml --train FILE --out report.json\n"
    text: str = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)
    return head + text


def read_project(text: str) -> RunProject:
    """The project that `write_project` wrote.

    Raises
    ------
    UnusableDataError
        It is no such file, or says something that cannot be; the sentence names what.
    """
    if len(text) > MAX_BYTES:
        raise UnusableDataError("The project file is larger than 20 MB. Take the one that the page of the run gives.")
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError:
        raise UnusableDataError("The project file cannot be read as YAML.") from None
    if not isinstance(document, dict) or document.get("portal") != FORMAT:
        raise UnusableDataError(
            f"This is no project file of format {FORMAT}. Take the one that the page of the run gives."
        )
    try:
        return _project_of(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnusableDataError(f"The project file lacks or misspells a part ({error}). Take a fresh one.") from None


def _project_of(document: Mapping[str, Any]) -> RunProject:
    data, target = document["data"], document["target"]
    columns = tuple(str(column["name"]) for column in data["columns"])
    read = (*data["columns"], target, *data.get("priced_by", ()))
    types = {str(column["name"]): _checked_type(column["type"]) for column in read}
    split = dict(document["split"])
    split_sha256 = split.pop("sha256", None)
    candidates = _candidates_of(document["candidates"])
    return RunProject(
        name=str(document["run"]),
        file=str(data["file"]),
        dataset_version=int(data["version"]),
        table_sha256=str(data["table_sha256"]),
        target=str(target["name"]),
        positive_label=None if target["positive"] is None else str(target["positive"]),
        task=str(document["task"]),
        metric=str(document["metric"]),
        columns=columns,
        types=types,
        seed=int(document["seed"]),
        split_sha256=split_sha256,
        n_trials=int(document["budget"]["variants"]),
        seconds=float(document["budget"]["seconds"]),
        money=_money_of(document["payoffs"]),
        environment=dict(document["environment"] or {}),
        candidates=candidates,
        split=split,
        directions={str(name): int(value) for name, value in (document.get("directions") or {}).items()},
        members=_members_of(document["model"]["members"], candidates),
        holdout_score=_number(document["model"]["holdout_score"]),
        learns_from_all=bool(document["model"].get("learns_from_all")),
    )


def _members_of(
    documents: Sequence[Mapping[str, Any]], candidates: Sequence[TriedCandidate]
) -> tuple[tuple[int, float], ...]:
    members = tuple((int(found["number"]), float(found["weight"])) for found in documents)
    known = {tried.number for tried in candidates}
    if unknown := [number for number, _ in members if number not in known]:
        raise ValueError(f"the model has a member {unknown[0]} that is no candidate")
    return members


def _candidates_of(documents: Sequence[Mapping[str, Any]]) -> tuple[TriedCandidate, ...]:
    return tuple(
        TriedCandidate(
            int(found["number"]),
            Candidate(str(found["family"]), dict(found["parameters"])),
            float(found["score"]),
            _number(found["value"]),
        )
        for found in documents
    )


def _money_document(money: MoneyGoal | None) -> dict[str, Any] | None:
    if money is None:
        return None
    payoffs = money.payoffs
    return {
        "currency": money.currency,
        "true_positive": payoffs.true_positive,
        "false_positive": payoffs.false_positive,
        "false_negative": payoffs.false_negative,
        "true_negative": payoffs.true_negative,
        "base_rate": money.base_rate,
        "cases_per_month": money.cases_per_month,
        "capacity_rate": money.capacity_rate,
        **({"amounts": asdict(money.amounts)} if money.amounts else {}),
    }


def _money_of(document: Mapping[str, Any] | None) -> MoneyGoal | None:
    if document is None:
        return None
    names = ("true_positive", "false_positive", "false_negative", "true_negative")
    return MoneyGoal(
        payoffs=PayoffMatrix(**{name: float(document[name]) for name in names}),
        base_rate=_number(document["base_rate"]),
        cases_per_month=float(document["cases_per_month"]),
        capacity_rate=_number(document["capacity_rate"]),
        currency=str(document["currency"]),
        amounts=_amounts_of(document.get("amounts")),
    )


def _amounts_of(document: Mapping[str, Any] | None) -> AmountRule | None:
    if document is None:
        return None
    usual, rate = _number(document["usual_amount"]), _number(document["success_rate"])
    if usual is None or rate is None:
        raise ValueError("the amounts of rows lack the usual one")
    return AmountRule(str(document["formula"]), usual, rate)


def _number(value: Any) -> float | None:
    if value is None:
        return None
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value} is not a number")
    return number


def _checked_type(stored: Any) -> str:
    if stored not in _STORED:
        raise ValueError(f"{stored} is no type of a column")
    return str(stored)
