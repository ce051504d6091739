"""The nearest cases of which the model would say otherwise, with only a few changeable columns set otherwise.

A greedy search: each changeable column alone first; where that is not enough, the best value of one column is kept and
another one added, up to three. Among the values that cross the threshold the one nearest to today's is taken, and what
is not needed to cross it is taken back. Every value passes the guard, and the case it leads to must be like those the
model knows.

References
----------
Wachter, Mittelstadt & Russell (2018), Counterfactual explanations without opening the black
box, Harv. J. L. & Tech. 31:841.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from services.stories.case_settings import CaseSettings, Setting, Way

MAX_FOUND, MAX_CHANGES = 3, 3
_KEPT = 4  # partial changes that are carried on


def find_ways(case: CaseSettings) -> list[Way]:
    """Ways across the threshold, those with the fewest changes first; no more columns are tried once three are found.

    None holds all the columns of another one.
    """
    found: list[Setting] = []
    kept: list[Setting] = [{}]
    for _ in range(MAX_CHANGES):
        tried = _extended(case, kept, found)
        if not tried:
            break
        answers = case.answers(tried)
        across = case.crosses(answers)
        for names in dict.fromkeys(tuple(sorted(setting)) for setting in tried):
            own = [place for place, setting in enumerate(tried) if tuple(sorted(setting)) == names]
            nearest = case.nearest([tried[place] for place in own if across[place]])
            if nearest is not None:  # of a single column no nearer value is left to be found
                found.append(case.refined(nearest) if len(nearest) > 1 else nearest)
        sign = 1.0 if case.is_above else -1.0
        best: dict[tuple[str, ...], int] = {}
        for place in np.argsort(sign * answers, kind="stable"):
            best.setdefault(tuple(sorted(tried[int(place)])), int(place))
        kept = [tried[place] for place in list(best.values())[:_KEPT]]
        if len(found) >= MAX_FOUND:
            break
    if not found:
        return []
    said = case.answers(found)
    return case.in_order([Way(setting, float(answer)) for setting, answer in zip(found, said, strict=True)])


def _extended(case: CaseSettings, kept: Sequence[Setting], found: Sequence[Setting]) -> list[Setting]:
    """Each kept change with one column more, but none that holds all columns of one that was found."""
    enough = [set(setting) for setting in found]
    tried: dict[tuple[tuple[str, Any], ...], Setting] = {}
    for base in kept:
        for column, values in case.values.items():
            if column in base or any(names <= {*base, column} for names in enough):
                continue
            for value in values:
                setting = {**base, column: value}
                tried.setdefault(tuple(sorted(setting.items())), setting)
    return list(tried.values())
