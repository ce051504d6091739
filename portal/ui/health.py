"""Health: what the checks found in a table, as cards to act on, the most severe first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from portal.ui.badges import Badge
from portal.ui.layout import note, section
from portal.ui.text import escape_markdown
from services.datasets.checks.finding import Finding

Fix = Mapping[str, Any]
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
CARDS_PER_PAGE = 12
_NAMES = 4
_WAYS = ("All at once", "One by one")


@dataclass(frozen=True, slots=True)
class HealthActions:
    """What a person who may change the data can do; `is_busy` while a change is being carried out."""

    apply: Callable[[Fix], None]
    is_busy: bool = False


def sort_findings(findings: Sequence[Finding]) -> list[Finding]:
    """What was found, red before amber before what is good to know, then by rows touched."""
    return sorted((finding for finding in findings if finding.outcome == "finding"), key=lambda finding: finding.rank)


def summarize(findings: Sequence[Finding]) -> str:
    """How the table is, in one sentence."""
    found = sort_findings(findings)
    n_red, n_amber = (sum(finding.severity == severity for finding in found) for severity in ("red", "amber"))
    if n_red:
        rest = f", and {_things(n_amber)} worth a look" if n_amber else ""
        return f"{_things(n_red).capitalize()} to settle before a model learns from this table{rest}"
    if n_amber:
        return f"{_things(n_amber).capitalize()} worth a look; nothing stands in the way of a model"
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


def draw_health(findings: Sequence[Finding], *, of: str, actions: HealthActions | None) -> None:
    """Cards with their fixes; what passed and what did not apply in one quiet line.

    Parameters
    ----------
    of
        The table they were found in; what a person puts off is put off for this table only.
    actions
        None for those who only look.
    """
    later = _Later(of)
    found = sort_findings(findings)
    waiting = [finding for finding in found if not later.holds(finding)]
    put_off = [finding for finding in found if later.holds(finding)]
    text = "Each card says what is so and why it matters. A fix is a step that you can undo."
    with section("Health of the table" if not found else f"Health: {_things(len(waiting))} open", text):
        way = _ask_way(len(waiting)) if actions else _WAYS[0]
        if way == _WAYS[1] and waiting:
            _draw_one(waiting[0], len(waiting), actions, later)
        else:
            _draw_cards(waiting, actions, later)
        if put_off:
            with st.expander(f"{_things(len(put_off)).capitalize()} put off for now"):
                _draw_cards(put_off, actions, later)
        _draw_quiet(findings)


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


class _Later:
    """Which findings of a table this tab has put off."""

    def __init__(self, of: str) -> None:
        self._key = f"put off in {of}"

    def holds(self, finding: Finding) -> bool:
        return key_of(finding) in st.session_state.get(self._key, ())

    def toggle(self, finding: Finding) -> None:
        """For a callback."""
        kept = set(st.session_state.get(self._key, ()))
        st.session_state[self._key] = kept ^ {key_of(finding)}


def draw_finding(finding: Finding) -> None:
    """A card to read: the fixes are on the page of the table."""
    with st.container(border=True, height="stretch", gap="xsmall"):
        _draw_words(finding)


def key_of(finding: Finding) -> str:
    """What tells a finding from the others of its table."""
    return f"{finding.code}:{','.join(finding.columns)}"


def _ask_way(n_waiting: int) -> str:
    if n_waiting < 2:
        return _WAYS[0]
    chosen = st.segmented_control(
        "How to go through them", _WAYS, default=_WAYS[0], required=True, key="health_way", label_visibility="collapsed"
    )
    return str(chosen or _WAYS[0])


def _draw_one(finding: Finding, n_waiting: int, actions: HealthActions | None, later: _Later) -> None:
    with st.container(border=True, gap="small"):
        note(f"The most severe first; {n_waiting - 1} more after this one")
        _draw_words(finding)
        if actions and finding.fixes:
            note("Why we ask: a model learns whatever is in the table, also what should not be there. Your choices:")
        _draw_buttons(finding, actions, later, is_primary=True)


def _draw_cards(findings: Sequence[Finding], actions: HealthActions | None, later: _Later) -> None:
    n_pages = -(-len(findings) // CARDS_PER_PAGE)
    page = st.pagination(n_pages, key="health_page") if n_pages > 1 else 1
    with st.grid(2, min_column_width=310, gap="small"):
        for finding in findings[(page - 1) * CARDS_PER_PAGE : page * CARDS_PER_PAGE]:
            with st.container(border=True, height="stretch", gap="xsmall"):
                _draw_words(finding)
                st.space("stretch")
                _draw_buttons(finding, actions, later)


def _draw_words(finding: Finding) -> None:
    badge = SEVERITIES[finding.severity]
    lines = [f":{badge.color}-badge[{badge.icon} {badge.label}]", f"**{escape_markdown(finding.title)}**"]
    st.markdown("  \n".join(lines))
    st.markdown(escape_markdown(finding.sentence))
    words = evidence_words(finding.evidence, finding.n_rows_affected)
    facts = [names_of(finding.columns)] if finding.columns else []
    facts += [words] if words else []
    if facts:
        note(" · ".join(facts))


def _draw_buttons(finding: Finding, actions: HealthActions | None, later: _Later, *, is_primary: bool = False) -> None:
    if actions is None:
        return
    key = key_of(finding)
    with st.container(horizontal=True, gap="xsmall"):
        for position, fix in enumerate(finding.fixes):
            kind = "primary" if is_primary and position == 0 else "secondary"
            pressed = st.button(
                escape_markdown(str(fix.get("label", "Fix it"))),
                key=f"fix_{key}_{position}",
                icon=":material/auto_fix_high:",
                type=kind,  # type: ignore[arg-type]
                disabled=actions.is_busy,
            )
            if pressed:
                actions.apply(fix)
        label = "Look at it again" if later.holds(finding) else "Not now"
        st.button(label, key=f"later_{key}", type="tertiary", on_click=later.toggle, args=(finding,))


def _draw_quiet(findings: Sequence[Finding]) -> None:
    passed, not_asked = (
        [finding for finding in findings if finding.outcome == outcome] for outcome in ("passed", "not_applicable")
    )
    if not passed and not not_asked:
        return
    words = [f"{len(passed)} {'check' if len(passed) == 1 else 'checks'} passed"]
    if not_asked:
        words.append(f"{len(not_asked)} did not apply")
    with st.expander(", ".join(words), icon=":material/check_circle:"):
        for finding in (*passed, *not_asked):
            state = ":green[Passed]" if finding.outcome == "passed" else ":gray[Did not apply]"
            st.markdown(
                f"{state} · **{escape_markdown(finding.title)}**  \n:small[{escape_markdown(finding.sentence)}]"
            )


def _things(n: int) -> str:
    words = {0: "nothing", 1: "one thing", 2: "two things", 3: "three things", 4: "four things", 5: "five things"}
    return words.get(n, f"{n} things")
