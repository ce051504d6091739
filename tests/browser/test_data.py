"""The data of a project with two people: an awkward file, choices, fixes and their undo, labels by keyboard, words."""

import csv
import io
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from db.engine import new_engine
from db.session import transaction
from services.audit.actor import SYSTEM, Actor
from services.people.commands import create_user, open_session
from services.people.permissions import Role
from services.projects.commands import add_member, create_project
from tests.browser.conftest import DESKTOP, PHONE, RunningPortal
from tests.browser.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.slow]
COOKIE = "portal_session"
N_ROWS, TOO_SHORT, TOO_LONG = 400, 57, 203
N_LABELS = 20
HEADS = ("customer", "city", "tariff", "signed_on", "calls", "paid", "region", "left")
PLACES = (
    "datasets",
    "columns",
    "columns&view=Dictionary",
    "columns&view=Related",
    "columns&view=Gaps",
    "rows",
    "labels",
    "connections",
)


@dataclass
class Story:
    """Who acts, where, and the cookies that let them in; each step is a test and needs the ones before it."""

    project: str
    cookies: dict[str, str]
    tomas: Person
    ana: Person


def make_file() -> bytes:
    """Customers as a German spreadsheet exports them: semicolons, decimal commas, Windows-1252, two ragged rows."""
    cities = ("Köln", "München", "Zürich", "köln", "Düsseldorf", "Lübeck")
    tariffs = ("Monat für Monat", "Ein Jahr", "Zwei Jahre")
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADS)
    for number in range(N_ROWS):
        row = [
            f"K-{number:05d}",
            cities[number * 7 % 6],
            tariffs[number % 3],
            f"{number % 28 + 1:02d}.{number % 12 + 1:02d}.2024",
            str(number * 13 % 9),
            "" if number % 37 == 5 else f"{20 + number * 31 % 80},{number % 10}5",
            "West",
            "ja" if (number * 13 % 9 > 5) != (number % 11 == 0) else "nein",
        ]
        if number == TOO_SHORT:
            row = row[:4]
        if number == TOO_LONG:
            row.append("zu viel")
        writer.writerow(row)
    return text.getvalue().encode("cp1252")


@pytest.fixture(scope="module")
def story(portal: RunningPortal, open_tab: Callable[..., Page]) -> Iterator[Story]:
    engine = new_engine(f"sqlite:///{portal.folder / 'portal.sqlite'}")
    cookies: dict[str, str] = {}
    with transaction(engine) as session:
        people = {}
        for name, role in (("Ana Costa", Role.BUSINESS), ("Tomas Ruiz", Role.DATA_SCIENTIST)):
            first = name.split()[0].lower()
            user = create_user(session, actor=SYSTEM, email=f"{first}@example.com", name=name, role=role)
            session.flush()
            people[first] = Actor(user_id=user.id, name=name, role=role, email=user.email)
            cookies[first] = open_session(session, user_id=user.id, method="password").token
        project = create_project(session, actor=people["ana"], sentence="Fewer customers should leave us").id
        add_member(session, actor=people["ana"], project_id=project, email="tomas@example.com")
    engine.dispose()
    entered = {name: enter(portal, cookies[name], open_tab(), name) for name in cookies}
    yield Story(project, cookies, entered["tomas"], entered["ana"])
    for person in entered.values():
        assert person.faults == []


def enter(portal: RunningPortal, token: str, tab: Page, name: str) -> Person:
    """A person who has signed in before."""
    tab.context.add_cookies([{"name": COOKIE, "value": token, "url": portal.address}])
    return Person(tab, name, f"{name}@example.com")


def settle(person: Person, *, seconds: float = 60) -> None:
    """Until no job is shown at work any more."""
    at_work = person.tab.get_by_text("You may close this page; it goes on.")
    person.wait()
    expect(at_work).to_have_count(0, timeout=seconds * 1000)
    person.wait()


def version_of(person: Person) -> int:
    """The version that the data page shows."""
    found = re.search(r"Version (\d+)", person.read())
    assert found
    return int(found.group(1))


def test_an_awkward_file_is_asked_about_before_it_is_read(story: Story) -> None:
    tomas = story.tomas
    tomas.go(f"/datasets?project={story.project}")
    tomas.bring("kunden.csv", make_file())
    tomas.press("Upload a table")
    tomas.sees("can be read in more than one way", seconds=60)
    tomas.sees("This file is not UTF-8")
    tomas.sees(re.compile("München"))
    assert "Windows-1252" in tomas.read()
    tomas.photograph("every/data-question-encoding")
    tomas.press("Read it like this")
    tomas.sees(re.compile("names 8 columns"), seconds=60)
    tomas.sees(f"line {TOO_SHORT + 2}")
    tomas.photograph("every/data-question-rows")
    tomas.press("Read it like this")
    tomas.sees("Column to predict", seconds=60)
    settle(tomas)


def test_what_was_chosen_is_said_and_what_was_set_aside_can_be_had(story: Story) -> None:
    tomas = story.tomas
    assert "2 faulty rows were set aside" in tomas.read()
    with tomas.tab.expect_download() as download:
        tomas.tab.get_by_role("button", name="Download them with their line numbers").click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == [str(TOO_SHORT + 2), str(TOO_LONG + 2)]
    assert f"{N_ROWS - 2:,}" in tomas.read()
    tomas.tab.get_by_text("How kunden.csv was read").first.click()
    tomas.sees(re.compile("Windows-1252"))
    tomas.sees(re.compile("semicolon"))
    tomas.photograph("every/data-first")


def test_the_target_is_chosen_and_the_checks_answer(story: Story) -> None:
    tomas = story.tomas
    tomas.choose("Column to predict", "left")
    tomas.press("Predict this column")
    settle(tomas)
    tomas.sees("One category, several spellings", seconds=60)
    tomas.photograph("every/data-checked")


def test_a_fix_is_one_click_and_so_is_its_undo(story: Story) -> None:
    tomas = story.tomas
    before = version_of(tomas)
    tomas.press("Merge the spellings")
    settle(tomas)
    expect(tomas.tab.get_by_text("1 step so far")).to_be_visible(timeout=30_000)
    assert version_of(tomas) == before + 1
    assert tomas.tab.get_by_role("button", name="Merge the spellings").count() == 0
    tomas.photograph("every/data-fixed")
    tomas.press("Undo")
    settle(tomas)
    tomas.sees("No steps so far", seconds=30)
    tomas.sees("One category, several spellings", seconds=30)
    assert version_of(tomas) == before + 2


def test_a_column_is_left_out_with_a_reason(story: Story) -> None:
    tomas = story.tomas
    tomas.go(f"/columns?project={story.project}")
    tomas.type("Find a column", "customer")
    tomas.wait()
    tomas.tab.get_by_role("button", name="Leave out").first.click()
    tomas.type("Why may the model not see it?", "It only names the customer.")
    tomas.press("Leave it out")
    tomas.sees("Left out: It only names the customer.")
    tomas.photograph("every/columns-left-out")


def test_two_versions_are_compared(story: Story) -> None:
    tomas = story.tomas
    tomas.go(f"/datasets?project={story.project}")
    tomas.sees("It only names the customer.")
    tomas.tab.get_by_text("What changed between two versions").click()
    tomas.sees("From")
    tomas.sees("only decisions differ")
    tomas.photograph("every/data-compared")


def count_labelled(person: Person) -> int:
    """How many rows the page says this person has labelled."""
    found = re.search(r"(\d+) labelled by you", person.read())
    return int(found.group(1)) if found else 0


def label_next(person: Person, key: str, number: int) -> None:
    """Press a key until it counts: one that comes while the next row is drawn answers for no row."""
    for _ in range(5):
        if count_labelled(person) >= number:
            return
        person.tab.keyboard.press(key)
        deadline = time.monotonic() + 8
        while time.monotonic() < deadline and count_labelled(person) < number:
            person.tab.wait_for_timeout(100)
    assert count_labelled(person) >= number


def test_rows_are_labelled_by_keyboard(story: Story) -> None:
    tomas = story.tomas
    tomas.go(f"/labels?project={story.project}")
    tomas.photograph("every/labels-start")
    box = tomas.tab.get_by_role("combobox").first
    box.fill("will_stay")
    box.press("Enter")
    tomas.type("How to tell them apart, in a sentence or two", "Yes for whoever pays and seldom calls.")
    tomas.press("Start labelling")
    tomas.sees("Which class is this row?", seconds=60)
    settle(tomas)
    tomas.tab.get_by_role("heading", name="Labels", exact=True).click()  # keys are for the page, not for a field
    started = time.monotonic()
    for number in range(1, N_LABELS + 1):
        label_next(tomas, "1" if number % 3 else "2", number)
    assert time.monotonic() - started < 120
    tomas.tab.keyboard.press("z")
    tomas.sees(f"{N_LABELS - 1} labelled by you")
    tomas.tab.keyboard.press("2")
    tomas.sees(f"{N_LABELS} labelled by you")
    settle(tomas)
    tomas.tab.evaluate("document.activeElement.blur()")
    tomas.photograph("labels")


def test_a_stakeholder_says_what_columns_mean_and_changes_nothing_else(story: Story) -> None:
    ana = story.ana
    ana.go(f"/datasets?project={story.project}")
    ana.sees("Say what the columns mean")
    for button in ("Merge the spellings", "Undo", "Upload a table", "Predict this column", "Fix what is safe"):
        assert ana.tab.get_by_role("button", name=button).count() == 0, button
    ana.photograph("every/data-stakeholder")
    ana.press("Describe the columns")
    ana.sees("What is customer?")
    ana.type("Business name", "Customer number")
    ana.type("What it means", "From the billing system")
    ana.tab.get_by_text("Yes", exact=True).first.click()
    ana.press("Save what it means")
    ana.sees("1 of 8 columns have a business name")
    ana.photograph("every/dictionary")
    ana.go(f"/columns?project={story.project}")
    ana.sees("Customer number")
    assert ana.tab.get_by_role("button", name="Leave out").count() == 0
    ana.go(f"/rows?project={story.project}")
    ana.sees("A data scientist of this project can leave rows out.")


@pytest.fixture(scope="module", params=[(PHONE, "light"), (DESKTOP, "dark")], ids=str)
def visitor(
    request: pytest.FixtureRequest, portal: RunningPortal, story: Story, open_tab: Callable[..., Page]
) -> Person:
    """Tomas at a phone in the light, and at a desk in the dark."""
    return enter(portal, story.cookies["tomas"], open_tab(*request.param), "tomas")


@pytest.mark.parametrize("place", PLACES)
def test_every_page_of_the_data_fits_and_draws_without_a_fault(story: Story, visitor: Person, place: str) -> None:
    page, _, view = place.partition("&")
    visitor.go(f"/{page}?project={story.project}&{view}")
    assert visitor.tab.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert visitor.tab.get_by_text("went wrong").count() == 0
    assert visitor.faults == []
    width = visitor.tab.evaluate("window.innerWidth")
    mode = "dark" if visitor.tab.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
    visitor.photograph(f"every/{place.replace('&view=', '-').lower()}-{width}-{mode}")


def test_the_audit_chain_of_all_that_is_whole(portal: RunningPortal) -> None:
    assert "in place and unchanged" in portal.command("audit", "verify")
