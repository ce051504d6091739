"""The case on one page of HTML, to be printed or saved as PDF by any browser; nothing in it comes from elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape

from services.valuation.amounts import format_exact_money, format_money
from services.valuation.assumptions import Assumptions
from services.valuation.business_case import make_business_case
from services.valuation.drawings import exceedance_drawing, tornado_drawing, waterfall_drawing
from services.valuation.limits import SOURCES
from services.valuation.money_lines import composition_notes
from services.valuation.plan import RHYTHMS, Item
from services.valuation.readings import readings
from services.valuation.reference_policies import task_in_words
from services.valuation.sentences import outcomes
from services.valuation.uncertainty.sensitivity import swings
from services.valuation.uncertainty.sentences import advice_sentences, chance_title, swing_title, worth_sentence
from services.valuation.uncertainty.simulation import INDEPENDENCE_WARNING, simulate

_MOST_ITEMS = 14
_STYLE = """
@page { size: A4; margin: 9mm 13mm; }
* { box-sizing: border-box; }
body { font: 8.5pt/1.3 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: #1b1f27; background: #fff;
  max-width: 184mm; margin: 0 auto; padding: 4mm; }
h1 { font-size: 14pt; margin: 0; } h2 { font-size: 10pt; margin: 2.4mm 0 .8mm; }
p { margin: 0 0 .8mm; } .quiet { color: #5c6470; font-size: 7.5pt; } .lead { font-size: 10.5pt; font-weight: 600; }
table { width: 100%; border-collapse: collapse; font-size: 7.8pt; }
td, th, p, h1 { overflow-wrap: anywhere; }
td, th { text-align: left; padding: .35mm 2mm .35mm 0; border-bottom: .2mm solid #dadee5; vertical-align: top; }
.number { text-align: right; white-space: nowrap; padding-right: 0; } th { color: #5c6470; font-weight: 500; }
.two { display: grid; grid-template-columns: 1fr 1fr; gap: 7mm; } svg { width: 100%; height: auto; display: block; }
svg text { font: 10.5px system-ui, sans-serif; fill: #1b1f27; } section { break-inside: avoid; }
@media (max-width: 640px) { .two { grid-template-columns: 1fr; gap: 0; } }
@media print { body { padding: 0; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
"""


@dataclass(frozen=True, slots=True)
class Heading:
    """Whose case it is: the project, what it wants, and which version of the figures, by whom and when."""

    project: str
    objective: str
    version: int
    author: str
    written_at: datetime


def one_page(heading: Heading, assumptions: Assumptions) -> str:
    """A whole HTML document without script, link or picture from elsewhere; every text of a person is escaped."""
    plan, case = assumptions.plan, make_business_case(assumptions)
    simulation = simulate(plan)
    found = swings(simulation)
    written = f"{heading.written_at.day} {heading.written_at:%B %Y}"
    wanted = f"{escape(heading.objective)} · " if heading.objective not in ("", heading.project) else ""
    parts = [
        f"<h1>{escape(heading.project)}</h1>",
        f'<p class="quiet">{wanted}Figures of version {heading.version} by '
        f"{escape(heading.author)}, {written}; {escape(SOURCES[assumptions.source])}</p>",
        f'<p class="lead">{escape(worth_sentence(simulation))}</p>',
        f"<p>{escape(' '.join(advice_sentences(simulation)))}</p>",
        *(f'<p class="quiet">{escape(sentence)}</p>' for sentence in composition_notes(assumptions)),
        _section("What a model must do", f"<p>{escape(task_in_words(case))}</p>{_outcomes(assumptions)}"),
        '<div class="two">',
        _section("What adds up to it", waterfall_drawing(simulation)),
        _section(
            escape(swing_title(found)),
            tornado_drawing(found, plan.currency)
            + '<p class="quiet">Each item at its 10th and 90th percentile; the number is how much the worth moves.</p>',
        ),
        "</div>",
        '<div class="two">',
        _section("In the usual readings", _readings(assumptions)),
        _section(
            escape(chance_title(simulation)),
            exceedance_drawing(simulation)
            + f'<p class="quiet">How many of 100 simulations bring more than each amount. {INDEPENDENCE_WARNING}</p>',
        ),
        "</div>",
        _section("Items", _items(plan.items, plan.currency)),
        f'<p class="quiet">Discounted at {plan.yearly_discount_rate * 100:.3g}% a year; cash of month 0 is not. '
        f"{simulation.worth.values.size:,} draws, seed {simulation.seed}.</p>",
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(heading.project)}: the case</title><style>{_STYLE}</style></head>"
        f"<body>{''.join(parts)}</body></html>"
    )


def _section(title: str, content: str) -> str:
    return f"<section><h2>{title}</h2>{content}</section>"


def _outcomes(assumptions: Assumptions) -> str:
    rows = (
        (outcome.title, outcome.reason, format_money(outcome.amount, assumptions.currency, sign=True))
        for outcome in outcomes(assumptions)
    )
    return _table(("Outcome", "Why", "Money per case"), rows)


def _readings(assumptions: Assumptions) -> str:
    return _table(("Reading", ""), ((one.name, one.shown) for one in readings(assumptions.plan)))


def _items(items: tuple[Item, ...], currency: str) -> str:
    rows = (
        (
            item.name,
            f"{'benefit' if item.is_benefit else 'cost'}, {RHYTHMS[item.rhythm].lower()}",
            SOURCES[item.source] + (f", {item.owner}" if item.owner else ""),
            _range(item, currency),
        )
        for item in items[:_MOST_ITEMS]
    )
    left = len(items) - _MOST_ITEMS
    more = f'<p class="quiet">and {left} more, in the workbook.</p>' if left > 0 else ""
    return _table(("Item", "When", "Source", "Each, low to high"), rows) + more


def _range(item: Item, currency: str) -> str:
    form = format_exact_money if item.amount.high >= 100 else format_money  # an amount of cents keeps them
    low, high = (form(amount, currency) for amount in (item.amount.low, item.amount.high))
    units = "" if item.quantity == 1 else f"{item.quantity:,.12g} × "
    return units + (low if item.amount.is_constant else f"{low} to {high}")


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """The last column is a number and stands at the right."""

    def cells(tag: str, texts: tuple[str, ...]) -> str:
        last = len(texts) - 1
        return "".join(
            f"<{tag}{' class=number' if place == last else ''}>{escape(text)}</{tag}>"
            for place, text in enumerate(texts)
        )

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f"<table><thead><tr>{cells('th', headings)}</tr></thead><tbody>{body}</tbody></table>"
