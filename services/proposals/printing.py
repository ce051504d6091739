"""The Drivetrain canvas on one page of HTML, to be printed or saved as PDF; needs nothing but a browser."""

from collections.abc import Iterable
from html import escape

from services.proposals.objective import Objective
from services.proposals.sentences import DATA_STATUSES, lever_details, opening_sentence, understood

_STYLE = """
@page { size: A4 landscape; margin: 12mm } body { font: 14px/1.4 sans-serif; color: #1B1F27; max-width: 1080px;
margin: 24px auto; padding: 0 12px } h1 { font-size: 21px } h2 { font-size: 14px; margin: 0 0 8px }
.row { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px } .row > div { border-top: 3px solid #3F4FD1;
padding-top: 8px } .box { border: 1px solid #DADEE5; border-radius: 8px; padding: 8px; margin-bottom: 8px;
overflow-wrap: anywhere; break-inside: avoid } .gap { border: 1px dashed #8A5200; color: #8A5200 }
small { color: #5C6470; display: block } .said { columns: 2; column-gap: 24px } .said p { margin: 0 0 8px;
overflow-wrap: anywhere; break-inside: avoid } @media (max-width: 700px) { .row { grid-template-columns: 1fr }
.said { columns: 1 } } @media print { body { font-size: 11px; margin: 0; max-width: none }
.said { columns: 3 } h1 { font-size: 17px; margin-top: 0 }
.box { padding: 6px; margin-bottom: 6px } .said p { margin-bottom: 4px } }
"""


def printed_canvas(objective: Objective, *, project: str, version: int, author: str) -> str:
    """One page: the four columns, what is missing in each, and what was understood."""
    levers = [_box(lever.name, lever.allowed, *lever_details(lever)) for lever in objective.levers]
    levers += [_gap(f"No data connects {lever.name}") for lever in objective.unconnected_levers]
    data = [
        _box(
            need.source,
            DATA_STATUSES[need.status],
            need.owner,
            f"Records {', '.join(need.connects)}" * bool(need.connects),
        )
        for need in objective.data_needed
    ]
    columns = {
        "1 What should get better": [_box(objective.sentence, opening_sentence(objective))],
        "2 What can we change": levers or [_gap("No lever yet")],
        "3 Which data tell": data or [_gap("No data yet")],
        "4 What a model predicts": [
            _box(objective.outcome, f"Informs: {objective.decision}") if objective.outcome else _gap("Not said yet")
        ],
    }
    drawn = "".join(f"<div><h2>{escape(title)}</h2>{''.join(boxes)}</div>" for title, boxes in columns.items())
    rows = "".join(
        f"<p><small>{escape(name)}</small>{escape(text)}</p>" for name, text in understood(objective).items()
    )
    head = f"{escape(project)}: objective, version {version} by {escape(author)}"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{head}</title><style>{_STYLE}</style><h1>{head}</h1>"
        f'<div class="row">{drawn}</div><h2>What we understood</h2><div class="said">{rows}</div></html>'
    )


def _box(title: str, *lines: str) -> str:
    return f'<div class="box"><b>{escape(title)}</b>{_small(lines)}</div>'


def _gap(text: str) -> str:
    return f'<div class="box gap">{escape(text)}</div>'


def _small(lines: Iterable[str]) -> str:
    return "".join(f"<small>{escape(line[:1].upper() + line[1:])}</small>" for line in lines if line)
