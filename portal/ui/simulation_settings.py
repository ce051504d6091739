"""Settings that many cases share: what is set for whom, and the money over the lever."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from portal.ui.charts import chart
from portal.ui.exports import CSV, EXCEL, save_button
from portal.ui.figures.simulation import lever_figure
from portal.ui.layout import note, section
from portal.ui.text import escape_markdown
from services.automl.values_in_words import share_in_words
from services.simulation.queries import FileKind
from services.simulation.report import SegmentFound, SimulationReport
from services.simulation.sentences import describe_curve, describe_settings
from services.valuation.amounts import format_money


def draw_settings(report: SimulationReport) -> None:
    """The settings, the curve of money where a number is the only lever, and the numbers."""
    title = "What is set" if report.money is not None else "What the model would choose, by association"
    with section(title, escape_markdown(describe_settings(report))):
        _draw_curve(report)
        st.table([_line(found, report) for found in report.segments], border="horizontal", hide_index=True)
        if report.constraints:
            note(escape_markdown(f"What had to hold: {'; '.join(report.constraints)}."))


def draw_settings_files(read_file: Callable[[FileKind], bytes] | None) -> None:
    """The settings as files; `read_file` is None for who is still to say what they expect."""
    if read_file is None:
        note("Money over a lever, and the settings as a file, come once you say under Explain what you expect.")
        return
    with st.container(horizontal=True, gap="small"):
        read_csv, read_workbook = partial(read_file, "csv"), partial(read_file, "workbook")
        save_button("Settings as CSV", "settings.csv", CSV, read_csv, icon=":material/download:")
        save_button("Settings as Excel", "settings.xlsx", EXCEL, read_workbook, icon=":material/download:")


def _draw_curve(report: SimulationReport) -> None:
    drawn = [found for found in report.segments if found.curve]
    if not drawn or report.grade != "A":
        return
    shown = drawn[0]
    if len(drawn) > 1:
        by_name = {found.name: found for found in drawn}
        name = st.selectbox("Group", list(by_name), key="segment", bind="query-params", width=260)
        shown = by_name.get(name, shown)
    told = describe_curve(shown, report.levers[0], report.currency)
    st.markdown(escape_markdown(told))
    chart(lever_figure(shown, report.levers[0].name, report.currency), told, key="lever_curve")


def _line(found: SegmentFound, report: SimulationReport) -> dict[str, str]:
    of_levers = {
        escape_markdown(lever.name): f"{escape_markdown(today)} → **{escape_markdown(then)}**"
        for lever, today, then in zip(report.levers, found.today, found.then, strict=True)
    }
    line = {"For": escape_markdown(found.name), "Cases": f"{found.n_cases:,}", **of_levers}
    if report.money is not None:
        line["Gain a year"] = _gain(found, report)
    line["Cost a year"] = format_money(found.spent, report.currency)
    line["Believed in"] = "–" if found.is_small else share_in_words(found.believed)
    return line


def _gain(found: SegmentFound, report: SimulationReport) -> str:
    if found.gain is None:
        return "too few cases to say"
    low, about, high = (
        format_money(amount, report.currency) for amount in (found.gain.low, found.gain.amount, found.gain.high)
    )
    edge = ", at the edge of what was tried" if found.on_edge else ""
    return escape_markdown(f"at least {low}{edge}" if report.grade == "B" else f"{about} ({low} to {high}){edge}")
