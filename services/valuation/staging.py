"""Stages that may fail before the roll-out, as two numbers: what they are expected to cost, and the chance to pass all.

With them the expected worth of `staged_value` is chance x worth - cost, for any worth of the roll-out.
"""

import math
from collections.abc import Sequence

from services.valuation.adoption import Stage


def roll_out_chance(stages: Sequence[Stage]) -> float:
    """The chance that every stage succeeds, 0 to 1; 1 where there are none."""
    return math.prod((stage.chance for stage in stages), start=1.0)


def expected_stage_amount(stages: Sequence[Stage]) -> float:
    """Expected cost of the stages in money of today: each is paid only if all before it succeeded."""
    return -sum(stage_worths(stages), 0.0)


def stage_worths(stages: Sequence[Stage]) -> tuple[float, ...]:
    """What each stage takes from the expected worth: its cost as often as it is reached, negative."""
    return tuple(-stage.amount * roll_out_chance(stages[:place]) for place, stage in enumerate(stages))


def staged_flows(stages: Sequence[Stage], flows: Sequence[float]) -> tuple[float, ...]:
    """Expected cash by month, month 0 first: the stages at the start, the roll-out as often as all of them succeed."""
    chance = roll_out_chance(stages)
    first, *later = (chance * flow for flow in flows)
    return (first - expected_stage_amount(stages), *later)
