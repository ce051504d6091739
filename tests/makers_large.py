"""Tables that count as large: a search looks at a part of their rows."""

import pytest

from services.automl import large_tables


def look_at(monkeypatch: pytest.MonkeyPatch, n_rows: int) -> None:
    """Let a search look at so many rows, and want a tenth of them of the rarer outcome."""
    monkeypatch.setattr(large_tables, "MAX_ROWS", n_rows)
    monkeypatch.setattr(large_tables, "MIN_ROWS", n_rows)
    monkeypatch.setattr(large_tables, "FEWEST_OF_RARER", n_rows // 10)
