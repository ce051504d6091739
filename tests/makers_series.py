"""Make series that something can be forecast of."""

from typing import Any

import numpy as np
import pandas as pd

# Quarterly beer production of Australia in megalitres, 1992 Q1 to 2010 Q2 (Bureau of Statistics, 8301.0.55.001).
BEER = np.array(
    [
        *(443, 410, 420, 532, 433, 421, 410, 512, 449, 381, 423, 531, 426, 408, 416, 520, 409, 398, 398, 507),
        *(432, 398, 406, 526, 428, 397, 403, 517, 435, 383, 424, 521, 421, 402, 414, 500, 451, 380, 416, 492),
        *(428, 408, 406, 506, 435, 380, 421, 490, 435, 390, 412, 454, 416, 403, 408, 482, 438, 386, 405, 491),
        *(427, 383, 394, 473, 420, 390, 410, 488, 415, 398, 419, 488, 414, 374),
    ],
    dtype=np.float64,
)


def make_beer() -> pd.DataFrame:
    """The beer with its quarters."""
    return pd.DataFrame({"quarter": pd.date_range("1992-01-01", periods=len(BEER), freq="QS"), "litres": BEER})


def make_days(n: int = 200, *, seed: int = 0, name: str | None = None, **columns: Any) -> pd.DataFrame:
    """Days with a trend, a week and noise; the weekend is busy."""
    random = np.random.default_rng(seed)
    days = pd.date_range("2023-01-02", periods=n)
    week = np.array([0, 1, 2, 3, 8, 25, 20])[days.day_of_week]
    sold = 100 + 0.3 * np.arange(n) + week + random.normal(0, 2, n)
    frame = pd.DataFrame({"day": days, "sold": sold, **columns})
    return frame if name is None else frame.assign(shop=name)


def make_shops(n: int = 120, n_shops: int = 12) -> pd.DataFrame:
    """Days of several shops, of very different sizes."""
    shops = [make_days(n, seed=number, name=f"S{number:02d}") for number in range(n_shops)]
    return pd.concat([shop.assign(sold=shop["sold"] * 2.0**number) for number, shop in enumerate(shops)])
