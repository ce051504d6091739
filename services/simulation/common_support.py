"""Where settings that many cases share may be believed: each lever looked at once, any combination told from that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.proposals.lever import Lever
from services.simulation.actions import Actions
from services.simulation.guard_table import REASONS
from services.simulation.support import find_support

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class CommonSupport:
    """What the guard says.

    Attributes
    ----------
    believed
        By lever in which cases each of its values may be believed, (n, number of values).
    codes
        Of the combinations of `Actions`: 0 where supported, else 1 + the place of the first reason, (n, k).
    excluded
        By reason the share of pairs of case and combination that it excludes first.
    """

    believed: tuple[Flags, ...]
    codes: NDArray[np.uint8]
    excluded: Mapping[str, float]


def find_common_support(
    rows: pd.DataFrame,
    levers: Sequence[Lever],
    values: Sequence[Sequence[Any]],
    actions: Actions,
    learned_from: Sequence[str],
    seed: int,
    *,
    is_guarded: bool,
) -> CommonSupport:
    """Look at each lever by itself, cases told apart by the columns that no lever sets."""
    by_lever = []
    for lever, own in zip(levers, values, strict=True):
        alone = Actions((lever,), tuple((value,) for value in own))
        support = find_support(rows, rows, alone, learned_from=learned_from, without=actions.columns, seed=seed)
        by_lever.append(support.codes[:, 1:])
    codes = np.zeros((len(rows), len(actions)), dtype=np.uint8)
    for action, setting in enumerate(actions.settings, start=1):
        told = [
            codes_of[:, list(own).index(value)] for codes_of, own, value in zip(by_lever, values, setting, strict=True)
        ]
        stacked = np.where(np.stack(told) == 0, np.uint8(255), np.stack(told))
        first = stacked.min(axis=0)
        codes[:, action] = np.where(first == 255, 0, first)
    shares = {reason: float((codes[:, 1:] == place).mean()) for place, reason in enumerate(REASONS, start=1)}
    believed = tuple(codes_of == 0 if is_guarded else np.ones(codes_of.shape, dtype=np.bool_) for codes_of in by_lever)
    return CommonSupport(believed, codes, shares)
