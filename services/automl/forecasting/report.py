"""What a forecast is, and how good it was before, as plain data that pages can show without machine learning."""

from dataclasses import dataclass

from services.automl.measured import Measured


@dataclass(frozen=True)
class TriedModel:
    """One way of forecasting, judged from earlier origins.

    Attributes
    ----------
    mase
        The mean absolute error in units of the mean change over a season; None where no series changes.
    gain
        By which share it is below the best repeat; None for repeats.
    """

    kind: str
    label: str
    is_naive: bool
    mase: Measured | None
    wape: float | None
    rmse: float | None
    gain: Measured | None


@dataclass(frozen=True)
class Sealed:
    """The last stretch, opened once: the chosen way, and the best repeat beside it."""

    mase: Measured | None
    wape: Measured | None
    rmse: Measured | None
    naive_label: str
    naive_mase: float | None
    n_values: int
    n_series: int


@dataclass(frozen=True)
class Coverage:
    """How many sealed values lay within their interval; `low` and `high` as if they were independent of each other."""

    level: float
    share: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Line:
    """One series to draw: its last values, the sealed stretch as it was forecast, and what comes next.

    Times are ISO dates, or numbers; `past_values` is None in a gap.
    """

    name: str
    past_times: tuple[str | float, ...]
    past_values: tuple[float | None, ...]
    tested_times: tuple[str | float, ...]
    tested_values: tuple[float, ...]
    next_times: tuple[str | float, ...]
    next_values: tuple[float, ...]
    bands: tuple["Band", ...]


@dataclass(frozen=True)
class Band:
    """The interval of one level around the next values."""

    level: float
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class ForecastReport:
    """Everything about a forecast.

    Attributes
    ----------
    n_origins
        Earlier moments from which each way was judged.
    learned_rows
        Rows of the lag table that the delivered pipeline learned from.
    notes, cut
        What was left out or is missing, and what the clock cut, as sentences.
    """

    sentence: str
    target: str
    time: str
    series_column: str | None
    step: str
    horizon: int
    gap: int
    season: int
    method: str
    is_naive: bool
    n_series: int
    n_values: int
    n_gaps: int
    n_origins: int
    tried: tuple[TriedModel, ...]
    sealed: Sealed
    coverage: tuple[Coverage, ...]
    lines: tuple[Line, ...]
    known: tuple[str, ...]
    learned_rows: int
    notes: tuple[str, ...]
    cut: tuple[str, ...]
    seed: int
    seconds: float
