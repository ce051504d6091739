"""What a person asks for when they choose what to fund, and the answer as tables."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from portal.ui.badges import RISK
from portal.ui.forms.typed_number import ask_number
from portal.ui.layout import note, section
from portal.ui.portfolio_filters import initiative_names
from portal.ui.portfolio_forms import project_names
from portal.ui.project_rows import draw_project_rows
from portal.ui.text import escape_cell, escape_markdown
from services.portfolio.choice.answering import Answer, Outlook
from services.portfolio.choice.problem import Candidate
from services.portfolio.choice.sentences import describe_marginal, describe_slack, describe_twin
from services.portfolio.choice.solving import Choice
from services.portfolio.choice.wish import BUDGET, DEFAULT_SHARE, WORK, Wish, list_currencies
from services.portfolio.initiatives.facts import EVERY_INITIATIVE
from services.portfolio.records.views import InitiativeView, Record
from services.valuation.amounts import format_exact_money

_MOST_GROUPS = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """The wish, and which initiative's projects are weighed; empty for all."""

    wish: Wish
    initiative: str


def draw_wish(records: Sequence[Record], initiatives: Sequence[InitiativeView]) -> Asked:
    """Ask for limits and conditions; all of it stands in the address, so that a colleague sees the same."""
    ids = {name: key for key, name in initiative_names(initiatives).items()}
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            initiative = st.selectbox(
                "Projects of", [EVERY_INITIATIVE, *ids], key="initiative", bind="query-params", width=260
            )
            known = list_currencies(records) or ["EUR"]
            currency = st.selectbox("Currency", known, key="currency", bind="query-params", width=100)
            budget, days = _ask_limit("Budget for building", "budget"), _ask_limit("Person-days", "days")
        wanted = [record for record in records if not ids.get(initiative) or record.initiative_id == ids[initiative]]
        with st.expander("Conditions: what must be in, stay out, or excludes another", icon=":material/rule:"):
            must, without, either = _draw_conditions(project_names(wanted))
            share = st.slider(
                "Of what a perfect model could bring, count this much of a project without a model, %",
                0,
                100,
                round(100 * DEFAULT_SHARE),
                5,
                key="share",
                bind="query-params",
            )
    wish = Wish(str(currency), budget, days, share / 100, must, without, either)
    return Asked(wish, ids.get(initiative, ""))


def _ask_limit(label: str, key: str) -> float | None:
    """A number; what is not one yet does not limit, and is said so beside it."""
    with st.container(width=190):
        typed = ask_number(label, None, key=key, placeholder="No limit", bind="query-params")
    return None if isinstance(typed, str) else typed


def _draw_conditions(
    titles: dict[str, str],
) -> tuple[frozenset[str], frozenset[str], tuple[frozenset[str], ...]]:
    ids = {title: key for key, title in titles.items()}
    names = list(ids)
    must = st.multiselect("Must be in", names, key="must", bind="query-params", placeholder="None")
    without = st.multiselect("Stay out", names, key="without", bind="query-params", placeholder="None")
    either: list[frozenset[str]] = []
    for place in range(_MOST_GROUPS):
        group = st.multiselect(
            "At most one of these" if place == 0 else "And at most one of these",
            names,
            key=f"either{place + 1}",
            bind="query-params",
            placeholder="Choose two or more",
        )
        either += [frozenset(ids[name] for name in group)] if len(group) > 1 else []
        if not group:
            break
    return frozenset(ids[name] for name in must), frozenset(ids[name] for name in without), tuple(either)


def draw_answer(answer: Answer, look: Callable[[], Outlook], records: dict[str, Record]) -> None:
    """The set, what more would bring, what is left out and why, and what could not be weighed."""
    if answer.choice is None:
        for reason in answer.infeasible:
            st.error(escape_markdown(reason), icon=":material/block:")
    else:
        with st.container(gap="xsmall"):
            st.markdown(describe_slack(answer.problem, answer.choice, answer.wish))
            beside = st.empty()
    if answer.chosen:
        counted = round(100 * answer.wish.share)
        how = (
            "Worth is money over the horizon of the plan, after all costs and as it arrives, in money of today, beyond "
            f"what is possible without a model; of a project without one, {counted} of 100 of what a perfect one could "
            "bring. Tick a row to open its project."
        )
        with section("In the set", how):
            rows = [
                _row(one, answer, records) | {"Risk": RISK[records[one.key].risk_tier].label} for one in answer.chosen
            ]
            _draw_rows(rows, [one.key for one in answer.chosen], "in the set, most worth first", key="chosen")
    if answer.left_out:
        with section("Left out, and why"):
            rows = [_row(left.candidate, answer, records) | {"Because": left.reason} for left in answer.left_out]
            _draw_rows(rows, [left.candidate.key for left in answer.left_out], "left out", key="left_out")
    _draw_unweighed(answer)
    if answer.choice is not None:  # last, because it takes longest
        beside.skeleton(height=60)
        with beside.container(gap="xsmall"):
            _draw_outlook(answer, answer.choice, look())


def _draw_outlook(answer: Answer, choice: Choice, outlook: Outlook) -> None:
    for marginal in outlook.marginals:
        st.markdown(escape_markdown(describe_marginal(answer.problem, choice, marginal, answer.wish)))
    if outlook.twin:
        st.markdown(escape_markdown(describe_twin(answer.problem, choice, outlook.twin)))


def _draw_unweighed(answer: Answer) -> None:
    if not answer.unweighed:
        return
    n = len(answer.unweighed)
    title = f"{n:,} project{' is' if n == 1 else 's are'} not weighed, because something is not known"
    with st.expander(title, icon=":material/help:"):
        st.dataframe(
            [
                {"Project": escape_cell(name), "Because": f"{why[:1].upper()}{why[1:]}."}
                for name, why in answer.unweighed
            ],
            hide_index=True,
            alt=title,
            column_config={"Project": st.column_config.TextColumn(pinned=True)},
        )
        note("Live and stopped projects are decided already; they are not counted here.")


def _row(candidate: Candidate, answer: Answer, records: dict[str, Record]) -> dict[str, object]:
    currency = answer.wish.currency
    days = records[candidate.key].person_days
    return {
        "Project": escape_cell(candidate.name),
        "Worth": format_exact_money(candidate.value, currency),
        "To build": format_exact_money(candidate.uses[BUDGET], currency),
        "Person-days": None if days is None else candidate.uses[WORK],
    }


def _draw_rows(rows: list[dict[str, object]], keys: list[str], order: str, *, key: str) -> None:
    money = st.column_config.TextColumn(alignment="right")
    columns = {"Worth": money, "To build": money}
    draw_project_rows(rows, keys, alt=f"{len(rows)} projects {order}", key=key, columns=columns)
