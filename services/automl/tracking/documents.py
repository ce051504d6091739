"""A run and its variants as a tracking server has them, cleaned: what comes from outside is data, and never markup."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.automl.family_names import FAMILY_LABELS, IMPORTED

PREFIX = "drivetrain."
EXPORT = "automl.export"  # kinds of job
IMPORT = "automl.import"
MEASURES = ("latency_ms", "batch_latency_ms", "size_bytes", "peak_memory_mb", "fairness_gap")
INTERVALS = ("score_low", "score_high", "value_low", "value_high")
_RUN_ID = re.compile(r"[A-Za-z0-9_\-]{1,64}")
_NAME = re.compile(r"[\w.\- ]{1,60}")
_NOT_PLAIN = re.compile(r"[^\w .,:;+\-/=()]")
_LONGEST_TEXT, _MOST_PARAMETERS = 100, 100


@dataclass(frozen=True)
class ImportedTrial:
    """A variant as MLflow has it."""

    source_id: str
    family: str
    parameters: Mapping[str, Any]
    state: str
    score: float | None
    value_amount: float | None
    fold_scores: tuple[float, ...]
    seconds: float | None
    failure: str | None
    measures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class ImportedFile:
    """A file that was taken over: its bytes are kept by their hash."""

    name: str
    sha256: str
    n_bytes: int


@dataclass(frozen=True)
class ImportedRun:
    """A run as MLflow has it.

    Attributes
    ----------
    address
        Of the server.
    dataset_sha256, valuation_sha256
        Name the version of the data and of the payoffs; None where nobody wrote them down.
    files, file_problems
        Files of its model that were taken over, and in a sentence each why others were not.
    """

    address: str
    source_id: str
    name: str
    metric: str
    seed: int
    dataset_sha256: str | None
    valuation_sha256: str | None
    environment: Mapping[str, Any]
    split: Mapping[str, Any]
    trials: tuple[ImportedTrial, ...]
    files: tuple[ImportedFile, ...] = ()
    file_problems: tuple[str, ...] = ()


def is_run_id(text: str) -> bool:
    """Whether this may be the id of a run: letters, numbers, hyphens."""
    return bool(_RUN_ID.fullmatch(text))


def known_family(name: str | None) -> str:
    """The kind of model, if it is one of the portal's."""
    return name if name in FAMILY_LABELS else IMPORTED


def clean_parameters(values: Mapping[str, Any]) -> dict[str, Any]:
    """Names and plain values, numbers in text as numbers; what is neither is left out."""
    named = [(key, _plain(value)) for key, value in values.items() if _NAME.fullmatch(str(key))]
    return {str(key): value for key, value in named[:_MOST_PARAMETERS] if value is not None}


def clean_text(text: Any, longest: int = _LONGEST_TEXT) -> str:
    """One line of letters, numbers and plain signs."""
    return " ".join(_NOT_PLAIN.sub(" ", str(text)).split())[:longest]


def clean_environment(document: Mapping[str, Any]) -> dict[str, Any]:
    """Python, system and libraries, as `describe_environment` writes them."""
    found = {name: clean_text(document[name]) for name in ("python", "system") if document.get(name)}
    libraries = document.get("libraries")
    versions = libraries.items() if isinstance(libraries, Mapping) else ()
    named = {str(name): clean_text(version) for name, version in versions if _NAME.fullmatch(str(name))}
    return {**found, "libraries": named} if found else {}


def clean_split(document: Mapping[str, Any]) -> dict[str, Any]:
    """The name of the split and its numbers, as `Split.document` writes them; empty where it is another one's."""
    counts = {name: document.get(name) for name in ("n_train", "n_holdout", "n_folds")}
    sha256 = str(document.get("sha256", ""))
    if not re.fullmatch(r"[0-9a-f]{64}", sha256) or not all(type(count) is int for count in counts.values()):
        return {}
    return {"sha256": sha256, **counts, "reason": clean_text(document.get("reason", ""), 600)}


def clean_number(value: Any) -> float | None:
    """A finite number, None for anything else."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def parts_of(run: Mapping[str, Any], part: str) -> list[Mapping[str, Any]]:
    """The pairs of key and value in "tags", "params" or "metrics" of a run as the server describes it."""
    pairs: list[Mapping[str, Any]] = run.get("data", {}).get(part, [])
    return pairs


def tags_of(run: Mapping[str, Any]) -> dict[str, str]:
    """The tags of a run as the server describes it."""
    return {str(pair["key"]): str(pair.get("value", "")) for pair in parts_of(run, "tags")}


def id_of(run: Mapping[str, Any]) -> str:
    """The id of a run as the server describes it; it is kept and shown, so it must be one."""
    found = str(run["info"]["run_id"])
    if not is_run_id(found):
        raise ValueError("This is no id of a run.")
    return found


def read_document(text: str | None) -> dict[str, Any]:
    """A JSON object in a tag; empty where it is none."""
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value if clean_number(value) is not None else None
    if not isinstance(value, str):
        return None
    if value in ("True", "False"):
        return value == "True"
    number = clean_number(value)
    if number is None:
        return clean_text(value)
    return int(number) if re.fullmatch(r"-?\d{1,15}", value) else number
