"""Ways that another library proposes, judged like those of the portal's own search, and told beside them where new."""

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from services.stories.case_report import SecondSearch
from services.stories.case_settings import CaseSettings, Setting, Way
from services.stories.counterfactuals import MAX_CHANGES
from services.stories.dice_ways import propose

Key = tuple[tuple[str, Any], ...]


def search_again(case: CaseSettings, ways: Sequence[Way]) -> tuple[list[Way], SecondSearch | None]:
    """The ways and the new ones in one order, the fewest changes first; None where no other library can be asked.

    Of each proposal what it does not need is taken back: only the smallest parts of it that cross the threshold and
    lead to a case like those the model knows are looked at. New is what does not change every column that one of the
    ways changes; a way that changes every column of a new one, and more, gives place to it.
    """
    proposals = propose(case)
    if proposals is None:
        return list(ways), None
    holding = _holding(case, [part for setting in proposals.settings for part in _parts(setting)])
    smallest = [_smallest(holding.keys() & {_key(part) for part in _parts(one)}) for one in proposals.settings]
    told = [way.columns for way in ways]
    by_columns: dict[frozenset[str], list[Setting]] = {}
    for key in dict.fromkeys(itertools.chain.from_iterable(smallest)):
        if not any(columns <= _columns(key) for columns in told):
            by_columns.setdefault(_columns(key), []).append(holding[key])
    fewest = [own for columns, own in by_columns.items() if not any(other < columns for other in by_columns)]
    settings = [case.refined(nearest) for own in fewest if (nearest := case.nearest(own)) is not None]
    answers = case.answers(settings) if settings else ()
    new = [Way(one, float(answer), proposals.name) for one, answer in zip(settings, answers, strict=True)]
    kept = [way for way in ways if not any(other.columns < way.columns for other in new)]
    return case.in_order([*kept, *new]), SecondSearch(
        name=proposals.name,
        n_proposed=len(proposals.settings),
        n_holding=sum(bool(parts) for parts in smallest),
        n_new=len(new),
        trouble=proposals.trouble,
    )


def _parts(setting: Setting) -> list[Setting]:
    """Every part of a setting with as many changes as a way may have."""
    sizes = range(1, min(MAX_CHANGES, len(setting)) + 1)
    return [dict(part) for size in sizes for part in itertools.combinations(sorted(setting.items()), size)]


def _holding(case: CaseSettings, parts: Iterable[Setting]) -> dict[Key, Setting]:
    """Those that cross the threshold and lead to a familiar case, each once."""
    each = {_key(part): part for part in parts}
    if not each:
        return {}
    settings = list(each.values())
    across = case.crosses(case.answers(settings))
    crossing = {key: part for (key, part), may in zip(each.items(), across, strict=True) if may}
    if not crossing:
        return {}
    familiar = case.familiar(list(crossing.values()))
    return {key: part for (key, part), may in zip(crossing.items(), familiar, strict=True) if may}


def _smallest(keys: Iterable[Key]) -> list[Key]:
    """Those of which no part is among them, in one order."""
    each = sorted(keys, key=lambda key: (len(key), tuple(name for name, _ in key)))
    return [key for key in each if not any(_columns(other) < _columns(key) for other in each)]


def _key(setting: Setting) -> Key:
    return tuple(sorted(setting.items()))


def _columns(key: Key) -> frozenset[str]:
    return frozenset(name for name, _ in key)
