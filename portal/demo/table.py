"""Customers of a company that does not exist, and which of them left. The same rows for the same seed."""

import numpy as np
import pandas as pd

N_ROWS = 3_000
TARGET = "left"
_REGIONS = ("North", "East", "South", "West")
_CONTRACTS = ("Monthly", "One year", "Two years")


def make_customers(n_rows: int = N_ROWS, seed: int = 7) -> pd.DataFrame:
    """One row for each customer: what was known at the end of a quarter, and whether they left in the next one.

    The chance to leave follows from short tenure, monthly contracts, high charges, late payments and calls for help;
    about one in four leaves. Two per cent of the satisfaction answers are missing. `customer` is an id, no more.
    """
    draw = np.random.default_rng(seed)
    tenure = np.round(draw.gamma(1.6, 16, n_rows)).clip(0, 96)
    contract = draw.choice(3, n_rows, p=(0.55, 0.27, 0.18))
    usage = draw.gamma(3.0, 9.0, n_rows)
    charge = np.round(18 + 1.1 * usage + 9 * (contract == 0) + draw.normal(0, 6, n_rows), 2).clip(9, None)
    calls = draw.poisson(0.7 + 0.9 * (contract == 0), n_rows)
    late = draw.poisson(0.35, n_rows)
    satisfaction = np.round(8.2 - 0.8 * calls - 0.5 * late + draw.normal(0, 1.2, n_rows)).clip(1, 10)
    pull = -0.55 - 0.045 * tenure - 1.1 * contract + 0.026 * (charge - 50) + 0.42 * calls + 0.5 * late
    chance = 1 / (1 + np.exp(-(pull - 0.16 * (satisfaction - 7))))
    return pd.DataFrame(
        {
            "customer": [f"C-{number:05d}" for number in draw.permutation(n_rows) + 10_000],
            "region": draw.choice(_REGIONS, n_rows),
            "tenure_months": tenure.astype(int),
            "contract": np.array(_CONTRACTS)[contract],
            "monthly_charge": charge,
            "data_gb_per_month": np.round(usage, 1),
            "support_calls": calls,
            "late_payments": late,
            "satisfaction": np.where(draw.random(n_rows) < 0.02, np.nan, satisfaction),
            "paperless": draw.choice(("Yes", "No"), n_rows, p=(0.6, 0.4)),
            TARGET: np.where(draw.random(n_rows) < chance, "Yes", "No"),
        }
    )
