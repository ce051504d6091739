"""Where cells are empty, in blocks of rows and the columns with most gaps."""

import numpy as np

from services.datasets.checks.chart_data import Missingness
from services.datasets.checks.subject import Subject

MAX_COLUMNS, MAX_BLOCKS = 40, 48


def map_missingness(subject: Subject) -> Missingness | None:
    """The map; None where no cell is empty. Columns keep the order of the table: gaps that go together touch."""
    gappy = [name for name in subject.columns if subject.profiles[name].n_missing]
    if not gappy:
        return None
    most = sorted(gappy, key=lambda name: -subject.profiles[name].n_missing)[:MAX_COLUMNS]
    chosen = [name for name in gappy if name in set(most)]
    n_blocks = min(MAX_BLOCKS, subject.n_rows)
    first_rows = np.linspace(0, subject.n_rows, n_blocks + 1).astype(np.int64)[:-1]
    sizes = np.diff(np.append(first_rows, subject.n_rows))
    shares = [
        np.add.reduceat(subject.frame[name].isna().to_numpy(), first_rows, dtype=np.int64) / sizes for name in chosen
    ]
    return Missingness(
        columns=tuple(chosen),
        first_rows=tuple(first_rows.tolist()),
        shares=tuple(tuple(round(share, 4) for share in column.tolist()) for column in shares),
        n_complete_columns=len(subject.columns) - len(gappy),
    )
