"""How a variant did in each fold: data in, figure out."""

from collections.abc import Mapping

import plotly.graph_objects as go

from portal.ui.charts import ACCENT, QUIET, house
from services.automl.sentences import format_score, metric_label
from services.automl.views import RunView, TrialView

_ROW_PIXELS, _AXIS_PIXELS = 34, 74
_LABEL_LENGTH = 14


def fold_strip(run: RunView, trials: Mapping[str, TrialView]) -> go.Figure:
    """A row of dots for each named variant, one dot for each fold, and a bar where all folds together are.

    `trials` has at most a few, first on top; its first is ours, in the accent, the others are quiet.
    """
    figure = go.Figure()
    for place, (name, trial) in enumerate(trials.items()):
        color = QUIET if place else ACCENT
        label = name[:_LABEL_LENGTH]
        figure.add_scatter(
            x=list(trial.fold_scores),
            y=[label] * len(trial.fold_scores),
            mode="markers",
            marker={"size": 10, "color": color, "opacity": 0.75},
            hovertext=[f"Fold {n}: {format_score(score)}" for n, score in enumerate(trial.fold_scores, start=1)],
            hoverinfo="text",
            name=label,
        )
        figure.add_scatter(
            x=[trial.score],
            y=[label],
            mode="markers",
            marker={"size": 18, "color": color, "symbol": "line-ns-open", "line": {"width": 2}},
            hovertext=f"All folds: {format_score(trial.score)}",
            hoverinfo="text",
            showlegend=False,
        )
    house(figure, height=_AXIS_PIXELS + _ROW_PIXELS * max(1, len(trials)), x=".3~f", grid="x")
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(title_text=metric_label(run.metric), nticks=5)
    return figure
