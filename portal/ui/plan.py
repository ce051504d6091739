"""What the one plan of a project is worth, drawn: sentences, figures, readings and files to take away."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from portal.ui.exports import EXCEL, HTML, save_button, saved_chart
from portal.ui.figures.plan import exceedance_figure, rate_figure, tornado_figure, waterfall_figure
from portal.ui.forms.questions import Depth
from portal.ui.layout import note, section
from portal.ui.text import escape_cell, escape_markdown
from services.valuation.money_lines import composition_notes, has_double_counting
from services.valuation.queries import SavedValuation
from services.valuation.readings import readings, worth_by_rate
from services.valuation.uncertainty.information import figure_worths
from services.valuation.uncertainty.sensitivity import Swing, swings
from services.valuation.uncertainty.sentences import (
    advice_sentences,
    break_even_sentence,
    chance_note,
    chance_title,
    swing_title,
    worth_sentence,
)
from services.valuation.uncertainty.simulation import INDEPENDENCE_WARNING, Simulation
from services.valuation.workbook import workbook

RATES = tuple(step / 50 for step in range(26))  # 0% to 50% a year


def draw_advice(saved: SavedValuation, simulation: Simulation) -> None:
    """Whether to go, what to measure first, what counts and what does not."""
    for sentence in advice_sentences(simulation):
        st.markdown(escape_markdown(sentence))
    notes = "\n\n".join(escape_markdown(sentence) for sentence in composition_notes(saved.assumptions))
    if has_double_counting(saved.assumptions):
        st.warning(notes, icon=":material/content_copy:")
    elif notes:
        st.info(notes, icon=":material/info:")


def draw_figures(simulation: Simulation, depth: Depth, name: str) -> None:
    """The chance, what adds up, and in more depth what moves it and what it is worth at other rates."""
    plan, found = simulation.plan, swings(simulation)
    with section(chance_title(simulation), chance_note(simulation)):
        saved_chart(
            exceedance_figure(simulation),
            f"{chance_title(simulation)}. {worth_sentence(simulation)}",
            name=f"{name}-chance",
            headings=("Net present value", "Share of simulations above"),
            rows=lambda: [
                (round(float(x), 2), round(float(y), 4)) for x, y in zip(*simulation.worth.exceedance(), strict=True)
            ],
        )
        if simulation.is_independent:
            note(INDEPENDENCE_WARNING)
    with section("What adds up to it", "Each line's share of the expected net present value."):
        saved_chart(
            waterfall_figure(plan),
            "Benefits add, costs take away, the net present value is what remains.",
            name=f"{name}-waterfall",
            headings=("Item", "Share of the net present value"),
            rows=lambda: [(part_name, round(part, 2)) for part_name, part in plan.staged_parts],
        )
    if depth == "Simple":
        return
    moving = [swing for swing in found if swing.size > 0]
    if moving:
        text = "Each line at its 10th and 90th percentile, the rest at the median."
        with section(escape_markdown(swing_title(found)), text):
            saved_chart(
                tornado_figure(found, plan.currency),
                f"{swing_title(found)}; the largest swing is on top.",
                name=f"{name}-tornado",
                headings=("Item", "10th percentile", "90th percentile", "Worth at the 10th", "Worth at the 90th"),
                rows=lambda: [_swing_row(swing) for swing in found],
            )
    if depth == "Expert":
        with section("At another discount rate", "Expected net present value by what money earns elsewhere, a year."):
            worths = worth_by_rate(plan, RATES)
            saved_chart(
                rate_figure(RATES, worths, plan.yearly_discount_rate, plan.currency),
                "The net present value falls or rises with the discount rate.",
                name=f"{name}-rates",
                headings=("Discount rate a year", "Net present value"),
                rows=lambda: [(rate, round(worth, 2)) for rate, worth in zip(RATES, worths, strict=True)],
            )


def draw_readings(simulation: Simulation) -> None:
    """The usual readings, each number with what it means."""
    with section("In the usual readings", "Of the expected cash: the mean of every range, times its chance."):
        found = readings(simulation.plan)
        st.table(
            {
                "Reading": [f"{escape_markdown(one.name)}: **{escape_markdown(one.shown)}**" for one in found],
                "What it means": [escape_markdown(one.sentence) for one in found],
            },
            border="horizontal",
        )


def draw_lines(simulation: Simulation) -> None:
    """Every line in figures: its range, its break-even, what it is worth to know it."""
    plan = simulation.plan
    worths = {one.name: one.amount for one in figure_worths(simulation)}
    rows = [
        {
            "Item": escape_cell(swing.name),
            "Break-even": break_even_sentence(swing, plan.currency),
            "10th percentile": round(swing.low),
            "90th percentile": round(swing.high),
            "Worth at the 10th": round(swing.worth_at_low),
            "Worth at the 90th": round(swing.worth_at_high),
            "Worth knowing": round(worths[swing.name]),
            "Rank correlation": swing.rank_correlation,
        }
        for swing in swings(simulation)
    ]
    text = f"At its break-even, all others at their median, the plan is worth nothing. Amounts in {plan.currency}."
    with section("Every line in figures", text):
        config = {name: st.column_config.NumberColumn(format="localized") for name in list(rows[0])[2:7]}
        config["Rank correlation"] = st.column_config.NumberColumn(format="%.2f")
        config["Item"] = st.column_config.TextColumn(pinned=True, width=170)
        st.dataframe(pd.DataFrame(rows), hide_index=True, column_config=config)


def draw_files(saved: SavedValuation, page_of: Callable[[], str], name: str) -> None:
    """The case as a page to print and as a workbook that computes."""
    note("The page prints on A4 or saves as PDF; the formulas of the workbook add the worth up anew.")
    with st.container(horizontal=True, gap="small"):
        save_button("Case on one page", f"{name}.html", HTML, lambda: page_of().encode(), icon=":material/print:")
        save_button(
            "Workbook with formulas",
            f"{name}.xlsx",
            EXCEL,
            lambda: workbook(saved.assumptions.plan, f"Version {saved.version} of the figures"),
            icon=":material/table_view:",
        )


def _swing_row(swing: Swing) -> tuple[object, ...]:
    amounts = (swing.low, swing.high, swing.worth_at_low, swing.worth_at_high)
    return (swing.name, *(round(amount, 2) for amount in amounts))
