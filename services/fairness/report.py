"""What an assessment of fairness found, as plain data that is stored and shown. Loads no machine learning."""

from dataclasses import dataclass, field
from typing import Literal

from services.models.documents import LATER
from services.models.report import Document

Verdict = Literal["indicated", "possible", "not indicated", "too few"]
Standing = Literal["within", "beyond", "untold", "none"]
Harm = Literal["missed", "false_alarm", "error"]


@dataclass(frozen=True)
class Rate(Document):
    """A share: `n_hits` of `n` rows, with its 95% Wilson interval."""

    value: float
    low: float
    high: float
    n_hits: int
    n: int


@dataclass(frozen=True)
class Mean(Document):
    """A mean (or an area under a curve) of `n` rows, with a 95% interval; None where it cannot be said."""

    value: float
    low: float | None
    high: float | None
    method: str
    n: int


@dataclass(frozen=True)
class Gap(Document):
    """How far apart groups are: the largest difference, or the smallest ratio, of `n_groups` large enough ones."""

    value: float
    low: float | None
    high: float | None
    method: str
    n_groups: int


@dataclass(frozen=True)
class Ratio(Document):
    """The four-fifths rule for one group: its share by that of the highest, with Katz's interval and Fisher's p."""

    value: float
    low: float | None
    high: float | None
    p: float
    n_hits: int
    n: int
    verdict: Verdict


@dataclass(frozen=True)
class Group(Document):
    """How the model treats one group. What too few rows cannot tell is None.

    Attributes
    ----------
    is_counted
        Whether it has the 30 rows that a comparison needs.
    n_positive, n_acted
        Rows in which the outcome happens, and that are acted on; 0 for a number.
    acted, found, alarms, precision
        Share acted on: of all, of those where the outcome happens, of the others; and share of those acted on in which
        it happens.
    bias
        Mean prediction less what happened: in probability, or in units of the outcome.
    area
        AUC within the group.
    worth
        Money of a case, relative to acting on nobody; of a number, what its error costs, with a minus.
    rule
        The four-fifths rule.
    mean_actual, mean_error
        Of a number: what happened on average, and the mean absolute error.
    """

    name: str
    n: int
    is_counted: bool
    n_positive: int = 0
    n_acted: int = 0
    acted: Rate | None = None
    found: Rate | None = None
    alarms: Rate | None = None
    precision: Rate | None = None
    bias: Mean | None = None
    area: Mean | None = None
    worth: Mean | None = None
    rule: Ratio | None = None
    mean_actual: Mean | None = None
    mean_error: Mean | None = None


@dataclass(frozen=True)
class Gaps(Document):
    """How far apart the groups of a column are; None where fewer than two groups are large enough.

    `acted_ratio` and `odds_ratio` are lowest by highest; `odds` is the larger of the gaps in `found` and `alarms`.
    """

    acted: Gap | None = None
    acted_ratio: Gap | None = None
    found: Gap | None = None
    alarms: Gap | None = None
    odds: Gap | None = None
    odds_ratio: Gap | None = None
    bias: Gap | None = None


@dataclass(frozen=True)
class Proxy(Document):
    """How well the other columns tell the groups of a sensitive one: out-of-fold AUC of the group told best.

    `columns` are (name, area by that column alone), those that tell most first.
    """

    group: str
    area: float
    low: float
    high: float
    n: int
    columns: tuple[tuple[str, float], ...]
    is_warning: bool


@dataclass(frozen=True)
class Option(Document):
    """One way to treat the groups, judged on rows it was not chosen on.

    Attributes
    ----------
    code
        "as_is", "one", "acted", "found", "alarms" (a threshold for each group that makes that share equal), of a number
        "shift" and "line" (a correction for each group), or "without".
    needs_group
        Whether the sensitive column must be known when the model is asked.
    without
        Columns that the model was fitted without.
    yearly, extra
        Money a year, and how much more than as it is; None without payoffs.
    bias, mean_error
        Of a number: the gap in the mean error, and the mean absolute error.
    right
        Of several classes: in how many rows the right one is given.
    """

    code: str
    needs_group: bool
    without: tuple[str, ...]
    yearly: Mean | None
    extra: Mean | None
    acted: Gap | None
    found: Gap | None
    alarms: Gap | None
    n: int
    bias: Gap | None = field(default=None, metadata=LATER)
    mean_error: Mean | None = field(default=None, metadata=LATER)
    right: Rate | None = field(default=None, metadata=LATER)


@dataclass(frozen=True)
class Agreed(Document):
    """The tolerance in force when it was asked: which harm matters, and the largest gap that is accepted.

    `n_seen` is how many assessments of the project were done by then: 0 where it was agreed before any.
    """

    version: int
    harm: Harm
    largest_gap: float
    n_seen: int


@dataclass(frozen=True)
class Compared(Document):
    """One sensitive column, or two together.

    Attributes
    ----------
    verdict
        The gravest of the four-fifths rule.
    standing
        The gap that matters against the tolerance; "untold" where the data cannot tell, "none" without a tolerance.
    has_other_rates
        Whether the outcome surely differs in frequency between groups, so that not all rates can be equal.
    n_small
        Groups too small to be compared; those of two columns are not listed.
    """

    columns: tuple[str, ...]
    groups: tuple[Group, ...]
    gaps: Gaps
    verdict: Verdict
    standing: Standing
    has_other_rates: bool
    n_small: int
    proxy: Proxy | None = None
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class FairnessReport(Document):
    """What an assessment found on out-of-fold predictions of rows that are not sealed.

    Attributes
    ----------
    harm
        Which harm was looked at: that of the tolerance, or else missed cases (errors of a number).
    base_rate
        Share of the rows in which the outcome happens; None for a number.
    favourable
        Of several classes, those that are good to be given: then the outcome is to be one of them, and to be acted on
        is to be given one of them.
    """

    task: str
    target: str
    positive_label: str | None
    harm: Harm
    agreed: Agreed | None
    threshold: float | None
    currency: str | None
    n_rows: int
    base_rate: float | None
    compared: tuple[Compared, ...]
    notes: tuple[str, ...]
    seed: int
    seconds: float
    favourable: tuple[str, ...] = field(default=(), metadata=LATER)
