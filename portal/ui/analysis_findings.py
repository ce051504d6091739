"""What an analysis found: the numbers, the charts, the cards and the tables, by task."""

from collections.abc import Sequence

import streamlit as st

from portal.ui.charts import chart
from portal.ui.figures.analysis import fan, flat_map, separation, unusualness
from portal.ui.layout import Number, metric_row, note, section
from portal.ui.text import escape_markdown
from services.analyses.sentences import headline_of
from services.automl.anomaly.report import UnusualReport
from services.automl.clustering.report import Card, GroupsReport
from services.automl.forecasting.report import ForecastReport, TriedModel
from services.automl.measured import Measured
from services.automl.values_in_words import number_in_words, share_in_words

_SHOWN_ROWS = 20


def draw_groups(report: GroupsReport) -> None:
    """Whether there are groups, what distinguishes them, and where the rows lie."""
    chance = max((reference.highest for reference in report.by_chance), default=0.0)
    metric_row(
        [
            Number("Groups", str(report.n_groups), "found in the data" if report.has_groups else "if they must be"),
            Number("Silhouette", f"{report.silhouette.value:.2f}", _reach(report.silhouette)),
            Number("Found again", f"{report.stability.value:.2f}", "two halves of the rows agree, 1 is fully"),
            Number("By chance", f"{chance:.2f}", f"against {report.observed:.2f} here, the best of k-means"),
        ]
    )
    title = "What distinguishes the groups" if report.has_groups else "If the rows must be divided anyway"
    text = "Differences from all other rows. Groups were made from these columns, so they differ by construction."
    with section(title, text), st.grid(2, min_column_width=340, gap="small"):
        for card in report.cards:
            _draw_card(card)
    alt = f"Silhouette by number of groups, and what chance gave. {headline_of(report)[0]}."
    with section("How clearly rows are separated", "Each mark is one way of dividing the rows; 1 is clear, 0 is none"):
        chart(separation(report), alt, key="separation")
    share = share_in_words(report.map_share)
    with section("Where the rows lie", f"The flat map holds {share} of the spread of all columns"):
        chart(flat_map(report.map_points), f"Rows by group on a flat map. {headline_of(report)[0]}.", key="flat_map")
    with st.expander("Everything that was tried"):
        rows = [
            {
                "Way": one.label,
                "Groups": str(one.n_groups),
                "Silhouette": _number(one.silhouette),
                "Davies-Bouldin": _number(one.davies_bouldin),
                "Calinski-Harabasz": "–" if one.calinski_harabasz is None else f"{one.calinski_harabasz:,.0f}",
                "Found again": "–" if one.stability is None else one.stability.in_words(),
                "Remark": one.note,
            }
            for one in report.tried
        ]
        st.table(rows, border="horizontal", hide_index=True)


def draw_unusual(report: UnusualReport) -> None:
    """How many rows stand apart, which they are and why, and how far that can be trusted."""
    if report.label_hint:
        st.info(escape_markdown(report.label_hint), icon=":material/lightbulb:")
    flagged = report.flagged[-1]
    synthetic = min(report.chosen.found, key=lambda found: found.auc.value)
    by_chance = number_in_words(round(report.n_apart_by_chance, 1))
    told = {"exchanged": "rows with cells of others", "pushed": "values far outside"}[synthetic.kind]
    metric_row(
        [
            Number("Far apart", f"{report.n_apart:,}", f"rows; {by_chance} by chance"),
            Number("Flagged", f"{flagged.n_rows:,}", f"the most unusual {share_in_words(flagged.share)}"),
            Number("Found again", share_in_words(report.chosen.top.value), "of the top 5% by two halves of the rows"),
            Number("Synthetic AUC", f"{synthetic.auc.value:.2f}", f"made on purpose: {told}"),
        ]
    )
    text = "Named are columns whose value, replaced by an ordinary one, makes the row less unusual"
    with section("The most unusual rows", text):
        rows = [
            {
                "Row": f"{row.row + 1:,}",
                "As unusual": share_in_words(row.p_value),
                "Why": "; ".join(escape_markdown(reason) for reason in row.reasons) or "No single column",
            }
            for row in report.rows[:_SHOWN_ROWS]
        ]
        st.table(rows, border="horizontal", hide_index=True)
        note("“As unusual” is the share of rows at least as unusual, each judged by rows that do not hold it.")
    with section("How unusual the rows are", f"By {report.detector.lower()}, each row judged unseen"):
        chart(unusualness(report), f"Rows by their score. {headline_of(report)[0]}.", key="unusualness")
    with st.expander("How the ways of finding them compare"):
        rows = [
            {
                "Way": one.label,
                **{f"Synthetic: {found.kind}": found.auc.in_words() for found in one.found},
                "Order, two halves": one.ranking.in_words(),
                "Top 5%, two halves": one.top.in_words(),
                "Agrees with the chosen": f"{one.agreement:.2f}",
            }
            for one in report.tried
        ]
        st.table(rows, border="horizontal", hide_index=True)
        if report.label_auc is not None:
            note(f"Against the labels that there are: AUC {report.label_auc.in_words()}.")


def draw_forecast(report: ForecastReport) -> None:
    """What comes next, how far it may be off, and whether a model was needed."""
    sealed = report.sealed
    covered = report.coverage[0] if report.coverage else None
    naive = "–" if sealed.naive_mase is None else f"{sealed.naive_mase:.2f}"
    metric_row(
        [
            Number(
                "Off by, kept aside",
                "–" if sealed.wape is None else share_in_words(sealed.wape.value),
                f"of the sum over the last {report.horizon:,} {report.step}s",
            ),
            Number("MASE", _value(sealed.mase), f"the best repeat {naive}; 0 is perfect"),
            Number(
                "Inside",
                "–" if covered is None else share_in_words(covered.share),
                "too short for intervals" if covered is None else f"of values in the {covered.level:.0%} interval",
            ),
            Number("Judged from", f"{report.n_origins:,}", f"earlier moments, {report.n_series:,} series"),
        ]
    )
    names = [line.name for line in report.lines]
    with section("What comes next", "The dotted stretch was kept aside and forecast without having been seen"):
        name = st.selectbox("Series", names, key="line", width=320) if len(names) > 1 else names[0]
        line = next((line for line in report.lines if line.name == name), report.lines[0])
        last = number_in_words(line.next_values[-1])
        chart(fan(line), f"Past values and forecast. It ends at {last}. {headline_of(report)[0]}.", key="fan")
        if report.n_series > len(names):
            note(f"The {len(names)} largest of {report.n_series:,} series are drawn; the file has all of them.")
    with section("Is a model needed?", f"Each way judged from {report.n_origins:,} earlier moments; less is better"):
        st.table([_tried(one) for one in report.tried], border="horizontal", hide_index=True)


def draw_remarks(left_out: dict[str, str], notes: Sequence[str], cut: Sequence[str]) -> None:
    """What was left out, what is missing, and what the clock cut."""
    told = [*notes, *cut, *(f"“{name}” is left out. {reason}" for name, reason in left_out.items())]
    if told:
        with st.expander(f"{len(told)} remarks" if len(told) > 1 else "1 remark"):
            for sentence in told:
                st.markdown(f"- {escape_markdown(sentence)}")


def _draw_card(card: Card) -> None:
    with st.container(border=True, gap="xsmall"):
        name = f"Group {card.number}" if card.number else "In no group"
        st.markdown(f"**{name}** :small[:gray[{card.n_rows:,} rows, {share_in_words(card.share)}]]")
        if not card.differences:
            note(card.sentence)
        for difference in card.differences:
            st.markdown(f"- {escape_markdown(difference.sentence)}")


def _tried(one: TriedModel) -> dict[str, str]:
    return {
        "Way": f"{one.label}{' (a repeat)' if one.is_naive else ''}",
        "MASE": "–" if one.mase is None else one.mase.in_words(),
        "Of the sum": "–" if one.wape is None else share_in_words(one.wape),
        "Typically": "–" if one.rmse is None else number_in_words(one.rmse),
        "Less than the best repeat": "–" if one.gain is None else one.gain.in_words(),
    }


def _reach(measured: Measured) -> str:
    if measured.low is None or measured.high is None:
        return "1 is clear, 0 is none"
    return f"{measured.low:.2f} to {measured.high:.2f}; 1 is clear"


def _value(measured: Measured | None) -> str:
    return "–" if measured is None else f"{measured.value:.2f}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
