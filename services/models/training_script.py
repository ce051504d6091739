"""A script that makes a model again from its data, without the portal, and checks that it comes out the same."""

import base64
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline

from services.automl.amounts import amounts_of_rows, columns_of_formula
from services.automl.columns import as_words, to_model_values
from services.automl.money import MoneyGoal
from services.automl.preparation import Preparation
from services.automl.scoring import score
from services.automl.stored_file import read_stored_file
from services.automl.tempering import sharpened, sharpness_of
from services.models.estimator_code import Imports, OwnPart, code_of
from services.models.input_fingerprint import input_fingerprint
from services.models.script_facts import ScriptFacts
from services.models.script_template import (
    MONEY,
    NO_MONEY,
    OWN_AMOUNTS,
    SAME_AMOUNTS,
    SHARPENED,
    SHARPENED_CLASS,
    TEMPLATE,
)
from services.models.source_bundle import bundle

_BUNDLED: list[Callable[..., Any]] = [read_stored_file, to_model_values, as_words, score, input_fingerprint]
_WIDTH = 100
TOLERANCE = 1e-9


def training_script(pipeline: Pipeline, preparation: Preparation, facts: ScriptFacts) -> str:
    """The script as text.

    Parameters
    ----------
    pipeline
        The model; only its parameters are written.

    Raises
    ------
    UnwritableError
        A part of the model cannot be written as code.
    """
    imports = Imports(own=_own_part)
    made = code_of(pipeline, imports, indent=4)
    is_sharpened, is_priced = (
        SHARPENED in imports.own_used,
        preparation.money is not None and facts.threshold is not None,
    )
    if is_sharpened:
        imports.need("sklearn.base", "BaseEstimator, ClassifierMixin, clone")
    copied = bundle(
        [*_BUNDLED, *([sharpened] if is_sharpened else []), *(_priced_by(preparation) if is_priced else [])]
    )
    learns = _learned_rows(preparation)
    return TEMPLATE.format(
        facts=facts,
        tolerance=TOLERANCE,
        metric=preparation.metric.name,
        target=preparation.target,
        classes=preparation.classes,
        columns="".join(f"    {(c.name, facts.stored_types[c.name], c.kind)!r},\n" for c in preparation.columns),
        target_type=facts.stored_types[preparation.target],
        versions="".join(f"#   {name}=={version}\n" for name, version in facts.versions.items()),
        imports="\n".join(sorted({*imports.lines(), *copied.imports} - _ALREADY)),
        copied=copied.code,
        own=SHARPENED_CLASS if is_sharpened else "",
        money=_money(preparation, facts) if is_priced else NO_MONEY,
        priced_by={name: facts.stored_types[name] for name in _columns_of_amounts(preparation)} if is_priced else {},
        pipeline=made,
        inputs_sha256=_inputs_sha256(preparation),
        is_exact=_is_exact(pipeline),
        n_folds=len(preparation.folds),
        n_table=_n_table(preparation),
        parts=_wrapped(_parts(preparation, facts).tobytes()),
        learns=_wrapped(np.packbits(learns).tobytes()) if learns is not None else '    ""',
        n_train=len(preparation.train),
    )


def _priced_by(preparation: Preparation) -> list[Callable[..., Any]]:
    """What money is computed with."""
    goal = preparation.money
    return [MoneyGoal, *([amounts_of_rows] if goal is not None and goal.amounts is not None else [])]


def _columns_of_amounts(preparation: Preparation) -> tuple[str, ...]:
    goal = preparation.money
    return columns_of_formula(goal.amounts.formula) if goal is not None and goal.amounts is not None else ()


def _money(preparation: Preparation, facts: ScriptFacts) -> str:
    """The code that prices the rows kept aside: by what is stored with the model, and each row by its own amount."""
    assert preparation.money is not None
    amounts = OWN_AMOUNTS if preparation.money.amounts is not None else SAME_AMOUNTS
    return MONEY.format(goal=preparation.money, facts=facts, amounts=amounts)


_ALREADY = {"import numpy as np", "import pandas as pd", "import hashlib"}  # the template has them
HOLDOUT, UNUSED, UNJUDGED, UNSEARCHED = 0, -1, -2, -3


def _own_part(part: Any) -> OwnPart | None:
    """A model whose probabilities were sharpened: scikit-learn would choose another sharpness when fitted anew."""
    sharpness = sharpness_of(part)
    if sharpness is None:
        return None
    return OwnPart(SHARPENED, {"estimator": part.estimator, "sharpness": sharpness})


def _parts(preparation: Preparation, facts: ScriptFacts) -> NDArray[np.int8]:
    """For each row of the table: kept aside, the number of its fold (from 1 on), never judged, or not used.

    What no search looked at is used where the model has learned from it in the end.
    """
    parts = np.full(_n_table(preparation), UNUSED, dtype=np.int8)
    if preparation.rest is not None and facts.n_learned > len(preparation.train):
        parts[preparation.rest.positions] = UNSEARCHED
    parts[preparation.train.positions] = UNJUDGED
    parts[preparation.holdout.positions] = HOLDOUT
    for number, fold in enumerate(preparation.folds, start=1):
        parts[preparation.train.positions[fold]] = number
    return parts


def _n_table(preparation: Preparation) -> int:
    """Rows of the table up to the last one that is used."""
    used = (preparation.train, preparation.holdout, *([preparation.rest] if preparation.rest is not None else []))
    return int(max(rows.positions.max() for rows in used)) + 1


def _learned_rows(preparation: Preparation) -> NDArray[np.bool_] | None:
    """Which rows (folds, n_train) each fold learns from; None where those are simply all the others."""
    everything = np.arange(len(preparation.train))
    learned = np.zeros((len(preparation.folds), len(preparation.train)), dtype=bool)
    is_plain = True
    for number, fold in enumerate(preparation.folds):
        rows = np.setdiff1d(preparation.learnable(number), fold)
        learned[number, rows] = True
        is_plain = is_plain and len(rows) == len(everything) - len(fold)
    return None if is_plain else learned


def _inputs_sha256(preparation: Preparation) -> str:
    x = pd.concat([preparation.train.x, preparation.holdout.x], ignore_index=True)
    return input_fingerprint(x, np.concatenate([preparation.train.y, preparation.holdout.y]))


def _is_exact(pipeline: Pipeline) -> bool:
    """Whether a plain fit per fold is what the search did: not for a network, which it judged pass by pass."""
    parts = [pipeline, *pipeline.get_params(deep=True).values()]
    return not any(isinstance(part, MLPClassifier | MLPRegressor) for part in parts)


def _wrapped(content: bytes) -> str:
    text = base64.b64encode(zlib.compress(content, 9)).decode()
    return "\n".join(f'    "{text[start : start + _WIDTH]}"' for start in range(0, len(text), _WIDTH))
