"""The cases in which something is done, in the order in which it pays, each with its reasons."""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from services.simulation.actions import todays_values
from services.simulation.cases import Cases
from services.simulation.copies import Answers
from services.simulation.findings import Limited, value_in_words
from services.simulation.policy_value import PolicyValue
from services.simulation.reasons import reasons_of
from services.simulation.report import ListedCase

MOST_EXPLAINED = 60  # explaining one takes some hundredths of a second


def list_cases(
    pipeline: Pipeline, cases: Cases, limited: Limited, policy: PolicyValue, answers: Answers, *, is_forecast: bool
) -> list[ListedCase]:
    """Those that gain most first; in the order of the data, without chances and gains, where none may be forecast."""
    n, choices, levers = len(cases.rows), policy.choices, cases.actions.levers
    acted = np.flatnonzero(limited.acts[np.arange(n), choices] > 0)
    everywhere = np.concatenate([limited.first, limited.second]).mean(axis=0)
    chances = answers.everywhere
    gains = everywhere[np.arange(n), choices] - everywhere[:, 0]
    order = acted[np.argsort(-gains[acted], kind="stable")] if is_forecast else acted
    columns = [column.name for column in cases.preparation.columns]
    explained = cases.rows.iloc[order[:MOST_EXPLAINED]][columns]
    reasons = reasons_of(pipeline, cases.preparation, explained, without=cases.actions.columns)
    today = [[value_in_words(lever, value) for value in todays_values(lever, cases.rows)] for lever in levers]
    then = [
        tuple(value_in_words(lever, value) for lever, value in zip(levers, setting, strict=True))
        for setting in cases.actions.settings
    ]
    rows = cases.preparation.train.positions[cases.positions] + 1
    return [
        ListedCase(
            row=int(rows[i]),
            names=tuple(_text(cases.rows[name].iloc[i]) for name in cases.name_columns),
            today=tuple(values[i] for values in today),
            then=then[int(choices[i]) - 1],
            chance_today=round(float(chances[i, 0]), 6) if is_forecast else None,
            chance_then=round(float(chances[i, choices[i]]), 6) if is_forecast else None,
            gain=round(float(gains[i]), 2) if is_forecast else None,
            cost=round(float(limited.costs[i, choices[i]]), 2),
            reasons=reasons[place] if place < len(reasons) else (),
        )
        for place, i in enumerate(order)
    ]


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)
