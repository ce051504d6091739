"""Under which circumstances a run is made: the software, and exactly which rows are learned from and judged on."""

import hashlib
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from typing import Any

import numpy as np

from services.audit.canonical import sha256_of
from services.automl.preparation import Preparation

LIBRARIES = (
    "scikit-learn",
    "lightgbm",
    "xgboost",
    "catboost",
    "optuna",
    "numpy",
    "pandas",
    "scipy",
    "drivetrain-portal",
)


@dataclass(frozen=True)
class Split:
    """Which rows do what. `sha256` names them all, with the columns and the classes as they are learned from.

    `n_rest` is how many rows only the model learns from, `reason` says how they were dealt and why, `warnings` what
    else the columns suggest.
    """

    sha256: str
    n_train: int
    n_holdout: int
    n_folds: int
    n_rest: int
    reason: str
    warnings: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "sha256": self.sha256,
            "n_train": self.n_train,
            "n_holdout": self.n_holdout,
            "n_folds": self.n_folds,
            "n_rest": self.n_rest,
            "reason": self.reason,
            "warnings": list(self.warnings),
        }


def describe_environment() -> dict[str, Any]:
    """What this process runs on: Python, the system, and the libraries that fit and judge models."""
    return {
        "python": ".".join(map(str, sys.version_info[:3])),
        "system": f"{platform.system()} {platform.machine()}",
        "n_processors": os.cpu_count() or 1,
        "libraries": dict(_installed()),
    }


def describe_split(preparation: Preparation) -> Split:
    """The split of a prepared table, the same for the same data, columns, target and seed."""
    digest = hashlib.sha256()
    train, folds = preparation.train.positions, preparation.folds
    learned_from = (train[preparation.learnable(number)] for number in range(len(folds)))
    for part in (preparation.holdout.positions, *(train[fold] for fold in folds), *learned_from):
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(np.ascontiguousarray(part, dtype="<i8").tobytes())
    learned = {
        "rows": digest.hexdigest(),
        "columns": [[column.name, column.kind] for column in preparation.columns],
        "target": preparation.target,
        "task": preparation.task.value,
        "classes": list(preparation.classes),
    }
    return Split(
        sha256=sha256_of(learned),
        n_train=len(preparation.train),
        n_holdout=len(preparation.holdout),
        n_folds=len(preparation.folds),
        n_rest=0 if preparation.rest is None else len(preparation.rest),
        reason=preparation.split.reason,
        warnings=preparation.split.warnings,
    )


def _installed() -> Iterator[tuple[str, str]]:
    for name in LIBRARIES:
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
