"""Whom an action moves: cases ranked by predicted uplift, and how far the ranking beats chance.

References
----------
N. J. Radcliffe, "Using control groups to target on predicted lift", Direct Marketing Analytics Journal (2007).
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def qini_curve(treated: NDArray[np.bool_], outcomes: Floats, uplift: Floats | None = None) -> Floats:
    """Further outcomes because of the action among the first k cases, for k = 0..n, shape (n + 1,).

    Q(k) = Y_t(k) - Y_c(k) N_t(k) / N_c(k); the second term is 0 while no untreated case is among them.

    Parameters
    ----------
    treated
        Whether the action was taken, drawn by chance, (n,).
    outcomes
        Outcome of each case, (n,).
    uplift
        Predicted effect of the action, by which cases are ranked, highest first; None where they are ranked already.
    """
    order = np.arange(len(treated)) if uplift is None else np.argsort(-uplift, kind="stable")
    acted, y = treated[order], outcomes[order]
    n_acted, n_left = np.cumsum(acted), np.cumsum(~acted)
    of_acted, of_left = np.cumsum(np.where(acted, y, 0.0)), np.cumsum(np.where(acted, 0.0, y))
    balanced = np.divide(of_left * n_acted, n_left, out=np.zeros(len(y)), where=n_left > 0)
    return np.concatenate([[0.0], of_acted - balanced])


def area_above_chance(curve: Floats) -> float:
    """The area (by trapezoids over the share of cases) between the curve and the straight line to its end."""
    share = np.linspace(0.0, 1.0, len(curve))
    return float(np.trapezoid(curve - curve[-1] * share, share))
