"""What the checks found as cards to act on: fix it, or say why it is right as it is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from portal.ui.health import draw_words, key_of, sort_findings, things
from portal.ui.layout import note, section, small
from portal.ui.text import escape_markdown
from services.datasets.checks.explained import ExplainedFinding
from services.datasets.checks.finding import Finding

Fix = Mapping[str, Any]
CARDS_PER_PAGE = 12
REASON_LENGTH = 300
_WAYS = ("All at once", "One by one")


@dataclass(frozen=True, slots=True)
class HealthActions:
    """What a person who may change the data can do; `is_busy` while a change is being carried out.

    `explain(code, columns, reason)` keeps a finding as it is, `reopen(code, columns)` takes that back.
    """

    apply: Callable[[Fix], None]
    explain: Callable[..., None]
    reopen: Callable[..., None]
    is_busy: bool = False


def draw_health(
    findings: Sequence[Finding], explained: Sequence[ExplainedFinding], *, of: str, actions: HealthActions | None
) -> None:
    """Cards with their fixes; what was explained, what passed and what did not apply in quiet lines.

    Parameters
    ----------
    of
        The table they were found in; what a person skips is skipped for this table only, in this tab.
    actions
        None for those who only look.
    """
    found = sort_findings(findings)
    text = "Each card says what is so and why it matters. A fix is a step that you can undo."
    with section("Health of the table" if not found else f"Health: {things(len(found))} open", text):
        way = _ask_way(len(found)) if actions else _WAYS[0]
        if way == _WAYS[1] and found:
            _draw_one(found, actions, _Skipped(of))
        else:
            _draw_cards(found, actions)
        _draw_explained(explained, actions)
        _draw_quiet(findings)


class _Skipped:
    """Which findings of a table this tab has gone past."""

    def __init__(self, of: str) -> None:
        self._key = f"skipped in {of}"

    def first_left(self, found: Sequence[Finding]) -> Finding:
        """The gravest one that was not skipped; after the last the way begins anew."""
        skipped = st.session_state.get(self._key, ())
        left = [finding for finding in found if key_of(finding) not in skipped]
        if not left:
            st.session_state.pop(self._key, None)
        return (left or found)[0]

    def skip(self, finding: Finding) -> None:
        """For a callback."""
        st.session_state[self._key] = {*st.session_state.get(self._key, ()), key_of(finding)}


def _ask_way(n_open: int) -> str:
    if n_open < 2:
        return _WAYS[0]
    chosen = st.segmented_control(
        "How to go through them", _WAYS, default=_WAYS[0], required=True, key="health_way", label_visibility="collapsed"
    )
    return str(chosen or _WAYS[0])


def _draw_one(found: Sequence[Finding], actions: HealthActions | None, skipped: _Skipped) -> None:
    finding = skipped.first_left(found)
    with st.container(border=True, gap="small"):
        note(f"Number {found.index(finding) + 1} of {len(found)}, the most severe first")
        draw_words(finding)
        if actions and finding.fixes:
            note("Why we ask: a model learns whatever is in the table, also what should not be there. Your choices:")
        _draw_buttons(finding, actions, skipped if len(found) > 1 else None, is_primary=True)


def _draw_cards(findings: Sequence[Finding], actions: HealthActions | None) -> None:
    n_pages = -(-len(findings) // CARDS_PER_PAGE)
    page = st.pagination(n_pages, key="health_page") if n_pages > 1 else 1
    with st.grid(2, min_column_width=310, gap="small"):
        for finding in findings[(page - 1) * CARDS_PER_PAGE : page * CARDS_PER_PAGE]:
            with st.container(border=True, height="stretch", gap="xsmall"):
                draw_words(finding)
                st.space("stretch")
                _draw_buttons(finding, actions)


def _draw_buttons(
    finding: Finding, actions: HealthActions | None, skipped: _Skipped | None = None, *, is_primary: bool = False
) -> None:
    if actions is None:
        return
    key = key_of(finding)
    if st.session_state.get(_asks(finding)):
        _ask_reason(finding, actions)
        return
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
        ask = {"on_click": _toggle, "args": (_asks(finding),), "type": "tertiary"}
        st.button("Keep as it is", key=f"keep_{key}", **ask)  # type: ignore[arg-type]
        if skipped is not None:
            st.button("Next", key=f"next_{key}", type="tertiary", on_click=skipped.skip, args=(finding,))


def _ask_reason(finding: Finding, actions: HealthActions) -> None:
    key = key_of(finding)
    with st.form(f"explain_{key}", border=False):
        reason = st.text_input(
            "Why is it right as it is?",
            max_chars=REASON_LENGTH,
            key=f"why_{key}",
            placeholder="Who says so, or what it means",
        )
        with st.container(horizontal=True, gap="xsmall"):
            is_kept = st.form_submit_button("Keep it, with this reason", key=f"keep_now_{key}", icon=":material/check:")
            st.form_submit_button("Back", key=f"back_{key}", type="tertiary", on_click=_toggle, args=(_asks(finding),))
    if is_kept:
        actions.explain(code=finding.code, columns=finding.columns, reason=reason or "")


def _asks(finding: Finding) -> str:
    return f"explaining {key_of(finding)}"


def _toggle(key: str) -> None:
    st.session_state[key] = not st.session_state.get(key, False)


def _draw_explained(explained: Sequence[ExplainedFinding], actions: HealthActions | None) -> None:
    if not explained:
        return
    words = "it is" if len(explained) == 1 else "they are"
    with st.expander(f"{things(len(explained)).capitalize()} kept as {words}", icon=":material/task_alt:"):
        for one in explained:
            finding, said = one.finding, one.explanation
            with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
                with st.container(width=760):
                    who = f"{said.reason} · {said.by_name}, {said.at.day} {said.at:%B}"
                    st.markdown(
                        f"**{escape_markdown(finding.title)}**  \n{escape_markdown(finding.sentence)}  \n"
                        f"{small(escape_markdown(who))}"
                    )
                if actions and st.button("Open again", key=f"reopen_{key_of(finding)}", type="tertiary"):
                    actions.reopen(code=finding.code, columns=finding.columns)


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
