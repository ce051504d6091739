"""Small drawings of a plan as SVG text, for pages that are printed: no script, no font and no file beside them."""

from collections.abc import Callable, Sequence
from html import escape

from services.valuation.amounts import format_money
from services.valuation.uncertainty.sensitivity import Swing
from services.valuation.uncertainty.simulation import Simulation

_WIDTH, _ROW, _LABEL, _AMOUNT = 400, 19, 158, 46
_LEFT, _RIGHT = _LABEL, _WIDTH - _AMOUNT
_GOOD, _BAD, _ACCENT, _QUIET = "#2A8F57", "#D0483F", "#4F5FE0", "#7C8594"
_LONGEST = 26


def waterfall_drawing(simulation: Simulation, *, most: int = 9) -> str:
    """What each item and stage adds to or takes from the expected worth; the smallest beyond `most` are joined."""
    plan = simulation.plan
    parts = sorted(plan.staged_parts, key=lambda part: -abs(part[1]))
    rest = sum(amount for _, amount in parts[most:])
    shown = sorted(parts[:most], key=lambda part: -part[1]) + ([("All others", rest)] if parts[most:] else [])
    bars, reached = [], 0.0
    for name, amount in shown:
        bars.append((name, reached, reached + amount, amount, _GOOD if amount >= 0 else _BAD))
        reached += amount
    bars.append(("Net present value", 0.0, reached, reached, _ACCENT))
    return _bars(bars, plan.currency, "What adds up to the expected net present value")


def tornado_drawing(swings: Sequence[Swing], currency: str, *, most: int = 6) -> str:
    """The worth with each item at its 10th and 90th percentile, the largest swing on top."""
    bars = [
        (swing.name, swing.worth_at_low, swing.worth_at_high, swing.size, _ACCENT)
        for swing in swings[:most]
        if swing.size
    ]
    return _bars(bars, currency, "What moves the worth most")


def exceedance_drawing(simulation: Simulation) -> str:
    """Of 100 simulations, how many bring more than each amount."""
    points, above = simulation.worth.exceedance(61)
    low, high = float(min(points.min(), 0.0)), float(max(points.max(), 0.0))
    if low == high:
        return ""
    height, bottom = 140, 116
    across = _scale(low, high, 40, _WIDTH - 20)
    path = " ".join(f"{across(float(x)):.1f},{bottom - float(y) * 100:.1f}" for x, y in zip(points, above, strict=True))
    zero = across(0.0)
    texts = [
        _text(40, height - 12, format_money(low, simulation.plan.currency)),
        _text(_WIDTH - 20, height - 12, format_money(high, simulation.plan.currency), "end"),
        _text(34, 22, "100", "end"),
        _text(34, bottom + 4, "0", "end"),
        _text(zero + 4, 12, "gain"),
    ]
    lines = (
        f'<line x1="40" y1="{bottom}" x2="{_WIDTH - 20}" y2="{bottom}" stroke="{_QUIET}"/>'
        f'<line x1="{zero:.1f}" y1="4" x2="{zero:.1f}" y2="{bottom}" stroke="{_QUIET}" stroke-dasharray="3 3"/>'
        f'<polyline points="{path}" fill="none" stroke="{_ACCENT}" stroke-width="2.5"/>'
    )
    return _drawing(height, "How many of 100 simulations bring more than each amount", lines + "".join(texts))


def _bars(bars: Sequence[tuple[str, float, float, float, str]], currency: str, title: str) -> str:
    ends = [end for _, start, stop, _, _ in bars for end in (start, stop)] or [0.0]
    low, high = min(0.0, *ends), max(0.0, *ends)
    if low == high:
        return ""
    across, drawn = _scale(low, high, _LEFT, _RIGHT), []
    for place, (name, start, stop, amount, color) in enumerate(bars):
        top, left, right = place * _ROW + 4, across(min(start, stop)), across(max(start, stop))
        width, thick = max(1.0, right - left), _ROW - 6
        drawn.append(
            _text(_LABEL - 8, top + 12, _short(name), "end")
            + f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="{thick}" fill="{color}"/>'
            + _text(_WIDTH, top + 12, format_money(amount, currency), "end")
        )
    zero, height = across(0.0), len(bars) * _ROW + 6
    axis = f'<line x1="{zero:.1f}" y1="0" x2="{zero:.1f}" y2="{height}" stroke="{_QUIET}"/>'
    return _drawing(height, title, axis + "".join(drawn))


def _scale(low: float, high: float, left: float, right: float) -> Callable[[float], float]:
    return lambda value: left + (value - low) / (high - low) * (right - left)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _drawing(height: int, title: str, content: str) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(title)}" '
        f'xmlns="http://www.w3.org/2000/svg">{content}</svg>'
    )
