"""A search from Guided to its end with two people: one steers, the other sees the same and does not."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from db.artifacts import get_artifact_store
from db.engine import new_engine
from db.session import transaction
from db.settings import get_database_settings
from services.audit.actor import SYSTEM, Actor
from services.people.commands import create_user, open_session
from services.people.permissions import Role
from services.projects.commands import add_member, create_project
from services.valuation.commands import save_valuation
from tests.browser.conftest import PHONE, RunningPortal
from tests.browser.person import Person
from tests.makers_datasets import make_dataset
from tests.makers_money import CALLS

pytestmark = [pytest.mark.browser, pytest.mark.slow]
COOKIE = "portal_session"
AT_WORK = 60  # seconds a busy machine may need for a worker to start and to try its first model


@dataclass
class Story:
    """Who acts, where, and on which page the run is; each step is a test and needs the ones before it."""

    project: str
    tomas: Person
    ana: Person
    address: str = ""


@pytest.fixture(scope="module")
def story(portal: RunningPortal, open_tab: Callable[..., Page]) -> Iterator[Story]:
    cookies: dict[str, str] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PORTAL_DATA_DIR", str(portal.folder))
        _forget()
        engine = new_engine(f"sqlite:///{portal.folder / 'portal.sqlite'}")
        with transaction(engine) as session:
            people = {}
            for name, role in (("Ana Costa", Role.BUSINESS), ("Tomas Ruiz", Role.DATA_SCIENTIST)):
                first = name.split()[0].lower()
                user = create_user(session, actor=SYSTEM, email=f"{first}@example.com", name=name, role=role)
                session.flush()
                people[first] = Actor(user_id=user.id, name=name, role=role, email=user.email)
                cookies[first] = open_session(session, user_id=user.id, method="password").token
            ana, tomas = people["ana"], people["tomas"]
            project = create_project(session, actor=ana, sentence="Fewer customers should leave us").id
            add_member(session, actor=ana, project_id=project, email=tomas.email)
            save_valuation(session, actor=ana, project_id=project, assumptions=CALLS, based_on=0)
            make_dataset(session, tomas, project)
        engine.dispose()
    _forget()
    steering = enter(portal, cookies["tomas"], open_tab(), "tomas")
    watching = enter(portal, cookies["ana"], open_tab(PHONE, "dark"), "ana")
    yield Story(project, steering, watching)
    assert steering.faults == watching.faults == []


def enter(portal: RunningPortal, token: str, tab: Page, name: str) -> Person:
    """A person who has signed in before."""
    tab.context.add_cookies([{"name": COOKIE, "value": token, "url": portal.address}])
    return Person(tab, name, f"{name}@example.com")


def n_tried(person: Person) -> int:
    """How many variants the page says were tried."""
    found = re.search(r"(\d+) of \d+ variants", person.read())
    assert found
    return int(found.group(1))


def test_a_search_is_started_from_three_answers(story: Story) -> None:
    tomas = story.tomas
    tomas.go(f"/runs?project={story.project}")
    tomas.sees("What counts is money")
    thoroughness = tomas.tab.get_by_role("slider").nth(2)
    for _ in range(2):
        thoroughness.press("ArrowRight")
        tomas.wait()
    tomas.sees(re.compile("up to 240 variants, at most 5 min"))
    assert "thoroughness=Exhaustive" in tomas.tab.url
    tomas.photograph("every/runs-guided")
    tomas.press("Start the search")
    tomas.sees("Model run 1")
    story.address = "/" + tomas.tab.url.split("/", 3)[3]


def test_the_first_usable_model_is_shown_and_money_stands_beside_the_metric(story: Story) -> None:
    tomas = story.tomas
    tomas.sees(re.compile(r"A first usable model after \d+ s: .+, AUC 0\.\d+, [−€\d.]+k a year"), seconds=AT_WORK)
    tomas.sees("What happened last")
    tomas.sees(re.compile("The worker on .+ answered"))
    tomas.sees(re.compile(r"[4-9] of 240 variants|\d\d of 240 variants"), seconds=AT_WORK)
    tomas.photograph("every/run-live")


def test_a_pause_outlives_a_refresh_and_the_search_goes_on_from_there(story: Story) -> None:
    tomas = story.tomas
    tomas.press("Pause")
    expect(tomas.tab.get_by_role("button", name="Resume")).to_be_visible(timeout=30_000)
    before = n_tried(tomas)
    tomas.go(story.address)
    expect(tomas.tab.get_by_role("button", name="Resume")).to_be_visible()
    assert n_tried(tomas) == before
    tomas.press("Resume")
    expect(tomas.tab.get_by_role("button", name="Pause")).to_be_visible(timeout=30_000)


def test_ten_minutes_more_and_only_one_kind_from_now_on(story: Story) -> None:
    tomas = story.tomas
    tomas.tab.get_by_role("button", name="Add 10 minutes").first.dblclick()  # while drawn anew it is there twice
    tomas.sees(re.compile(r"of 15 min \(10 min added\)"))
    tomas.choose_action("Only this kind", "Linear model")
    tomas.sees("Only linear model is tried now.")
    tomas.sees(re.compile("Let the search try only linear model"))
    before = n_tried(tomas)
    expect(
        tomas.tab.get_by_text(re.compile(rf"\b(?:{before + 6}|{before + 7}|{before + 8}|{before + 9}) of \d+ var"))
    ).to_be_visible(timeout=60_000)


def test_the_other_sees_the_same_at_a_phone_in_the_dark_and_does_not_steer(story: Story) -> None:
    ana = story.ana
    ana.go(story.address)
    ana.sees("Only linear model is tried now.")
    ana.sees(re.compile(r"\(10 min added\)"))
    for name in ("Pause", "Stop and keep the best", "Add 10 minutes", "Only this kind", "Cancel"):
        assert ana.tab.get_by_role("button", name=name).count() == 0
    assert ana.tab.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    ana.photograph("every/run-live-phone-dark")


def test_stopping_keeps_the_best_and_home_tells_who_started_it(story: Story) -> None:
    tomas, ana = story.tomas, story.ana
    tomas.press("Stop and keep the best")
    tomas.sees("The best model is ready", seconds=90)
    ana.sees("The best model is ready", seconds=30)
    tomas.go("/")
    tomas.sees(re.compile("Model run 1 is done. The best of .+ is ready"))
    tomas.photograph("every/home-news")
    tomas.press("Mark as read")
    expect(tomas.tab.get_by_text("Model run 1 is done")).to_have_count(0)
    ana.go("/")
    assert "Model run 1 is done" not in ana.read()


def _forget() -> None:
    for cached in (get_database_settings, get_artifact_store):
        cached.cache_clear()
