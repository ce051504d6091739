"""The printed canvas: one page that needs nothing but a browser, with its gaps, and text that stays text."""

from dataclasses import replace

from services.proposals.printing import printed_canvas
from tests.makers_money import RETENTION


def test_the_page_holds_all_four_parts_and_the_gaps() -> None:
    page = printed_canvas(RETENTION, project="Churn", version=3, author="Ana")
    for words in ("Churn: objective, version 3 by Ana", "Discount", "Billing system", "No data connects Discount"):
        assert words in page
    assert "http" not in page


def test_text_from_people_stays_text() -> None:
    page = printed_canvas(replace(RETENTION, metric="<script>x</script>"), project="<b>", version=1, author='"')
    assert "<script>" not in page
    assert "<b>:" not in page
