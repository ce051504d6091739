"""Health: what the checks found in a table, in words, the most severe first."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from portal.ui.badges import Badge
from portal.ui.layout import note
from portal.ui.text import escape_markdown
from services.datasets.checks.finding import Finding

SEVERITIES = {
    "red": Badge("Settle first", "red", ":material/error:"),
    "amber": Badge("Worth a look", "orange", ":material/visibility:"),
    "info": Badge("Good to know", "gray", ":material/info:"),
}
SAFE_CODES = (  # their first fix loses nothing that a model could learn from, and is right as good as always
    "constant",
    "id_like",
    "whitespace",
    "spelling_variants",
    "encoding_errors",
    "disguised_missing",
    "target_missing",
)
_EVIDENCE = {
    "share_filled": "{} of the cells are filled",
    "share_empty": "{} of the cells are empty",
    "score": "alone it scores {} of 1",
    "strongest": "strength {} of 1",
    "n_distinct": "{} different values",
    "n_missing": "{} cells missing",
    "n_cells": "{} cells",
    "n_groups": "{} groups",
    "n_columns": "{} columns",
    "n_categories": "{} categories",
}
_NAMES = 4


def sort_findings(findings: Sequence[Finding]) -> list[Finding]:
    """What was found, red before amber before what is good to know, then by rows touched."""
    return sorted((finding for finding in findings if finding.outcome == "finding"), key=lambda finding: finding.rank)


def summarize(findings: Sequence[Finding]) -> str:
    """How the table is, in one sentence."""
    found = sort_findings(findings)
    n_red, n_amber = (sum(finding.severity == severity for finding in found) for severity in ("red", "amber"))
    if n_red:
        rest = f", and {things(n_amber)} worth a look" if n_amber else ""
        return f"{things(n_red).capitalize()} to settle before a model learns from this table{rest}"
    if n_amber:
        return f"{things(n_amber).capitalize()} worth a look; nothing stands in the way of a model"
    return "The checks found nothing that stands in the way of a model"


def find_safe(findings: Sequence[Finding]) -> list[Finding]:
    """What can be fixed in one go without a second thought."""
    return [finding for finding in sort_findings(findings) if finding.code in SAFE_CODES and finding.fixes]


def describe_safe(safe: Sequence[Finding]) -> str:
    """What the safe fixes do, for who decides: "Leave it out (id, country) · Trim the spaces (city)"."""
    grouped: dict[str, list[str]] = {}
    for finding in safe:
        grouped.setdefault(str(finding.fixes[0].get("label", "Fix")), []).extend(finding.columns)
    parts = [f"{escape_markdown(label)} ({_plain_names(columns)})" for label, columns in grouped.items()]
    return " · ".join(parts)


def flagged_columns(findings: Sequence[Finding]) -> frozenset[str]:
    """Columns that something grave or worth a look was found about."""
    found = (finding for finding in sort_findings(findings) if finding.severity != "info")
    return frozenset(name for finding in found for name in finding.columns)


def evidence_words(evidence: Mapping[str, Any], n_rows: int = 0) -> str:
    """The numbers behind a finding that mean something by themselves: "12 rows · 4.0% of the table · AUC 0.98"."""
    words = [f"{n_rows:,} {'row' if n_rows == 1 else 'rows'}"] if n_rows else []
    for name, value in evidence.items():
        if name not in _EVIDENCE or isinstance(value, bool) or not isinstance(value, int | float) or not value:
            continue
        text = f"{value:,.0f}" if name.startswith("n_") else f"{value:.1%}" if "share" in name else f"{value:.3g}"
        if not (name.startswith("n_") and value in (1, n_rows)):  # one category, one group: the sentence names it
            words.append(_EVIDENCE[name].format(text))
    return " · ".join(words)


def names_of(columns: Sequence[str]) -> str:
    """The first few columns by name, and how many more."""
    shown = ", ".join(f"**{escape_markdown(name)}**" for name in columns[:_NAMES])
    n_more = len(columns) - _NAMES
    return f"{shown} and {n_more} more" if n_more > 0 else shown


def _plain_names(columns: Sequence[str]) -> str:
    shown = ", ".join(escape_markdown(name) for name in columns[:_NAMES])
    return f"{shown} and {len(columns) - _NAMES} more" if len(columns) > _NAMES else shown


def draw_finding(finding: Finding) -> None:
    """A card to read: the fixes are on the page of the table."""
    with st.container(border=True, height="stretch", gap="xsmall"):
        draw_words(finding)


def key_of(finding: Finding) -> str:
    """What tells a finding from the others of its table."""
    return f"{finding.code}:{','.join(finding.columns)}"


def draw_words(finding: Finding) -> None:
    """How grave it is, its title, its sentence, and the columns and numbers behind it."""
    badge = SEVERITIES[finding.severity]
    lines = [f":{badge.color}-badge[{badge.icon} {badge.label}]", f"**{escape_markdown(finding.title)}**"]
    st.markdown("  \n".join(lines))
    st.markdown(escape_markdown(finding.sentence))
    words = evidence_words(finding.evidence, finding.n_rows_affected)
    facts = [names_of(finding.columns)] if finding.columns else []
    facts += [words] if words else []
    if facts:
        note(" · ".join(facts))


def things(n: int) -> str:
    """“one thing”, “two things”, and numerals from six on."""
    words = {0: "nothing", 1: "one thing", 2: "two things", 3: "three things", 4: "four things", 5: "five things"}
    return words.get(n, f"{n} things")
