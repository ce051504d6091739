"""What it brought: realised money of a live project, how it was measured and where that is written."""

import math
from datetime import UTC, datetime, timedelta

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.cache import read_portfolio
from portal.ui.change import carry_out, show_refusal
from portal.ui.forms.amounts import ask_amount, read_amounts
from portal.ui.layout import FORM_WIDTH, empty_state, head, note, page, section
from portal.ui.session import reading
from portal.ui.state import require_open_id
from portal.ui.text import escape_cell
from services.audit.actor import Actor
from services.errors import InvalidInputError
from services.people.permissions import Permission, is_allowed
from services.portfolio.initiatives.commands import record_benefit
from services.portfolio.initiatives.facts import METHODS, BenefitFacts
from services.portfolio.initiatives.queries import list_benefits, was_approved
from services.portfolio.initiatives.sentences import describe_benefits, describe_evidence, describe_method
from services.portfolio.records.views import BenefitView, Column, Record
from services.proposals.texts import TEXT_LENGTH
from services.valuation.amounts import format_exact_money


def draw_benefits(actor: Actor, project_id: str) -> None:
    """The page for one person."""
    with reading() as session:
        benefits = list_benefits(session, actor=actor, project_id=project_id)
        was_live = was_approved(session, actor=actor, project_id=project_id)
    record = next((one for one in read_portfolio(actor).records if one.project_id == project_id), None)
    with page(FORM_WIDTH):
        head(
            "What it brought",
            "Measured after the model began to act",
            finding=describe_benefits(benefits, _promise(record)),
        )
        if benefits:
            note(describe_evidence(benefits))
            draw_list(benefits)
        if record is None or not was_live:
            empty_state(
                ":material/paid:", "Nothing was live yet. Once a model is approved, write down here what it brings."
            )
        elif is_allowed(actor, Permission.EDIT_VALUATION):
            draw_form(actor, record, benefits)
        elif not benefits:
            note("A business stakeholder of the project writes it down.")


def _promise(record: Record | None) -> tuple[float, str] | None:
    """What was signed: a newer model that nobody signed promises nothing."""
    if record is None or record.worth is None or record.column != Column.LIVE:
        return None
    return record.worth.amount, record.worth.currency


def draw_list(benefits: tuple[BenefitView, ...]) -> None:
    """Each figure with its method and evidence, the latest first."""
    st.dataframe(
        [
            {
                "From": benefit.starts_on,
                "To": benefit.ends_on,
                "Brought": format_exact_money(benefit.amount, benefit.currency),
                "Measured": describe_method(benefit.method),
                "Evidence": escape_cell(benefit.note),
                "Written down by": escape_cell(benefit.by_name) + (", a correction" if benefit.is_correction else ""),
            }
            for benefit in benefits
        ],
        hide_index=True,
        alt=f"{len(benefits)} measured periods, the latest first",
        column_config={
            "From": st.column_config.DateColumn(pinned=True, format="D MMM YYYY"),
            "To": st.column_config.DateColumn(format="D MMM YYYY"),
            "Brought": st.column_config.TextColumn(alignment="right"),
        },
    )


def draw_form(actor: Actor, record: Record, benefits: tuple[BenefitView, ...]) -> None:
    """Ask for one period."""
    today = datetime.now(UTC).date()
    number = sum(benefit.by_name == actor.name for benefit in benefits)  # a form that was kept is asked anew, no other
    began = record.live_since.date() if record.live_since else today - timedelta(days=30)
    first = min(today, max([began, *(benefit.ends_on + timedelta(days=1) for benefit in benefits)]))
    with (
        section(
            "Write down what it brought",
            "Against acting on nobody, after the cost of acting. Exactly the same days again correct a figure.",
        ),
        st.form(f"benefit_{number}", border=True),
    ):
        with st.container(horizontal=True, gap="small"):
            starts_on = st.date_input("First day", first, max_value=today, format="DD/MM/YYYY", width=160)
            ends_on = st.date_input("Last day", today, max_value=today, format="DD/MM/YYYY", width=160)
            label = f"Money in these days, {record.currency}"
            amount = ask_amount(label, None, why="Negative where money was lost", key=f"amount_{number}")
        method = st.radio(
            "How it was measured, best evidence first",
            list(METHODS),
            format_func=describe_method,
            index=None,
            key=f"method_{number}",
        )
        evidence = st.text_area(
            "Evidence",
            max_chars=TEXT_LENGTH,
            placeholder="Report of finance for March, page 4; the query behind it is in the folder of the team",
            help="Where somebody else finds the figure again",
            key=f"evidence_{number}",
        )
        is_sent = st.form_submit_button("Keep this figure", type="primary", icon=":material/check:")
    if not is_sent:
        return
    try:
        money = read_amounts({"amount": amount}, {"amount": label})["amount"]
        brought = math.nan if money is None else money
        facts = BenefitFacts(starts_on, ends_on, record.currency, brought, method or "", evidence)
    except InvalidInputError as error:
        show_refusal(error)
        return
    carry_out(record_benefit, "The figure is kept.", actor=actor, project_id=record.project_id, facts=facts)


draw_benefits(get_actor(), require_open_id("project"))
