"""What a model may cost where it is used, as the objective says: time to answer, memory, size of its file.

Free of machine-learning imports, so that pages can say what is beyond a limit.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from services.proposals.objective import Constraints

BYTES_PER_MB = 1e6
_KILOBYTE, _LEAST_MB = 1e3, 0.1


@dataclass(frozen=True, slots=True)
class ServingCost:
    """What was measured of a fitted model; None where it was not.

    Attributes
    ----------
    row_ms
        Milliseconds to answer one row, of the pipeline itself; its ONNX twin, where there is one, is faster.
    memory_bytes
        At most held while it is loaded and answers up to 1,000 rows, without Python and its libraries.
    file_bytes
        Of its compressed file.
    batch_ms
        Milliseconds to answer up to 1,000 rows at once.
    """

    row_ms: float | None = None
    memory_bytes: float | None = None
    file_bytes: float | None = None
    batch_ms: float | None = None


@dataclass(frozen=True, slots=True)
class ServingLimits:
    """Upper limits; None where there is none."""

    row_ms: float | None = None
    memory_mb: float | None = None
    file_mb: float | None = None
    batch_ms: float | None = None

    @property
    def is_any(self) -> bool:
        """Whether there is a limit at all."""
        return any(limit is not None for limit in (self.row_ms, self.batch_ms, self.memory_mb, self.file_mb))

    def breach(self, cost: ServingCost) -> str | None:
        """What is beyond a limit, such as "too slow: 63 ms, at most 20 ms"; None where all are kept."""
        said = [
            f"{complaint}: {_figure(value, limit)} {unit}, at most {limit:,.12g} {unit}"
            for complaint, unit, value, limit in self._measured(cost)
            if value > limit
        ]
        return "; ".join(said) or None

    def excess(self, cost: ServingCost) -> float:
        """How far beyond its limit the worst figure is, as a share of the limit: 0 or less where all are kept."""
        return max((value / limit - 1.0 for _, _, value, limit in self._measured(cost)), default=0.0)

    def in_words(self) -> str:
        """An answer within 20 ms, at most 200 MB of memory and a file of at most 50 MB; empty without a limit."""
        parts = [
            f"an answer within {self.row_ms:,.12g} ms" if self.row_ms is not None else "",
            f"1,000 answers at once within {self.batch_ms:,.12g} ms" if self.batch_ms is not None else "",
            f"at most {self.memory_mb:,.12g} MB of memory" if self.memory_mb is not None else "",
            f"a file of at most {self.file_mb:,.12g} MB" if self.file_mb is not None else "",
        ]
        known = [part for part in parts if part]
        return " and ".join(filter(None, (", ".join(known[:-1]), *known[-1:])))

    def _measured(self, cost: ServingCost) -> Iterator[tuple[str, str, float, float]]:
        """Complaint, unit, figure and limit wherever both are known, the figure in the unit of the limit."""
        if self.row_ms is not None and cost.row_ms is not None:
            yield "too slow", "ms", cost.row_ms, self.row_ms
        if self.batch_ms is not None and cost.batch_ms is not None:
            yield "too slow for many rows at once", "ms", cost.batch_ms, self.batch_ms
        if self.memory_mb is not None and cost.memory_bytes is not None:
            yield "too much memory", "MB", cost.memory_bytes / BYTES_PER_MB, self.memory_mb
        if self.file_mb is not None and cost.file_bytes is not None:
            yield "too large", "MB", cost.file_bytes / BYTES_PER_MB, self.file_mb


NO_LIMITS = ServingLimits()


def limits_of(constraints: Constraints) -> ServingLimits:
    """What the constraints of an objective allow a model to cost."""
    return ServingLimits(
        row_ms=constraints.max_latency_ms,
        memory_mb=constraints.max_memory_mb,
        file_mb=constraints.max_size_mb,
        batch_ms=constraints.max_batch_ms,
    )


def _figure(value: float, limit: float) -> str:
    """As few digits as still show that the figure is beyond the limit."""
    for decimals in range(4):
        if round(value, decimals) > limit:
            return f"{value:,.{decimals}f}"
    return f"a little more than {limit:,.12g}" if math.isfinite(value) else "more than can be measured"


def format_file_size(n_bytes: float) -> str:
    """3 kB, 0.4 MB, 45 MB."""
    if n_bytes < _LEAST_MB * BYTES_PER_MB:
        return f"{max(1.0, n_bytes / _KILOBYTE):,.0f} kB"
    megabytes = n_bytes / BYTES_PER_MB
    return f"{megabytes:,.1f} MB" if megabytes < 10 else f"{megabytes:,.0f} MB"
