"""A stakeholder says what a call is worth on a phone in five answers, takes the case away; a paste is not guessed."""

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from db.engine import new_engine
from db.session import transaction
from services.people.commands import open_session
from services.people.permissions import Role
from tests.browser.conftest import PHONE, RunningPortal
from tests.browser.person import Person
from tests.makers import make_actor, make_project

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ANSWERS = {
    "Value of a caught case": 192,
    "Cost of acting once": 42,
    "Cases a month": 7000,
    "Cases that matter, %": 5,
    "Cost of the project": 30000,
}


@pytest.fixture(scope="module")
def ana(portal: RunningPortal, open_tab: Callable[..., Page]) -> Person:
    """A business stakeholder with a phone, in front of a project without figures."""
    engine = new_engine(f"sqlite:///{portal.folder / 'portal.sqlite'}")
    with transaction(engine) as session:
        actor = make_actor(session, Role.BUSINESS)
        project = make_project(session, actor)
        token = open_session(session, user_id=actor.user_id, method="test").token
        address = f"/valuation?project={project.id}"
    engine.dispose()
    tab = open_tab(size=PHONE)
    tab.context.add_cookies([{"name": "portal_session", "value": token, "url": portal.address}])
    person = Person(tab, actor.name, "")
    person.go(address)
    return person


def is_wide(tab: Page) -> bool:
    """Whether anything makes the page scroll sideways."""
    wide = (
        "() => { const m = document.querySelector('[data-testid=stMain]'); return m.scrollWidth > m.clientWidth + 1 }"
    )
    return bool(tab.evaluate(wide))


def taken(tab: Page, button: Locator, folder: Path) -> tuple[str, bytes]:
    """Name and content of the file that a button gives."""
    button.scroll_into_view_if_needed()
    tab.wait_for_timeout(1_000)
    with tab.expect_download() as download:
        button.click()
    target = folder / download.value.suggested_filename
    download.value.save_as(target)
    return target.name, target.read_bytes()


def test_a_pasted_amount_is_kept_as_it_was_pasted(ana: Person) -> None:
    box = ana.tab.get_by_label("Value of a caught case", exact=True).first
    for pasted in ("1.234,56", "1,234.56"):  # a browser's own box for numbers makes 1.23456 of the first
        box.fill("")
        box.focus()
        ana.tab.keyboard.insert_text(pasted)
        box.press("Tab")
        ana.wait()
        expect(box).to_have_value(pasted)
    ana.type("Value of a caught case", "1.234")
    ana.press("Save and see what it is worth")
    ana.sees("can mean 1.234 or 1234")


def test_five_answers_are_enough_on_a_phone(ana: Person) -> None:
    for label, figure in ANSWERS.items():
        ana.type(label, figure)
    ana.press("Save and see what it is worth")
    ana.sees("What a model must do")
    assert "Worth up to" in ana.read()
    assert not is_wide(ana.tab)
    ana.photograph("money-simple-390")


def test_the_plan_follows_and_a_slider_moves_it(ana: Person) -> None:
    ana.follow("Costs and benefits, line by line")
    ana.sees("So far the plan is what Money says")
    slider = ana.tab.get_by_role("slider").first
    slider.focus()
    for _ in range(3):
        slider.press("ArrowRight")
    ana.sees("against the saved figures")
    assert not is_wide(ana.tab)


def test_the_case_can_be_taken_away(ana: Person, tmp_path: Path) -> None:
    camera = ana.tab.locator("[data-title='Download plot as a PNG']").first
    expect(camera).to_be_visible()
    name, picture = taken(ana.tab, camera, tmp_path)
    assert (name, picture[:4]) == ("case-version-1-chance.png", b"\x89PNG")
    name, numbers = taken(ana.tab, ana.tab.get_by_role("button", name="Numbers as CSV").first, tmp_path)
    assert name == "case-version-1-chance.csv"
    assert numbers.decode("utf-8-sig").startswith("Net present value,Share of simulations above")
    name, page = taken(ana.tab, ana.tab.get_by_role("button", name="Case on one page"), tmp_path)
    assert name == "case-version-1.html"
    assert b"<!doctype html>" in page
    name, book = taken(ana.tab, ana.tab.get_by_role("button", name="Workbook with formulas"), tmp_path)
    assert name == "case-version-1.xlsx"
    assert str(openpyxl.load_workbook(io.BytesIO(book))["Case"]["B5"].value).startswith("=Cash!C3+NPV(")
    assert ana.faults == []
