"""From the number the business wants to move to what a model is scored by, and whether the two fit."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelMetric:
    """A metric of models: which way is better, in what unit, and what it cannot see."""

    name: str
    title: str
    is_higher_better: bool
    unit: str
    blind_to: str
    tasks: tuple[str, ...]


METRICS = {
    metric.name: metric
    for metric in (
        ModelMetric(
            "value",
            "Money a year",
            True,
            "money",
            "whatever the figures of this page leave out",
            ("binary",),
        ),
        ModelMetric(
            "roc_auc",
            "Pairs ranked right",
            True,
            "share",
            "where the line is drawn, what an action costs, and whether probabilities are true",
            ("binary",),
        ),
        ModelMetric(
            "average_precision",
            "Precision over all cuts",
            True,
            "share",
            "money, capacity, and how common the outcome will be tomorrow",
            ("binary",),
        ),
        ModelMetric(
            "log_loss",
            "Log loss",
            False,
            "none",
            "money and capacity: all errors weigh alike",
            ("binary", "multiclass"),
        ),
        ModelMetric(
            "accuracy",
            "Right calls",
            True,
            "share",
            "that rare cases matter more than common ones",
            ("binary", "multiclass"),
        ),
        ModelMetric(
            "mae",
            "Mean absolute error",
            False,
            "target",
            "that too little and too much may cost differently",
            ("regression", "forecasting"),
        ),
        ModelMetric(
            "rmse",
            "Root mean squared error",
            False,
            "target",
            "that one large error may cost less than many small ones",
            ("regression", "forecasting"),
        ),
        ModelMetric(
            "pinball",
            "Pinball loss",
            False,
            "target",
            "that the cost of a unit may itself depend on the case",
            ("regression", "forecasting"),
        ),
    )
}


@dataclass(frozen=True, slots=True)
class BusinessMetric:
    """What the business wants to move: from a baseline to a target, in its unit; where given, what is predicted."""

    name: str
    unit: str
    baseline: float | None
    target: float | None

    @property
    def is_to_fall(self) -> bool | None:
        """Whether lower is better; None where baseline and target do not say."""
        if self.baseline is None or self.target is None or self.baseline == self.target:
            return None
        return self.target < self.baseline


def check_link(business: BusinessMetric, metric: ModelMetric, *, task: str, target_unit: str = "") -> tuple[str, ...]:
    """What does not fit between the two, one sentence each, and always what the metric cannot see, last.

    Parameters
    ----------
    task
        What kind of model is asked for: "binary", "multiclass", "regression" or "forecasting".
    target_unit
        Unit of the predicted number; empty where a class is predicted.
    """
    found = []
    if task not in metric.tasks:
        found.append(f"{metric.title} does not score models of the kind “{task}”. Choose another metric.")
    if business.is_to_fall is None:
        found.append(
            f"“{business.name}” has no direction: its baseline and target are missing or equal. "
            "Say from where to where it shall move."
        )
    if metric.unit == "target" and target_unit and business.unit and target_unit != business.unit:
        found.append(
            f"“{business.name}” is in {business.unit}, the predicted number in {target_unit}. "
            f"Say how much one {target_unit} moves the metric, or predict what the metric counts."
        )
    if business.is_to_fall is not None:
        wanted = "falls" if business.is_to_fall else "rises"
        better = "higher" if metric.is_higher_better else "lower"
        found.append(
            f"{metric.title} is better when {better}; “{business.name}” is better when it {wanted}. "
            "A better model moves it only through what people then do."
        )
    found.append(f"{metric.title} cannot see {metric.blind_to}.")
    return tuple(found)
