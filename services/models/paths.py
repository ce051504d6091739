"""Effects of a pipeline's columns by the fastest way that gives the same: sums and trees by their own paths.

A team is the weighted mean of its members' answers, so its effects are that mean of theirs. Each member is asked in its
own way: a linear model by the parts of its sum, trees along their paths, anything else by `attribution.attribute`. All
play the same game with the same sets of columns, and what the paths answer is compared with the model first.
"""

from dataclasses import replace
from math import factorial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline

from services.models.attribution import (
    Attributions,
    Encoded,
    attribute,
    encoded_member,
    is_exact,
    positions_of,
    unwrapped,
)
from services.models.exchanged_sums import Ask, Members, answers_of_trees, ask_parts, ask_trees
from services.models.members import Member, members_of
from services.models.trees import Trees, has_trees, trees_of

Floats = NDArray[np.float64]
_TOLERANCE = 1e-9


def attribute_pipeline(
    pipeline: Pipeline, rows: pd.DataFrame, background: pd.DataFrame, *, n_orders: int = 1, seed: int = 0
) -> Attributions:
    """As `attribute`, of a whole fitted pipeline: from rows of typed columns to the effects of these columns."""
    members = members_of(pipeline)
    found = [_attribute_member(member, rows, background, n_orders, seed) for member in members]
    weights = [member.weight for member in members]
    return Attributions(
        np.asarray(sum(weight * one.effects for weight, one in zip(weights, found, strict=True))),
        np.asarray(sum(weight * one.base for weight, one in zip(weights, found, strict=True))),
    )


def n_with_path(pipeline: Pipeline) -> tuple[int, int]:
    """How many members are sums or trees, and how many there are."""
    models = [unwrapped(member.model)[0] for member in members_of(pipeline)]
    return sum(isinstance(model, LogisticRegression | Ridge) or has_trees(model) for model in models), len(models)


def _attribute_member(
    member: Member, rows: pd.DataFrame, background: pd.DataFrame, n_orders: int, seed: int
) -> Attributions:
    model, n_columns = encoded_member(member, list(rows.columns)), rows.shape[1]
    trees = _trees(member.model) if model.answer_sums is None else None
    if trees is None and model.answer_sums is None:
        return attribute(model, rows, background, n_orders=n_orders, seed=seed)
    typical, explained = model.encode(background), model.encode(rows)
    whole = np.vstack([typical, explained])
    if model.answer_sums is not None:
        parts = [features.reshape(len(features), n_columns, -1) for features in (explained, typical)]
        ask = ask_parts(parts[0], parts[1], model.answer_sums)
    elif trees is not None and _answers_alike(trees, model, whole):
        ask = ask_trees(trees, explained, typical, model.source)
    else:
        return attribute(model, rows, background, n_orders=n_orders, seed=seed)
    places = positions_of(whole, model.source, n_columns)
    varies = (places[len(typical) :, None, :] != places[None, : len(typical), :]).any(axis=1)  # (n, m)
    random = np.random.RandomState(seed)  # the orders that shap draws
    found = [_effects(ask, row, np.flatnonzero(varies[row]), n_columns, n_orders, random) for row in range(len(rows))]
    return Attributions(np.stack([effects for effects, _ in found]), found[0][1])


def _answers_alike(trees: Trees, model: Encoded, features: Floats) -> bool:
    """Whether the trees as they were read answer as the model does."""
    answers = model.answer(features)
    return bool(np.all(np.abs(answers_of_trees(trees, features) - answers) <= _TOLERANCE * (1.0 + np.abs(answers))))


def _trees(model: Any) -> Trees | None:
    inner, outer = unwrapped(model)
    trees = trees_of(inner)
    if trees is None:
        return None
    link = trees.link
    return replace(trees, link=lambda sums: outer(link(sums)))


def _effects(
    ask: Ask, row: int, varying: NDArray[np.intp], n_columns: int, n_orders: int, random: np.random.RandomState
) -> tuple[Floats, Floats]:
    """Effects (m, k) of a row, and the base (k,) they are added to."""
    orders = [] if is_exact(n_columns) else _orders(varying, n_orders, random)
    sets = _all_sets(varying, n_columns) if is_exact(n_columns) else _walks(orders, n_columns)
    worth = ask(row, sets).mean(axis=0)  # (s, k)
    if is_exact(n_columns):
        return _weighed(worth, varying, n_columns), worth[0]
    effects, length = np.zeros((n_columns, worth.shape[1])), len(varying)
    for number, order in enumerate(orders):
        steps = np.diff(worth[number * (2 * length + 1) : (number + 1) * (2 * length + 1)], axis=0)
        effects[order] += (steps[:length] - steps[length:]) / (2 * len(orders))
    return effects, worth[0]


def _orders(varying: NDArray[np.intp], n_orders: int, random: np.random.RandomState) -> list[NDArray[np.intp]]:
    order, found = varying.copy(), []
    for _ in range(n_orders):
        random.shuffle(order)
        found.append(order.copy())
    return found


def _walks(orders: list[NDArray[np.intp]], n_columns: int) -> Members:
    """For each order the sets that take its columns in one after the other, and then leave them out in that order."""
    length = len(orders[0])
    step = np.arange(2 * length + 1)[:, None]
    sets = np.zeros((len(orders), 2 * length + 1, n_columns), dtype=np.bool_)
    for number, order in enumerate(orders):
        taken = np.arange(length)
        sets[number][:, order] = (step > taken) & (step <= taken + length)
    return sets.reshape(-1, n_columns)


def _all_sets(varying: NDArray[np.intp], n_columns: int) -> Members:
    """Every set of the columns: the n-th holds those whose bit is set in n."""
    codes = np.arange(2 ** len(varying))[:, None]
    sets = np.zeros((len(codes), n_columns), dtype=np.bool_)
    sets[:, varying] = (codes >> np.arange(len(varying))) & 1
    return sets


def _weighed(worth: Floats, varying: NDArray[np.intp], n_columns: int) -> Floats:
    """Shapley's mean over all sets: what a column adds to each set that is without it."""
    n, effects = len(varying), np.zeros((n_columns, worth.shape[1]))
    codes = np.arange(len(worth))
    sizes = np.array([int(code).bit_count() for code in codes])
    for bit, column in enumerate(varying):
        without = codes[(codes >> bit) & 1 == 0]
        weights = np.array([factorial(s) * factorial(n - s - 1) / factorial(n) for s in sizes[without]])
        effects[column] = weights @ (worth[without | (1 << bit)] - worth[without])
    return effects
