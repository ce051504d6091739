"""The variants of one kind of model in a run, as the map of the search looks at them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from services.automl.hyperparameters import Axis, ResultAxis, axes_of, result_axis
from services.automl.importance import importances, losses_of
from services.automl.landscape import Surface, surface
from services.automl.sentences import metric_label
from services.automl.views import RunView, TrialView


@dataclass(frozen=True)
class SearchMap:
    """The variants of one kind of model in a run, judged in money or by the metric."""

    run: RunView
    family: str
    in_money: bool

    @cached_property
    def trials(self) -> list[TrialView]:
        """All of this kind that ended, with or without a model."""
        return [trial for trial in self.run.trials if trial.family == self.family and trial.state != "running"]

    @cached_property
    def complete(self) -> list[TrialView]:
        """Those that gave a model and can be judged."""
        return [trial for trial in self.trials if trial.state == "complete" and self.value_of(trial) is not None]

    @cached_property
    def values(self) -> dict[int, float]:
        """What each reached, by its number."""
        return {trial.number: self.value_of(trial) or 0.0 for trial in self.complete}

    @property
    def greater_is_better(self) -> bool:
        """The direction of what is judged."""
        return self.in_money or self.run.greater_is_better

    @property
    def currency(self) -> str | None:
        """Of what is judged; None for a metric."""
        return self.run.currency if self.in_money else None

    @cached_property
    def shares(self) -> dict[str, float]:
        """The importance of each parameter for what is judged."""
        return self.shares_of(in_money=self.in_money)

    @cached_property
    def axes(self) -> list[Axis]:
        """The parameters that vary, the most important first."""
        found = axes_of(self.trials)
        return sorted(found, key=lambda axis: -self._shares_by_name.get(axis.name, 0.0))

    @cached_property
    def results(self) -> list[ResultAxis]:
        """Metric and money as axes."""
        named = [("score", metric_label(self.run.metric))]
        if self.run.has_money:
            named.append(("value_amount", "Money a year"))
        found = [result_axis(self.complete, name, title) for name, title in named]
        return [axis for axis in found if axis is not None]

    def value_of(self, trial: TrialView) -> float | None:
        """What a variant reached."""
        return trial.value_amount if self.in_money else trial.score

    def shares_of(self, *, in_money: bool) -> dict[str, float]:
        """The importance of each parameter for money or for the metric."""
        reached = {t.number: v for t in self.complete if (v := t.value_amount if in_money else t.score) is not None}
        known = [trial for trial in self.complete if trial.number in reached]
        losses = losses_of(reached, known, greater_is_better=in_money or self.run.greater_is_better)
        return importances(known, losses, axes_of(self.trials))

    def surface_of(self, x: Axis, y: Axis, *, in_money: bool) -> Surface | None:
        """Money or the metric over two parameters; None where too few variants have both."""
        reached = [(trial, trial.value_amount if in_money else trial.score) for trial in self.complete]
        known = [(trial, float(value)) for trial, value in reached if value is not None]
        trials, values = [trial for trial, _ in known], [value for _, value in known]
        return surface(trials, values, x, y, greater_is_better=in_money or self.run.greater_is_better)

    @property
    def goals(self) -> tuple[bool, ...]:
        """In money, and by the metric: what can be drawn."""
        return (True, False) if self.run.has_money else (False,)

    @cached_property
    def quarters(self) -> list[list[TrialView]]:
        """The variants that gave a model, the best quarter first."""
        sign = -1 if self.greater_is_better else 1
        ordered = sorted(self.complete, key=lambda trial: sign * self.values[trial.number])
        step = max(1, -(-len(ordered) // 4))
        return [ordered[start : start + step] for start in range(0, len(ordered), step)]

    @cached_property
    def _shares_by_name(self) -> Mapping[str, float]:
        return self.shares
