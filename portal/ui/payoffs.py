"""The 2x2 of right and wrong calls, each cell a full sentence, so that it also reads when stacked on a phone."""

from collections.abc import Sequence

import streamlit as st

from portal.ui.layout import note
from services.valuation.amounts import format_money
from services.valuation.sentences import Outcome


def payoff_grid(outcomes: Sequence[Outcome], currency: str) -> None:
    """Words left, money right; green earns, red costs."""
    with st.grid(2, min_column_width=260, gap="small"):
        for outcome in outcomes:
            with st.container(
                border=True,
                horizontal=True,
                height="stretch",
                horizontal_alignment="distribute",
                vertical_alignment="center",
                wrap=False,
            ):
                with st.container(gap=None, width="stretch"):
                    st.markdown(f"**{outcome.title}**")
                    note(outcome.reason)
                color = "green" if outcome.amount > 0 else "red" if outcome.amount < 0 else "gray"
                amount = format_money(outcome.amount, currency, sign=True)
                st.markdown(f"### :{color}[{amount}]", width="content", anchors=False)
