"""The plan as an Excel workbook whose formulas add it up anew: change an amount in it and the worth follows.

Conventions: Excel's `NPV()` discounts its first value by one period. The flow of month 0 is therefore added beside it:
`=flow_0 + NPV(rate, flow_1 ...)`. The rate is the monthly one that compounds to the yearly rate.
"""

import io
from collections.abc import Iterator
from typing import Any

from services.valuation.adoption import Adoption
from services.valuation.plan import Item, Plan
from services.valuation.readings import sign_changes

SHEETS = ("Case", "Items", "Cash", "Conventions")
WORTH_CELL = "B5"  # of the sheet "Case"
_ITEM_ROW, _CASH_ROW, _CASH_COLUMN = 2, 3, 5  # first row of items, of month 0, and first column of an item's flow
_STAGE_ROW = 24  # of the sheet "Case"
_HEADINGS = (
    "Name", "Kind", "Low", "Likely", "High", "Range", "Chance", "Units", "When", "From month", "To month", "Source",
    "Owner", "Expected amount",
)  # fmt: skip
_CONVENTIONS = (
    "Cash of month 0 is not discounted. Excel's NPV() would discount the first value it is given by one month, so it "
    "is given month 1 and later, and month 0 is added beside it.",
    "The discount rate is an effective rate a year; the rate a month is (1 + yearly) ^ (1/12) - 1.",
    "What comes once is due in its month; what comes every month or year is due at the end of each month from month 1.",
    "Expected amount: PERT (low + 4 likely + high) / 6, triangular (low + likely + high) / 3, normal the middle, "
    "lognormal exp(m + s^2 / 2), each times the chance that it happens.",
    "IRR and MIRR are rates a month brought to a year by (1 + rate) ^ 12 - 1. IRR means something only where cash "
    "turns from paid to earned exactly once; the sheet says so where it does not.",
    "Where a plan has stages, the net present value and its rates are of the plan once all have succeeded. Its "
    "expected worth goes from the last stage to the first: chance x worth of what follows - cost, in money of today.",
    "Expected cash only: ranges, chances and correlations are drawn in the portal, not here.",
)


def workbook(plan: Plan, title: str) -> bytes:
    """The plan as an `.xlsx` file; every sum in it is a formula, every text of a person stays text."""
    from openpyxl import Workbook  # late: few people ask for it
    from openpyxl.styles import Font

    book = Workbook()
    case = book.active
    case.title = SHEETS[0]
    items, cash, conventions = (book.create_sheet(name) for name in SHEETS[1:])
    for sheet, rows in (
        (items, _item_rows(plan)),
        (cash, _cash_rows(plan)),
        (case, _case_rows(plan, title)),
        (conventions, [["How it is computed"], *[[text] for text in _CONVENTIONS]]),
    ):
        for row, cells in enumerate(rows, 1):
            for column, cell in enumerate(cells, 1):
                _write(sheet.cell(row, column), cell)
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "B2"
    for name, width in (("A", 44), ("B", 20), ("C", 60), ("D", 20)):
        case.column_dimensions[name].width = width
    items.column_dimensions["A"].width = 36
    conventions.column_dimensions["A"].width = 110
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


class Computed(str):
    """A formula of ours; any other text is text, whatever it begins with."""

    __slots__ = ()


def _write(cell: Any, value: Any) -> None:
    if isinstance(value, Computed):
        cell.value = str(value)
        return
    if isinstance(value, str):
        cell.value = "".join(sign for sign in value if sign.isprintable())
        cell.data_type = "s"
        cell.quotePrefix = value[:1] in ("=", "+", "-", "@")
        return
    cell.value = value


def _item_rows(plan: Plan) -> Iterator[list[Any]]:
    yield list(_HEADINGS)
    for row, item in enumerate(plan.items, _ITEM_ROW):
        amount = item.amount
        yield [
            item.name,
            "Benefit" if item.is_benefit else "Cost",
            amount.low,
            amount.mode if amount.shape in ("pert", "triangular") else None,
            amount.high,
            amount.shape,
            item.chance,
            item.quantity,
            item.rhythm,
            item.start_month,
            item.end_month,
            item.source,
            item.owner,
            _expected(row),
        ]


def _expected(row: int) -> Computed:
    low, likely, high, shape, chance = (f"{column}{row}" for column in "CDEFG")
    spread = f"((LN({high})-LN({low}))/(2*NORMSINV(0.95)))"
    lognormal = f"EXP((LN({low})+LN({high}))/2+{spread}^2/2)"
    means = f'IF({shape}="triangular",({low}+{likely}+{high})/3,IF({shape}="normal",({low}+{high})/2,{lognormal}))'
    return Computed(f'={chance}*IF({low}={high},{low},IF({shape}="pert",({low}+4*{likely}+{high})/6,{means}))')


def _cash_rows(plan: Plan) -> Iterator[list[Any]]:
    from openpyxl.utils import get_column_letter

    last = get_column_letter(_CASH_COLUMN + len(plan.items) - 1)
    yield ["Month", "Share of the full benefit", "Cash", "Cash in money of today", *(item.name for item in plan.items)]
    yield ["", "", "", "", *("Benefit" if item.is_benefit else "Cost" for item in plan.items)]
    for month in range(plan.horizon_months + 1):
        row = _CASH_ROW + month
        yield [
            month,
            _share(plan.adoption, row),
            Computed(f"=SUM({get_column_letter(_CASH_COLUMN)}{row}:{last}{row})"),
            Computed(f"=C{row}/(1+Case!$B$4)^A{row}"),
            *(_flow(item, place, row) for place, item in enumerate(plan.items)),
        ]


def _share(adoption: Adoption, row: int) -> Computed:
    after = f"(A{row}-Case!$B$19)"
    if adoption.curve == "at once" or adoption.ramp_months == 0:
        return Computed(f"=IF({after}>0,1,0)")
    done = f"MAX(0,MIN(1,{after}/Case!$B$20))"
    return Computed(f"={done}" if adoption.curve == "linear" else f"={done}^2*(3-2*{done})")


def _flow(item: Item, place: int, row: int) -> Computed:
    """The expected cash of an item in the month of a row of the sheet "Cash"."""
    line = _ITEM_ROW + place
    amount, units, start, end = (f"Items!${column}${line}" for column in "NHJK")
    sign = "" if item.is_benefit else "-"
    if item.rhythm == "once":
        return Computed(f"={sign}IF($A{row}={start},{units}*{amount},0)")
    spread = "/12" if item.rhythm == "yearly" else ""
    share = f"*$B{row}" if item.is_benefit else ""
    running = f'AND($A{row}>=MAX(1,{start}),OR({end}="",$A{row}<={end}))'
    return Computed(f"={sign}IF({running},{units}*{amount}{spread}{share},0)")


def _case_rows(plan: Plan, title: str) -> list[list[Any]]:
    first, last = _CASH_ROW, _CASH_ROW + plan.horizon_months
    flows, later = f"Cash!C{first}:C{last}", f"Cash!C{first + 1}:C{last}"
    is_conventional = sign_changes(plan.expected_flows) == 1
    irr = Computed(f'=IFERROR((1+IRR({flows},0.01))^12-1,"none")') if is_conventional else "none"
    no_single = "" if is_conventional else "Cash does not turn exactly once, so there is no single rate. Read MIRR."
    worth = Computed(f"=Cash!C{first}+NPV(B4,{later})")
    return [
        [title],
        ["Currency", plan.currency],
        ["Discount rate a year", plan.yearly_discount_rate, "Change it, or any amount in Items: all below follows."],
        ["Discount rate a month", Computed("=(1+B3)^(1/12)-1")],
        ["Net present value", worth, "Month 0 stands beside NPV(), which starts at month 1."],
        ["The same, added up by hand", Computed(f"=SUM(Cash!D{first}:D{last})"), "Must be the same."],
        ["NPV() over all months", Computed(f"=NPV(B4,{flows})"), "Smaller: it discounts month 0 as well."],
        ["Internal rate of return a year", irr, no_single],
        ["Modified rate of return a year", Computed(f'=IFERROR((1+MIRR({flows},B4,B4))^12-1,"none")')],
        ["Benefits in all", _sum(plan, "Benefit")],
        ["Costs in all", _sum(plan, "Cost")],
        ["Return on investment", Computed('=IF(B11=0,"none",(B10-B11)/B11)'), "Not discounted."],
        ["Benefits in money of today", _sum(plan, "Benefit", is_discounted=True)],
        ["Costs in money of today", _sum(plan, "Cost", is_discounted=True)],
        ["Benefit-cost ratio", Computed('=IF(B14=0,"none",B13/B14)'), "1 is break-even."],
        [],
        ["Horizon in months", plan.horizon_months, "Fixed here: the sheet Cash has a row for each month."],
        ["How the benefit arrives", plan.adoption.curve],
        ["Going live after month", plan.adoption.go_live_month],
        ["Months until everybody uses it", plan.adoption.ramp_months],
        *_stage_rows(plan),
    ]


def _stage_rows(plan: Plan) -> list[list[Any]]:
    """Expected worth by stages: from the last stage to the first, chance x worth of what follows - cost."""
    if not plan.stages:
        return []
    first, last = _STAGE_ROW, _STAGE_ROW + len(plan.stages) - 1
    return [
        [],
        [
            "Expected worth by stages (ENPV)",
            Computed(f"=D{first}"),
            "A stage is paid only if all before it succeeded, the plan above only if all did.",
        ],
        ["Stages", "Cost", "Chance that it succeeds", "Worth from here on"],
        *(
            [
                stage.name,
                stage.amount,
                stage.chance,
                Computed(f"=C{row}*{WORTH_CELL if row == last else f'D{row + 1}'}-B{row}"),
            ]
            for row, stage in enumerate(plan.stages, first)
        ),
    ]


def _sum(plan: Plan, kind: str, *, is_discounted: bool = False) -> Computed:
    """All flows of one kind, without a minus."""
    from openpyxl.utils import get_column_letter

    start, end = (get_column_letter(_CASH_COLUMN + place) for place in (0, len(plan.items) - 1))
    first, last = _CASH_ROW, _CASH_ROW + plan.horizon_months
    factors = f"*(1+B4)^(-Cash!$A${first}:$A${last})" if is_discounted else ""
    kinds, flows = f"Cash!${start}$2:${end}$2", f"Cash!${start}${first}:${end}${last}"
    sign = "-" if kind == "Cost" else ""
    return Computed(f'={sign}SUMPRODUCT(({kinds}="{kind}")*{flows}{factors})')
