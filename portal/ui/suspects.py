"""Suspicious rows one by one: what the data say, what a model says, the keys to decide, and what was decided."""

from collections.abc import Callable, Mapping

import streamlit as st

from portal.ui.change import show_refused
from portal.ui.labels import draw_card
from portal.ui.layout import Number, metric_row
from portal.ui.text import escape_markdown
from services.datasets.dictionary import DictionaryLine
from services.labels.sentences import of_100
from services.labels.views import Suspect, SuspectList

REASONS = ("A typing error", "A test or a duplicate record", "Not a case of this kind", "Confirmed with who knows it")
_USUAL = {  # what a key means where nobody says more
    "keep": "Looked at it: it is right as it stands",
    "relabel": "Looked at it: the label was wrong",
    "exclude": "Looked at it: not a row to learn from",
}
_WORDS = {"keep": ("Kept", "green"), "exclude": ("Left out", "orange"), "relabel": ("Relabelled", "blue")}
_SAME = 60  # characters of a reason that fit in a table


def draw_found(found: SuspectList) -> None:
    """Four numbers: examined, suspicious, decided, and what will change."""
    rate = "–" if found.noise_rate is None else f"{100 * found.noise_rate:.1f}%"
    rate_note = "estimated by confident learning" if found.noise_rate is not None else "not estimated here"
    metric_row(
        [
            Number("Rows examined", f"{found.n_examined:,}", "each judged unseen"),
            Number("Listed here", f"{len(found.suspects):,}", "the most suspicious first"),
            Number("May be wrong", rate, rate_note),
            Number("Decided", f"{found.n_decided:,}", f"{found.n_changes:,} will change"),
        ]
    )


def draw_suspect(found: SuspectList, dictionary: Mapping[str, DictionaryLine], decide: Callable[..., None]) -> None:
    """The first row that nobody has decided about, with its keys."""
    show_refused()
    st.progress(
        found.n_decided / max(1, len(found.suspects)), text=f"{found.n_decided:,} of {len(found.suspects):,} decided"
    )
    suspect = next((item for item in found.suspects if item.verdict is None), None)
    if suspect is None:
        st.success("Every row of this list is decided.", icon=":material/done_all:")
        return
    st.markdown(f"#### {describe_suspect(found, suspect)}")
    reason = st.selectbox(
        "Why (part of the record)",
        REASONS,
        index=None,
        accept_new_options=True,
        placeholder="Looked at it; or choose, or type your own",
        key="suspect_reason",
        width=480,
    )
    ask = {verdict: {"row": suspect.row, "reason": reason or usual} for verdict, usual in _USUAL.items()}
    with st.container(horizontal=True, gap="small"):
        st.button(
            f"Keep {escape_markdown(suspect.given)}",
            shortcut="K",
            key=f"keep_{suspect.row}",  # of this row: a key pressed twice must not decide about the next
            icon=":material/check:",
            on_click=decide,
            kwargs={**ask["keep"], "verdict": "keep"},
        )
        for key, name in enumerate(_other_classes(found, suspect), start=1):
            st.button(
                f"It is {escape_markdown(name)}",
                shortcut=str(key),
                key=f"relabel_{key}_{suspect.row}",
                type="primary" if name == suspect.suggested else "secondary",
                on_click=decide,
                kwargs={**ask["relabel"], "verdict": "relabel", "value": name},
            )
        st.button(
            "Leave the row out",
            shortcut="X",
            key=f"exclude_{suspect.row}",
            icon=":material/block:",
            on_click=decide,
            kwargs={**ask["exclude"], "verdict": "exclude"},
        )
    if suspect.card is not None:
        draw_card(suspect.card, dictionary)


def describe_suspect(found: SuspectList, suspect: Suspect) -> str:
    """What the data say and what the model says, in one sentence."""
    column, given = escape_markdown(found.column), escape_markdown(suspect.given)
    suggested = escape_markdown(suspect.suggested)
    if not found.classes:
        return f"Row {suspect.row + 1:,}: {column} is {given}; a model that has not seen it expects {suggested}."
    return (
        f"Row {suspect.row + 1:,}: the data say {column} is {given}. A model that has not seen it says {suggested} and "
        f"gives {given} {of_100(suspect.score)} of 100."
    )


def draw_decided(found: SuspectList) -> None:
    """What was decided, by whom and why."""
    rows = [
        {
            "Row": f"{suspect.row + 1:,}",
            "Was": escape_markdown(suspect.given),
            "Decision": f":{_WORDS[suspect.verdict][1]}[{_WORDS[suspect.verdict][0]}]"
            + (f" {escape_markdown(suspect.value)}" if suspect.value else ""),
            "Why": escape_markdown((suspect.reason or "")[:_SAME]),
            "By": escape_markdown(suspect.decided_by_name or ""),
        }
        for suspect in found.suspects
        if suspect.verdict is not None
    ]
    if rows:
        with st.expander(f"{len(rows)} decided"):
            st.table(rows, border="horizontal", hide_index=True)


def _other_classes(found: SuspectList, suspect: Suspect) -> list[str]:
    """The suggested class first; at most nine, one key each."""
    others = [name for name in found.classes if name not in (suspect.given, suspect.suggested)]
    return [suspect.suggested, *others][:9] if found.classes else []
