"""Values of a table as a sentence says them."""

import math

import pandas as pd

_TRILLION = 1e12


def number_in_words(value: float) -> str:
    """About three digits, and all of a whole number: 0.0123, 12.5, 1,234, −3."""
    if not math.isfinite(value):
        return "none"
    if abs(value) >= _TRILLION:
        text = f"{value:.3g}"
    elif abs(value) >= 1_000 or float(value).is_integer():
        text = f"{value:,.0f}"
    else:
        text = f"{value:.3g}"
    return text.replace("-", "−") if value else "0"


def day_in_words(days: float) -> str:
    """A day counted from 1970-01-01, as 2024-03-01."""
    if not math.isfinite(days):
        return "none"
    try:
        return str((pd.Timestamp(0) + pd.Timedelta(days=days)).date())
    except (OverflowError, pd.errors.OutOfBoundsDatetime, pd.errors.OutOfBoundsTimedelta):
        return number_in_words(days)


def share_in_words(share: float) -> str:
    """A whole per cent, with a decimal where that would read 0% or 100%."""
    if 0 < share < 0.005 or 0.995 <= share < 1:
        return f"{share:.1%}"
    return f"{share:.0%}"
