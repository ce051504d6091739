"""Projects among others: value against feasibility, and their way through the stages."""

from collections.abc import Sequence
from datetime import UTC, datetime, time

import plotly.graph_objects as go

from portal.ui.badges import RISK
from portal.ui.charts import ACCENT, BAD, GOOD, QUIET, SERIES, WARN, house, mark
from portal.ui.figures.plain import escape, shorten
from services.portfolio.moments import moment_of
from services.portfolio.records.making import last_day
from services.portfolio.records.sentences import describe_awaited, describe_worth
from services.portfolio.records.views import Column, Record
from services.proposals.risk import TIERS
from services.valuation.amounts import format_money
from services.valuation.project_worth import one_off_amount

MOST_BARS = 20
MOST_NAMED = 4
_LONGEST_NAME = 24
_LONGEST_LABEL = 22
_SMALLEST, _LARGEST = 9.0, 34.0  # marks, in pixels across
_ROW = 44  # of the timeline, in pixels
_MATRIX_HEIGHT = 460  # pixels, as the next four
_BELOW = 12  # from the lower edge of a mark to the middle of its name
_PHONE = (280, 340)  # width and height of what axes leave of the matrix on a phone
_LETTER_WIDTH, _LINE_HEIGHT = 7, 16
_RISK_MARKS = {
    "low": (QUIET, "circle"),
    "medium": (WARN, "diamond"),
    "high": (BAD, "square"),
    "critical": (SERIES[3], "star"),
}
_COLUMN_COLORS = {
    Column.IDEA: QUIET,
    Column.CASE: SERIES[5],
    Column.MAKING: ACCENT,
    Column.SIGN_OFF: WARN,
    Column.LIVE: GOOD,
    Column.STOPPED: BAD,
}


def matrix_figure(records: Sequence[Record], currency: str) -> go.Figure:
    """Money a year against feasibility of 100; a mark's area is the money it takes to build, its colour the risk.

    `records` have figures, all in `currency`. A hollow mark is what a perfect model would bring at most.
    """
    figure = go.Figure()
    largest = max((_cost(record) for record in records), default=1.0) or 1.0
    for tier in TIERS:
        inside = [record for record in records if record.risk_tier == tier]
        color, symbol = _RISK_MARKS[tier]
        if not inside:
            continue
        figure.add_scatter(
            x=[100 * record.reach.score for record in inside],
            y=[record.amount for record in inside],
            mode="markers",
            name=RISK[tier].label,
            marker={
                "color": color,
                "symbol": [symbol if _is_measured(record) else f"{symbol}-open" for record in inside],
                "size": [_size(record, largest) for record in inside],
                "opacity": 0.8,
                "line": {"width": 2, "color": color},
            },
            customdata=[[record.project_id, escape(record.name), _matrix_words(record)] for record in inside],
            hovertemplate="<b>%{customdata[1]}</b><br>%{customdata[2]}<extra></extra>",
        )
    amounts = [record.amount or 0.0 for record in records]
    low, high = min([0.0, *amounts]), max([0.0, *amounts])
    room = 0.12 * ((high - low) or 1.0)
    for record in _named(records, largest, _PHONE[1] / (high - low + 2 * room)):
        figure.add_annotation(
            x=100 * record.reach.score,
            y=record.amount,
            text=escape(_label(record)),
            xanchor=_anchor(record),
            yshift=-_BELOW - _size(record, largest) / 2,
        )
    house(figure, height=_MATRIX_HEIGHT, y=(low - room, high + room), currency=currency, legend=True)
    figure.update_layout(legend_itemclick=False, legend_itemdoubleclick=False)
    return figure.update_xaxes(title_text="Feasibility, of 100", range=[-3, 103], nticks=6)


def _named(records: Sequence[Record], largest: float, pixels_per_amount: float) -> list[Record]:
    """The projects that bring most, but for those whose name would lie on another name, even on a phone."""
    named: list[Record] = []
    taken: list[tuple[float, float, float]] = []  # left, right, middle of the line
    for record in sorted(records, key=lambda record: -(record.amount or 0.0)):
        width = _LETTER_WIDTH * len(_label(record))
        left = _PHONE[0] * record.reach.score - {"left": 0.0, "center": 0.5, "right": 1.0}[_anchor(record)] * width
        line = pixels_per_amount * (record.amount or 0.0) - _BELOW - _size(record, largest) / 2
        if any(left < end and begin < left + width and abs(line - at) < _LINE_HEIGHT for begin, end, at in taken):
            continue
        taken.append((left, left + width, line))
        named.append(record)
        if len(named) == MOST_NAMED:
            break
    return named


def _label(record: Record) -> str:
    return shorten(record.name, _LONGEST_LABEL)


def _anchor(record: Record) -> str:
    """Names stay inside the picture, also on a phone."""
    return "right" if record.reach.score > 0.75 else "left" if record.reach.score < 0.25 else "center"


def timeline_figure(records: Sequence[Record], now: datetime) -> go.Figure:
    """A bar for each column a project came through, the last one until now, and a mark at its planned end."""
    figure = go.Figure()
    for column in Column:
        spans = [
            (row, record, start, end)
            for row, record in enumerate(records)
            for (step, start), end in zip(record.way, [*(at for _, at in record.way[1:]), now], strict=True)
            if step == column and end > start
        ]
        if spans:
            figure.add_bar(
                y=[row for row, *_ in spans],
                base=[start.timestamp() * 1000 for _, _, start, _ in spans],
                x=[(end - start).total_seconds() * 1000 for _, _, start, end in spans],
                orientation="h",
                width=0.3,
                name=column.label,
                marker_color=_COLUMN_COLORS[column],
                customdata=[
                    [record.project_id, escape(record.name), f"{column.label} {_span(start, end, now)}"]
                    for _, record, start, end in spans
                ],
                hovertemplate="<b>%{customdata[1]}</b><br>%{customdata[2]}<extra></extra>",
            )
    _add_ends(figure, records, now)
    for row, record in enumerate(records):
        words = f"<b>{_short(record.name)}</b>  {_days_words(record, now)}, {_awaited_words(record)}"
        figure.add_annotation(
            x=0, xref="paper", y=row, text=words, xanchor="left", yanchor="bottom", yshift=6, align="left"
        )
    mark(figure, now.timestamp() * 1000, "", axis="x")
    house(figure, height=70 + _ROW * len(records), legend=True, grid="x")
    figure.update_layout(barmode="overlay", legend_itemclick=False, legend_itemdoubleclick=False)
    figure.update_yaxes(visible=False, range=[len(records) - 0.4, -0.8])
    return figure.update_xaxes(type="date", nticks=5, tickformat="%b %Y")


def _add_ends(figure: go.Figure, records: Sequence[Record], now: datetime) -> None:
    """The planned ends; a dotted line leads there from now, or from there to now where it is overdue."""
    planned = [(row, record) for row, record in enumerate(records) if record.due_on and record.column != Column.LIVE]
    for row, record in planned:
        ends = (_midnight(record), now)
        figure.add_scatter(
            x=ends,
            y=[row, row],
            mode="lines",
            line={"color": BAD if ends[0] < now else QUIET, "width": 1.5, "dash": "dot"},
            hoverinfo="skip",
            showlegend=False,
        )
    if planned:
        figure.add_scatter(
            x=[_midnight(record) for _, record in planned],
            y=[row for row, _ in planned],
            mode="markers",
            name="Planned end",
            marker={
                "symbol": ["x" if _midnight(record) < now else "diamond-open" for _, record in planned],
                "color": [BAD if _midnight(record) < now else QUIET for _, record in planned],
                "size": 11,
                "line": {"width": 1.5},
            },
            customdata=[[record.project_id, escape(record.name), describe_end(record, now)] for _, record in planned],
            hovertemplate="<b>%{customdata[1]}</b><br>%{customdata[2]}<extra></extra>",
        )


def describe_end(record: Record, now: datetime) -> str:
    """Planned for 3 Sep 2027, or that this day has passed."""
    if record.due_on is None:
        return "No planned end"
    said = f"{record.due_on.day} {record.due_on:%b %Y}"
    is_late = record.column != Column.LIVE and last_day(record, now.date()) != record.due_on
    return f"Overdue since {said}" if is_late else said


def _matrix_words(record: Record) -> str:
    cost = format_money(_cost(record), record.assumptions.currency if record.assumptions else record.currency)
    return (
        f"{describe_worth(record)} a year, {cost} to build<br>Feasibility {100 * record.reach.score:.0f} of 100"
        f"<br>{RISK[record.risk_tier].label}, {record.column.label.lower()}"
    )


def _days_words(record: Record, now: datetime) -> str:
    days = record.days_in_phase(now)
    return f"{days:,} day{'' if days == 1 else 's'}"


def _awaited_words(record: Record) -> str:
    awaited = describe_awaited(record.awaited)
    if awaited == "nobody":
        return "nobody is awaited"
    return f"awaits {awaited[:1].lower() + awaited[1:] if record.awaited.is_me else escape(awaited)}"


def _span(start: datetime, end: datetime, now: datetime) -> str:
    days = (end - start).days
    until = "now" if end == now else moment_of(end, now)
    return f"{moment_of(start, now)} to {until}, {days:,} day{'' if days == 1 else 's'}"


def _midnight(record: Record) -> datetime:
    assert record.due_on is not None
    return datetime.combine(record.due_on, time.max, UTC)


def _size(record: Record, largest: float) -> float:
    """Pixels across; the area tells the money."""
    return float(_SMALLEST + (_LARGEST - _SMALLEST) * (_cost(record) / largest) ** 0.5)


def _cost(record: Record) -> float:
    return one_off_amount(record.assumptions) if record.assumptions else 0.0


def _is_measured(record: Record) -> bool:
    return record.worth is not None and record.worth.is_measured


def _short(name: str) -> str:
    return escape(shorten(name, _LONGEST_NAME))
