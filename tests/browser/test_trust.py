"""From a found model to an action, in the demo company: expected, judged, priced, simulated, shared."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from db.engine import new_engine
from db.session import reading
from db.tables import Review
from tests.browser.conftest import PHONE, RunningPortal, free_port, wait_until
from tests.browser.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.slow]
STORY_SECONDS = 240


class DemoPortal(RunningPortal):
    """The demo company, as `make demo` starts it."""

    @property
    def environment(self) -> dict[str, str]:
        """With the demo company let in without passwords."""
        return super().environment | {"PORTAL_DEMO": "true"}

    def open(self) -> None:
        """Start it, and wait until its first story has come to its sign-off."""
        with (self.folder / "demo.log").open("ab") as log:
            command = [sys.executable, "-m", "portal", "demo", "--port", str(self.port)]
            self.processes["demo"] = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        wait_until(self.is_answering, seconds=90)
        wait_until(self.is_asked, seconds=STORY_SECONDS)

    def is_asked(self) -> bool:
        """Whether a sign-off is asked for."""
        engine = new_engine(f"sqlite:///{self.folder / 'portal.sqlite'}")
        with reading(engine) as session:
            found = session.exec(select(Review)).first()
        engine.dispose()
        return found is not None


@dataclass
class Story:
    """What the steps hand on to each other; each step is a test and needs the ones before it."""

    people: dict[str, Person] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Iterator[RunningPortal]:
    portal = DemoPortal(tmp_path_factory.mktemp("demo"), free_port())
    portal.open()
    yield portal
    portal.end("demo")


@pytest.fixture(scope="module")
def story(open_tab: Callable[..., Page]) -> Story:
    story = Story()
    for name in ("Ana Costa", "Tomás Ruiz", "Maren Holt"):
        person = Person(open_tab(), name, "")
        person.tab.goto("/sign-in")
        person.tab.get_by_role("button", name=name).click()
        person.sees(f"Welcome, {name.split()[0]}")
        person.press("Keep more customers")
        person.sees("Timeline")
        story.people[name.split()[0]] = person
    return story


def test_who_judges_says_what_they_expect_before_they_see_what_drives_it(story: Story) -> None:
    maren = story.people["Maren"]
    maren.menu("Explain")
    maren.sees("Before you see what drives this model: what do you expect?")
    assert "What drives it, and whether that makes sense" not in maren.read()
    for column in ("Time with us", "Late payments"):
        maren.tab.get_by_label("Columns that should matter").first.click()
        maren.tab.get_by_role("option", name=column, exact=True).click()
        maren.wait()
    maren.tab.keyboard.press("Escape")
    maren.press("Show me what drives it")
    maren.sees("What you expected, beside the model")
    maren.sees("columns drawn at random would agree")
    assert maren.faults == []


def test_a_no_blocks_until_somebody_answers_and_who_said_it_withdraws(story: Story) -> None:
    ana, tomas = story.people["Ana"], story.people["Tomás"]
    ana.menu("Explain")
    ana.sees("What drives it, and whether that makes sense")
    ana.photograph("explain")
    ana.tab.get_by_text("No", exact=True).first.click()  # of the strongest column, whichever the search found
    ana.wait()
    ana.type("What is wrong?", "We remind late payers ourselves, so it says what we did, not what they do")
    ana.press("Say no")
    ana.sees("Votes of no: 1 of 1 blocks")
    tomas.menu("Explain")
    tomas.sees("says no to")
    tomas.type("Your answer", "Reminders go out after the day of the data, so the column is known before them.")
    tomas.tab.get_by_role("button", name="Answer").last.click()
    tomas.wait()
    tomas.sees("Reminders go out after the day of the data")
    ana.go("/" + ana.tab.url.split("/", 3)[3])
    ana.press("Withdraw my no")
    expect(ana.tab.get_by_text("Votes of no")).to_have_count(0)
    assert ana.faults == tomas.faults == []


def test_a_threshold_is_dragged_on_the_money_curve_and_kept_as_a_version(story: Story) -> None:
    ana = story.people["Ana"]
    ana.press("Open the model")
    ana.sees("How the threshold was chosen (1 version)")
    ana.tab.get_by_text("Choose another threshold").click()
    ana.wait()
    handle = ana.tab.get_by_role("slider", name="Cases to act on, of 100")
    before = handle.input_value()
    ana.tab.get_by_test_id("stSlider").first.scroll_into_view_if_needed()
    knob = handle.bounding_box()
    track = ana.tab.get_by_test_id("stSlider").first.bounding_box()
    assert knob is not None
    assert track is not None
    middle = knob["y"] + knob["height"] / 2
    ana.tab.mouse.move(knob["x"] + knob["width"] / 2, middle)
    ana.tab.mouse.down()
    ana.tab.mouse.move(track["x"] + 0.55 * track["width"], middle, steps=8)
    ana.tab.mouse.up()
    ana.wait()
    after = handle.input_value()
    assert after != before
    ana.sees(re.compile(rf"Acting on {after} of 100 cases earns .*against now"))
    ana.sees("Tried")  # on the curve
    score = ana.tab.get_by_label("Score to act from").input_value()
    ana.type("Score to act from", "0.5")
    ana.wait()
    ana.sees("The score to act from is 0.500.")
    assert handle.input_value() != after
    ana.type("Score to act from", score)
    ana.wait()
    ana.photograph("threshold")
    ana.type("Why is this threshold right?", "The team calls more people in autumn")
    ana.press("Choose this threshold")
    ana.sees("How the threshold was chosen (2 versions)")
    assert ana.faults == []


def test_the_rows_a_model_is_worst_at_are_found_and_its_drivers_hold(story: Story) -> None:
    tomas = story.people["Tomás"]
    tomas.menu("Checks")
    tomas.press("Check it")
    tomas.sees(re.compile(r"\d+ slices? (is|are) clearly worse than the rest"), seconds=120)
    tomas.sees(re.compile("of 1[34] checks need"))
    tomas.photograph("checks")
    tomas.menu("Explain")
    tomas.press("Look behind it")
    tomas.press("Look behind the explanation")
    tomas.sees("Would another model be driven by the same?", seconds=120)
    tomas.photograph("shapes")
    tomas.press("The story of one case")
    tomas.sees("A case like it that went wrong", seconds=60)
    tomas.photograph("story")
    assert tomas.faults == []


def test_groups_are_compared_in_counts_against_what_was_agreed_before(story: Story) -> None:
    ana, tomas = story.people["Ana"], story.people["Tomás"]
    ana.menu("Fairness")
    ana.tab.get_by_text("A case that is missed").click()
    ana.type("Largest gap, in points of 100", 12)
    ana.type("Why this is acceptable", "As much as between two years")
    ana.press("Agree on it")
    ana.sees("As much as between two years")
    tomas.menu("Fairness")
    tomas.tab.get_by_test_id("stMultiSelect").locator("input").first.click()
    tomas.tab.get_by_role("option", name="region").click()
    tomas.tab.keyboard.press("Escape")
    tomas.wait()
    tomas.press("Compare the groups")
    tomas.sees(re.compile(r"Of 100 cases where Customer leaves is Yes, \d+ are found"), seconds=120)
    tomas.sees("no legal conclusion")
    tomas.photograph("fairness")
    ana.go("/" + tomas.tab.url.split("/", 3)[3])
    ana.sees(re.compile(r"Of 100 cases where Customer leaves is Yes, \d+ are found"))
    assert ana.faults == tomas.faults == []


def test_levers_are_simulated_and_the_scenario_is_shared_by_its_address(
    story: Story, open_tab: Callable[..., Page]
) -> None:
    tomas = story.people["Tomás"]
    tomas.menu("Simulate")
    tomas.sees("has no column in the data")  # a lever that nothing connects to the data is not moved
    tomas.press("Simulate")
    tomas.sees("Keep this as a scenario", seconds=120)
    tomas.photograph("simulate")
    tomas.type("Keep this as a scenario, under the name", "Two-year contracts first")
    tomas.press("Keep the scenario")
    tomas.sees("Two-year contracts first")
    story.addresses["simulation"] = "/" + tomas.tab.url.split("/", 3)[3]
    finding = tomas.tab.locator("[data-testid='stMain'] h3, [data-testid='stMain'] h2").first.inner_text()
    ana = story.people["Ana"]
    ana.go(story.addresses["simulation"])
    ana.sees(finding)
    phone = Person(open_tab(PHONE, "dark"), "Maren Holt", "")
    phone.tab.goto("/sign-in")
    phone.tab.get_by_role("button", name="Maren Holt").click()
    phone.sees("Welcome, Maren")
    phone.go(story.addresses["simulation"])
    phone.sees(finding)
    phone.photograph("simulate-phone")
    assert phone.tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert tomas.faults == ana.faults == phone.faults == []


def test_one_case_moves_with_its_levers(story: Story) -> None:
    tomas = story.people["Tomás"]
    tomas.press("Look at one case")
    tomas.sees(re.compile("One case"))
    worth = tomas.tab.get_by_test_id("stMain").get_by_text(re.compile("today, .+ then$"))
    answers, today = tomas.tab.get_by_test_id("stMetricValue"), worth.inner_text()
    before, then = answers.nth(0).inner_text(), answers.nth(1)
    expect(then).to_have_text(before)  # nothing is moved yet
    tomas.choose("Contract offered", "Two years")
    expect(then).not_to_have_text(before)
    assert _percent(then.inner_text()) < _percent(before)
    assert answers.nth(0).inner_text() == before
    expect(worth).not_to_have_text(today)
    assert answers.nth(3).inner_text() != "€0"  # a longer contract is not given for nothing
    tomas.photograph("what-if")
    tomas.choose("Contract offered", "Monthly")
    expect(then).to_have_text(before)
    expect(worth).to_have_text(today)
    assert tomas.faults == []


def _percent(text: str) -> float:
    return float(text.removesuffix("%"))
