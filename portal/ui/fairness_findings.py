"""What an assessment of fairness found: the gap and the rules in words, the groups, what closing a gap costs."""

from functools import partial

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.change import show_refusal
from portal.ui.charts import kept_chart
from portal.ui.fairness import RULES, STANDINGS
from portal.ui.figures.fairness import groups_figure, what_matters
from portal.ui.layout import note, section
from portal.ui.session import reading
from portal.ui.text import escape_cell, escape_markdown
from services.automl.values_in_words import number_in_words
from services.errors import PortalError
from services.fairness.queries import get_assessment
from services.fairness.report import Compared, FairnessReport, Gap, Group, Mean, Option
from services.fairness.sentences import (
    IMPOSSIBLE,
    LEGAL,
    LEGAL_CLASSES,
    LEGAL_NUMBER,
    counts_sentence,
    gap_sentence,
    money_in_words,
    option_gap,
    option_name,
    price_sentence,
    proxy_sentence,
    rate_in_words,
    rule_sentence,
    worst_of,
)

_OF_CLASSES = {
    "Found": "Given, where it is so",
    "False alarms": "Given, where it is not",
    "Acted on": "Given",
    "Right when acted on": "Right when given",
}
_GAP_WORDS = {"acted on": "given", "Share found": "Share given where it is so", "false alarms": "given where it is not"}
_GAPS = (
    ("acted", "Share acted on, highest less lowest"),
    ("acted_ratio", "Share acted on, lowest by highest"),
    ("found", "Share found, highest less lowest"),
    ("alarms", "Share of false alarms, highest less lowest"),
    ("odds", "Equalised odds: the worse of found and false alarms"),
    ("odds_ratio", "Equalised odds, lowest by highest"),
)


def draw_findings(assessment_id: str, report: FairnessReport, *, hides_drivers: bool) -> None:
    """Each column alone, and every two together, each in a tab of its own."""
    if report.agreed is not None and report.agreed.n_seen:
        note(
            f"The tolerance in force then, version {report.agreed.version}, was agreed after "
            f"{report.agreed.n_seen:,} comparisons had been seen.",
            "orange",
        )
    if hides_drivers:
        note(
            "Shown are the columns that the data dictionary calls sensitive. The others, and what the model loses "
            "without a column, come once you say under Explain what you expect to drive it."
        )
    if not report.compared:
        return
    st.fragment(_draw_tabs)(assessment_id)
    with st.container(gap="xxsmall"):
        for text in report.notes:
            note(escape_markdown(text))


def _draw_tabs(assessment_id: str) -> None:
    """Beginning with the worst; only what is looked at is drawn, and another tab draws only itself.

    Each rerun of the fragment asks again who the person is, and what they may see.
    """
    try:
        with reading() as session:
            report = get_assessment(session, actor=get_actor(), assessment_id=assessment_id).report
    except PortalError as error:
        show_refusal(error)
        return
    if report is None or not report.compared:
        return
    names = [escape_markdown(" and ".join(compared.columns)) for compared in report.compared]
    worst = worst_of(report)
    first = names[report.compared.index(worst)] if worst else None
    for tab, compared in zip(st.tabs(names, default=first, on_change="rerun"), report.compared, strict=True):
        if tab.open:
            with tab, st.container(gap="medium"):
                _draw_compared(report, compared)


def _draw_compared(report: FairnessReport, compared: Compared) -> None:
    key = report.compared.index(compared)  # two columns may be called alike
    with section(escape_markdown(counts_sentence(report, compared)), escape_markdown(gap_sentence(report, compared))):
        badges = [STANDINGS[compared.standing].markdown]
        if report.task != "regression":
            badges.append(f"Four-fifths rule {RULES[compared.verdict].markdown}")
        st.markdown(" ".join(badges))
        if report.task != "regression":
            st.markdown(escape_markdown(rule_sentence(report, compared)))
        if any(what_matters(report.harm, group) for group in compared.groups):
            alt = f"{counts_sentence(report, compared)}. Each group with its 95% interval."
            of = ("groups", report.harm, report.favourable, compared.groups)
            kept_chart(partial(groups_figure, report, compared.groups), alt, of=of, key=f"groups {key}")
        _draw_groups(report, compared, key)
        if compared.has_other_rates:
            note(IMPOSSIBLE)
    _draw_gaps(report, compared)
    if compared.proxy is not None:
        with section("What else tells the groups", "A small model, judged on rows it did not learn from"):
            text = escape_markdown(proxy_sentence(compared.proxy))
            if compared.proxy.is_warning:
                st.warning(text, icon=":material/visibility:")
            else:
                st.markdown(text)
    if compared.options:
        _draw_options(report, compared, key)


def _draw_groups(report: FairnessReport, compared: Compared, place: int) -> None:
    line = _number_line if report.task == "regression" else _class_line if report.favourable else _line
    st.dataframe(
        [line(report, group) for group in compared.groups],
        hide_index=True,
        alt=f"{len(compared.groups)} groups with their rows, shares and intervals",
        column_config={"Group": st.column_config.TextColumn(pinned=True)},
        key=f"table {place}",
    )
    if compared.n_small:
        have = "groups have" if compared.n_small > 1 else "group has"
        why = "too small to be compared, and never a reason for a verdict"
        note(f"{compared.n_small:,} {have} fewer than 30 rows: {why}.")


def _line(report: FairnessReport, group: Group) -> dict[str, str]:
    rule = group.rule
    worth = {} if report.currency is None else {"Money a case": _worth(group.worth, report.currency)}
    return {
        "Group": escape_cell(group.name),
        "Rows": f"{group.n:,}",
        "Found": rate_in_words(group.found),
        "False alarms": rate_in_words(group.alarms),
        **worth,
        "Acted on": rate_in_words(group.acted),
        "Four-fifths": f"{rule.value:.0%}, {rule.verdict}" if rule else "n too small",
        "Right when acted on": rate_in_words(group.precision),
        "Said less happened": _in_points(group.bias),
        "AUC": _plain(group.area),
    }


def _class_line(report: FairnessReport, group: Group) -> dict[str, str]:
    return {_OF_CLASSES.get(name, name): said for name, said in _line(report, group).items()}


def _number_line(report: FairnessReport, group: Group) -> dict[str, str]:
    worth = {} if report.currency is None else {"Money a case": _worth(group.worth, report.currency)}
    return {
        "Group": escape_cell(group.name),
        "Rows": f"{group.n:,}",
        "Happened, mean": _plain(group.mean_actual),
        "Said less happened": _plain(group.bias),
        "Mean absolute error": _plain(group.mean_error),
        **worth,
    }


def _draw_gaps(report: FairnessReport, compared: Compared) -> None:
    rows = [
        {
            "How far groups are apart": _of_classes(name) if report.favourable else name,
            "Gap": f"{gap.value:.3f}",
            "95% interval": _ends(gap),
            "Groups": str(gap.n_groups),
            "Method": gap.method,
        }
        for field, name in _GAPS
        if isinstance(gap := getattr(compared.gaps, field), Gap)
    ]
    if rows:
        with st.expander("All gaps, with their intervals", icon=":material/straighten:"):
            st.table(rows, border="horizontal", hide_index=True)


def _of_classes(name: str) -> str:
    for word, other in _GAP_WORDS.items():
        name = name.replace(word, other)
    return name


def _draw_options(report: FairnessReport, compared: Compared, place: int) -> None:
    title, n = price_sentence(report, compared.options), compared.options[0].n
    unit = "in its unit" if report.task == "regression" else "in points"
    text = f"Each way judged on rows it was not chosen on, {n:,} in all; gaps {unit}, highest group less lowest"
    with section(escape_markdown(title), text):
        rows = [
            {
                "Way": escape_cell(option_name(option)),
                **_option_gaps(report, option),
                **({"Right class": rate_in_words(option.right)} if report.favourable else {}),
                "Money a year": money_in_words(option.yearly, report.currency),
                "Than as it is": money_in_words(option.extra, report.currency, sign=True),
            }
            for option in compared.options
        ]
        st.dataframe(rows, hide_index=True, alt=title, key=f"ways {place}")
        if any(option.needs_group for option in compared.options):
            legal = LEGAL_NUMBER if report.task == "regression" else LEGAL_CLASSES if report.favourable else LEGAL
            st.warning(legal, icon=":material/gavel:")


def _option_gaps(report: FairnessReport, option: Option) -> dict[str, str]:
    gap = option_gap(option, report.harm)
    if report.task != "regression":
        share = "In share given" if report.favourable else "In share acted on"
        return {"Gap that matters": _gap_in_points(gap), share: _gap_in_points(option.acted)}
    mean = None if gap is None else Mean(gap.value, gap.low, gap.high, gap.method, option.n)
    return {
        "Gap in the mean error": _plain(mean),
        "Mean absolute error": _plain(option.mean_error),
    }


def _worth(mean: Mean | None, currency: str) -> str:
    return "n too small" if mean is None else money_in_words(mean, currency)


def _gap_in_points(gap: Gap | None) -> str:
    if gap is None:
        return "n too small"
    ends = f" ({100 * gap.low:.0f} to {100 * gap.high:.0f})" if gap.low is not None and gap.high is not None else ""
    return f"{100 * gap.value:.0f}{ends}"


def _in_points(mean: Mean | None) -> str:
    if mean is None:
        return "n too small"
    low, high = mean.low, mean.high
    ends = f" ({100 * low:+.0f} to {100 * high:+.0f})" if low is not None and high is not None else ""
    return f"{100 * mean.value:+.0f} points{ends}".replace("-", "−")


def _plain(mean: Mean | None) -> str:
    if mean is None:
        return "n too small"
    low, high = mean.low, mean.high
    ends = f" ({number_in_words(low)} to {number_in_words(high)})" if low is not None and high is not None else ""
    return f"{number_in_words(mean.value)}{ends}"


def _ends(gap: Gap) -> str:
    return "not known" if gap.low is None or gap.high is None else f"{gap.low:.3f} to {gap.high:.3f}"
