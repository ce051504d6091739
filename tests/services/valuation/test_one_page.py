"""The case on one page: a whole document, nothing from elsewhere, every text of a person harmless."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from services.valuation.adoption import Stage
from services.valuation.details import Details
from services.valuation.one_page import Heading, one_page
from tests.makers_money import CALLS
from tests.makers_plans import benefit, cost

HEADING = Heading("Keep customers", "Fewer customers should leave us", 3, "Ana", datetime(2026, 11, 29, tzinfo=UTC))
HOSTILE = '<script>alert(1)</script><img src="https://evil.example/x">'


class Tags(HTMLParser):
    """Every tag, and whether what was opened is closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag not in ("meta", "line", "rect", "polyline"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("line", "rect", "polyline"):
            assert self.open.pop() == tag


def tags_of(page: str) -> set[str]:
    parser = Tags()
    parser.feed(page)
    assert not parser.open
    return parser.seen


def test_it_says_the_worth_the_task_and_the_items() -> None:
    page = one_page(HEADING, replace(CALLS, items=(cost(), benefit())))
    for words in (
        "Keep customers",
        "version 3",
        "in money of today over 36 months",
        "Needs to find at least 20 of 100",  # the item of 40,000 to 80,000 takes the place of 90,000
    ):
        assert words in page
    for words in ("Integration", "€40,000 to €80,000", "Net present value (NPV)", "@page { size: A4"):
        assert words in page
    assert tags_of(page) >= {"svg", "table", "style"}
    assert page.count("<svg") == 3


def test_stages_are_in_the_worth_the_advice_and_the_readings() -> None:
    staged = replace(CALLS, caught_value_amount=900.0, details=Details(stages=(Stage("Pilot", 60_000.0, 0.3),)))
    page = one_page(HEADING, staged)
    for words in ("of 100 simulations a stage fails", "Stop, or change the plan", "Expected worth by stages (ENPV)"):
        assert words in page
    assert "Pilot" in page


def test_nothing_in_it_comes_from_elsewhere() -> None:
    page = one_page(HEADING, CALLS)
    found = re.findall(r"""(?:src|href|url|@import)\s*[=(]""", page)
    assert found == []
    assert set(re.findall(r"https?://[^\"'\s]+", page)) <= {"http://www.w3.org/2000/svg"}
    assert not tags_of(page) & {"script", "img", "link", "iframe"}


def test_text_of_people_is_never_markup() -> None:
    heading = replace(HEADING, project=HOSTILE, objective=HOSTILE, author=HOSTILE)
    items = (cost(HOSTILE[:60], owner=HOSTILE), benefit("<b>Bold</b> & more"))
    page = one_page(heading, replace(CALLS, items=items))
    assert not tags_of(page) & {"script", "img", "b"}
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    "figures",
    [
        replace(CALLS, project_amount=9e7),
        replace(CALLS, details=Details(counted=("calls",))),
        replace(CALLS, items=tuple(cost(f"Cost {n}", n, 10 * n + 1) for n in range(40))),
    ],
)
def test_any_plan_makes_a_page(figures: object) -> None:
    page = one_page(HEADING, figures)  # type: ignore[arg-type]
    assert "nan" not in re.sub(r"<[^>]+>", "", page).lower().replace("finance", "")
    tags_of(page)
