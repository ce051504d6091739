"""Money drawn before a model exists: value by quality, cash over time, the quality scale."""

import plotly.graph_objects as go

from portal.ui.charts import ACCENT, BAD, GOOD, QUIET, WARN, house, mark
from services.valuation.amounts import format_money
from services.valuation.business_case import BusinessCase
from services.valuation.reference_policies import ReferencePolicy
from services.valuation.required_quality import Quality
from services.valuation.sentences import LEVEL_LIMITS, of_100

_SCALE_GAP = 0.3  # between two zones of the quality scale, of 100
_ROOM = 0.14  # above and below the line, so that labels at the edge stay inside


def break_even_figure(case: BusinessCase) -> go.Figure:
    """Yearly value after all costs against the share of cases found (or rightly left alone), of 100."""
    currency = case.assumptions.currency
    quality = [_quality(case, point) for point in case.curve]
    net = [case.yearly_net(point) for point in case.curve]
    figure = go.Figure(
        go.Scatter(
            x=quality,
            y=net,
            mode="lines",
            line={"color": ACCENT, "width": 3},
            customdata=[
                [format_money(amount, currency), point.auc * 100] for amount, point in zip(net, case.curve, strict=True)
            ],
            hovertemplate="%{x:.0f} of 100: %{customdata[0]} a year<br>ranks %{customdata[1]:.0f} of 100 pairs right"
            "<extra></extra>",
        )
    )
    low, high = _padded(min(*net, case.yearly_everyone, 0.0), max(*net, case.yearly_everyone, 0.0))
    _mark_policies(figure, case, low, high)
    if case.required is not None:
        reached = _quality(case, case.required)
        side = "bottom right" if reached < 60 else "bottom left"
        mark(figure, reached, f"Break-even {of_100(reached / 100)}", color=WARN, side=side)
    house(figure, height=360, y=(low, high), currency=currency)
    title = "Cases rightly left alone, of 100" if case.is_everyone_worth_it else "Cases that matter found, of 100"
    return figure.update_xaxes(title_text=title, range=[min(quality) - 1, 101], nticks=6)


def cash_figure(case: BusinessCase) -> go.Figure:
    """Cumulative discounted cash by month: a perfect model, and the poorest that pays back."""
    currency = case.assumptions.currency
    figure = go.Figure()
    if case.required_cash is not None:
        _add_path(figure, "Break-even", case.required_cash.cumulative, currency, QUIET, "dash")
    _add_path(figure, "Perfect model", case.perfect_cash.cumulative, currency, ACCENT, "solid")
    drawn = [*case.perfect_cash.cumulative, *(case.required_cash.cumulative if case.required_cash else ()), 0.0]
    months, payback = len(case.perfect_cash.cumulative) - 1, case.perfect_cash.payback_months
    mark(figure, 0, "", axis="y")
    if payback is not None:
        side = "bottom right" if payback < months / 2 else "bottom left"
        mark(figure, payback, f"Paid back, month {payback:.1f}", color=GOOD, side=side)
    house(figure, height=320, y=_padded(min(drawn), max(drawn)), currency=currency, legend=True)
    return figure.update_xaxes(
        title_text="Months from the start", range=[-0.01 * months, months * 1.01], dtick=_month_step(months)
    )


def quality_scale_figure(required: Quality | None) -> go.Figure:
    """From a coin toss to perfect: green is easy or plausible, amber hard, red doubtful; a mark at what is needed."""
    figure, start = go.Figure(), 0.5
    for (level, limit), color in zip(LEVEL_LIMITS, (GOOD, GOOD, WARN, BAD), strict=True):
        figure.add_bar(
            x=[(limit - start) * 100 - _SCALE_GAP],
            y=[""],
            base=[start * 100 + _SCALE_GAP / 2],
            orientation="h",
            marker_color=color,
            width=0.5,
            hovertemplate=f"{level.capitalize()}: up to {limit * 100:.0f} of 100<extra></extra>",
        )
        figure.add_annotation(x=(start + limit) * 50, y=0, text=level.capitalize(), yshift=-28)
        start = limit
    if required is not None:
        needed = required.auc * 100
        figure.add_scatter(
            x=[needed],
            y=[""],
            mode="markers",
            marker={"size": 14, "color": ACCENT, "symbol": "diamond", "line": {"width": 2, "color": "white"}},
            hoverinfo="skip",
        )
        figure.add_annotation(
            x=needed, y=0, text=f"<b>Needed {of_100(required.auc)}</b>", yshift=32, xanchor=_inward(needed)
        )
    house(figure, height=140, grid="").update_layout(barmode="overlay", margin_t=30)
    figure.update_yaxes(visible=False)
    return figure.update_xaxes(range=[49.5, 100.5], tickvals=[50, 65, 80, 90, 100])


def _inward(quality: float) -> str:
    """Where a label at this place of the scale must hang so that it stays inside."""
    return "left" if quality < 57 else "right" if quality > 93 else "center"


def _month_step(months: int) -> int:
    return next((step for step in (1, 3, 6, 12, 24) if months / step <= 6), 48)


def _quality(case: BusinessCase, point: Quality) -> float:
    return 100 * (1 - point.false_alarm_rate if case.is_everyone_worth_it else point.found_rate)


def _padded(low: float, high: float) -> tuple[float, float]:
    room = _ROOM * (high - low or 1.0)
    return low - room, high + room


def _mark_policies(figure: go.Figure, case: BusinessCase, low: float, high: float) -> None:
    """Name the policies that need no model, and the perfect one; labels that would collide go to the other side."""
    currency, drawn = case.assumptions.currency, list[float]()
    capped = case.assumptions.capacity_rate is not None and case.assumptions.capacity_rate < 1
    everyone = "Picking at random" if capped else "Acting on everyone"
    for amount, name, side in (
        (case.yearly_perfect, "Perfect model", "left"),
        (0.0, "Do nothing", "right"),
        (case.yearly_everyone, everyone, "right"),
    ):
        is_close = any(abs(amount - other) < 0.08 * (high - low) for other in drawn)
        place = f"{'bottom' if is_close and amount <= 0 else 'top'} {side}"
        mark(figure, amount, f"{name} {format_money(amount, currency)}", axis="y", side=place)
        drawn.append(amount)


def _add_path(
    figure: go.Figure, name: str, cumulative: tuple[float, ...], currency: str, color: str, dash: str
) -> None:
    figure.add_scatter(
        x=[*range(len(cumulative))],
        y=cumulative,
        name=name,
        mode="lines",
        line={"color": color, "width": 3, "dash": dash},
        customdata=[format_money(amount, currency) for amount in cumulative],
        hovertemplate=f"{name}, month %{{x}}: %{{customdata}}<extra></extra>",
    )


def policies_figure(policies: tuple[ReferencePolicy, ...], currency: str) -> go.Figure:
    """Money a year of each way to act, against acting on nobody."""
    amounts = [policy.yearly_amount for policy in policies]
    words = [format_money(amount, currency) for amount in amounts]
    figure = go.Figure(
        go.Bar(
            y=[_wrapped(policy.title) for policy in policies],
            x=amounts,
            orientation="h",
            marker_color=[BAD if amount < 0 else ACCENT if amount > 0 else QUIET for amount in amounts],
            text=words,
            textposition="outside",
            cliponaxis=False,
            customdata=[of_100(policy.found_rate) if policy.found_rate else 0 for policy in policies],
            hovertemplate="%{y}: %{text} a year, acts on %{customdata} of 100 cases that matter<extra></extra>",
        )
    )
    low, high = _padded(min(0.0, *amounts), max(0.0, *amounts))
    house(figure, height=60 + 44 * len(policies), grid="", zero=True)
    figure.update_yaxes(autorange="reversed")
    return figure.update_xaxes(showticklabels=False, range=[low * 1.3 if low < 0 else low, high * 1.1])


def _wrapped(title: str) -> str:
    """Two lines at most, so that the names leave room for the bars on a phone."""
    words, lines = title.split(), [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + len(word) > 18:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)
