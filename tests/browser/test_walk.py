"""The whole way with three people: from an idea to an approved prediction, and back when a payoff changes."""

import io
import re
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pandas as pd
import pytest
from playwright.sync_api import Page

from portal.demo.table import make_customers
from tests.browser.conftest import DESKTOP, PHONE, RunningPortal
from tests.browser.person import PASSWORD, Person

pytestmark = [pytest.mark.browser, pytest.mark.slow]
REAL_TABLE = Path(__file__).resolve().parents[3] / "shared" / "data" / "stories" / "telco_churn.csv"


@dataclass
class Story:
    """What the steps hand on to each other; each step is a test and needs the ones before it."""

    people: dict[str, Person] = field(default_factory=dict)
    project: str = ""
    model_name: str = ""
    token: str = ""
    addresses: dict[str, str] = field(default_factory=dict)
    n_trials: int = 12


@pytest.fixture(scope="module")
def story() -> Story:
    return Story()


@pytest.fixture(scope="module")
def table() -> bytes:
    """The published customers of a telephone company, as they are, or customers made by code."""
    return REAL_TABLE.read_bytes() if REAL_TABLE.exists() else make_customers().to_csv(index=False).encode()


def identifier(tab: Page, name: str) -> str:
    found = re.search(rf"[?&]{name}=([0-9a-f]+)", tab.url)
    assert found, f"The address {tab.url} names no {name}."
    return found.group(1)


def path_of(tab: Page) -> str:
    return "/" + tab.url.split("/", 3)[3]


def ask_for_prediction(portal: RunningPortal, story: Story) -> httpx.Response:
    """One row for the model over HTTP, built from what its metadata say."""
    headers = {"Authorization": f"Bearer {story.token}"}
    address = f"{portal.address}/v2/models/{story.model_name}"
    metadata = httpx.get(address, headers=headers, timeout=10).json()
    values: dict[str, list[object]] = {"FP64": [1.0], "INT64": [1], "BOOL": [True], "BYTES": ["a"]}
    inputs = [
        {"name": column["name"], "shape": [1], "datatype": column["datatype"], "data": values[column["datatype"]]}
        for column in metadata["inputs"]
    ]
    return httpx.post(f"{address}/infer", headers=headers, json={"inputs": inputs}, timeout=30)


def test_an_empty_portal_is_set_up_by_a_one_time_link(
    portal: RunningPortal, story: Story, open_tab: Callable[..., Page]
) -> None:
    link = portal.set_up_link()
    ines = Person(open_tab(), "Ines Kaya", "ines@example.com")
    ines.tab.goto(link)
    ines.tab.get_by_label("Your name").fill(ines.name)
    ines.tab.get_by_label("Email").fill(ines.email)
    ines.tab.get_by_label("Password").fill(PASSWORD)
    ines.press("Set up the portal")
    ines.sees("You are alone here.")
    for name, role in (
        ("Ana Costa", "Business stakeholder"),
        ("Tomás Ruiz", "Data scientist"),
        ("Maren Holt", "Manager"),
    ):
        email = f"{name.split()[0].lower().replace('á', 'a')}@example.com"
        ines.type("Name", name)
        ines.type("E-mail", email)
        ines.choose("Role", role)
        ines.press("Add person")
        ines.sees(f"Give {name} this link.")
        code = ines.tab.locator("code", has_text="/invitation?token=").first
        person = Person(open_tab(), name, email)
        person.set_password(code.inner_text().strip())
        story.people[name.split()[0]] = person
        person.sees(f"Welcome, {name.split()[0]}")
    assert ines.faults == []
    again = open_tab()
    again.goto(link)
    assert "used" in again.inner_text("body") or "no longer" in again.inner_text("body")


def test_a_business_stakeholder_states_the_objective(story: Story) -> None:
    ana = story.people["Ana"]
    ana.type("In one sentence, what should get better?", "Fewer customers should leave us")
    ana.press("Start a proposal")
    ana.sees("What should get better, and by how much?")
    ana.tab.get_by_text("Expert", exact=True).first.click()
    ana.wait()
    ana.type("Metric", "Customers who leave in a quarter")
    ana.type("Unit", "%")
    ana.type("Today", 26.5)
    ana.type("Target", 22)
    ana.type("How it is measured", "Contracts ended, from the billing system")
    ana.type("Decision", "Whom the retention team calls this week")
    ana.type("Who decides", "Head of service")
    ana.type("Outcome the model predicts, per case", "Customer leaves within a quarter")
    ana.press("Save and draw the canvas")
    ana.sees("From objective to model")
    story.project = identifier(ana.tab, "project")
    ana.press("Add a lever")
    ana.type("What can you change?", "Discount")
    ana.type("Lowest", 0)
    ana.type("Highest", 20)
    ana.type("Unit", "%", inside=ana.tab.locator("[data-testid='stMain']").last)
    ana.type("Who controls it", "Sales")
    ana.press("Save the lever")
    ana.sees("Sales decides")
    ana.press("Add a source")
    ana.type("Source", "Billing system")
    ana.press("Save the source")
    ana.sees("Available")
    ana.photograph("objective")
    assert ana.faults == []


def test_the_same_person_says_what_calls_are_worth(story: Story) -> None:
    ana = story.people["Ana"]
    ana.menu("Money")
    ana.tab.get_by_text("Guided", exact=True).click()
    ana.wait()
    for label, figure in (
        ("Value of a caught case", 300),
        ("Acting works, % of cases", 40),
        ("Cost of acting once", 15),
        ("Cases a month", 7000),
        ("Cases that matter, %", 26.5),
        ("Actions possible a month", 1500),
        ("Cost of the project", 60000),
        ("Running cost a month", 2000),
    ):
        ana.type(label, figure)
    ana.press("Save and see what it is worth")
    ana.sees(re.compile("pays? back", re.IGNORECASE))
    ana.photograph("money")
    ana.menu("Overview")
    for email in ("tomas@example.com", "maren@example.com"):
        ana.type("E-mail address", email)
        ana.press("Bring into the project")
    ana.sees("Maren Holt")
    assert ana.faults == []


def test_a_data_scientist_brings_the_table_and_starts_a_run(story: Story, table: bytes) -> None:
    tomas = story.people["Tomás"]
    tomas.go(f"/datasets?project={story.project}")
    tomas.bring("customers.csv", table)
    tomas.press("Upload a table")
    tomas.sees("Columns to learn from", seconds=60)
    columns = pd.read_csv(io.BytesIO(table), nrows=1).columns
    tomas.choose("Column to predict", str(columns[-1]))
    tomas.press("Predict this column")
    tomas.sees("A model will predict")
    tomas.follow("Columns")
    tomas.type("Find a column", str(columns[0]))
    tomas.wait()
    tomas.press("Leave out")
    tomas.type("Why may the model not see it?", "It only names the row.")
    tomas.press("Leave it out")
    tomas.sees("It only names the row.")
    tomas.press("Back to the data")
    tomas.sees("Health", seconds=60)
    tomas.sees("The data are ready for a model")
    tomas.photograph("data")
    tomas.press("Start AutoML")
    tomas.tab.get_by_text("Expert", exact=True).first.click()
    tomas.wait()
    tomas.type("Minutes at most", 3)
    tomas.type("Variants at most", story.n_trials)
    tomas.press("Start the search")
    tomas.sees("Model run 1")


def test_a_run_survives_a_closed_tab_and_a_killed_worker(
    portal: RunningPortal, story: Story, open_tab: Callable[..., Page]
) -> None:
    tomas = story.people["Tomás"]
    address = tomas.tab.url
    tomas.sees(re.compile(rf"[3-9] of {story.n_trials} variants"), seconds=120)
    tomas.photograph("run")
    tomas.tab.close()
    portal.end("work", signal.SIGKILL)
    portal.start("work")
    tomas.tab = open_tab()
    tomas.__post_init__()
    tomas.sign_in()
    tomas.go(address)
    tomas.sees("Finished", seconds=240)
    tomas.photograph("every/run-finished")
    assert f"{story.n_trials} of {story.n_trials}" in tomas.read() or f"{story.n_trials} models" in tomas.read()


def test_the_model_page_explains_what_it_is_worth(story: Story) -> None:
    tomas = story.people["Tomás"]
    story.addresses["run"] = path_of(tomas.tab)
    tomas.press("Open the model")
    tomas.sees("How it was made")
    tomas.sees("Name in the API")  # the last line of the page
    story.addresses["model"] = path_of(tomas.tab)
    tomas.photograph("model")
    text = tomas.read()
    story.model_name = re.search(r"[a-z0-9-]+-1\b", text).group()  # type: ignore[union-attr]
    assert "€" in text
    assert "One case explained" in text
    assert "kept aside" in text
    tomas.press("Ask for sign-off")
    tomas.sees("If you say yes")
    story.addresses["review"] = path_of(tomas.tab)
    assert tomas.tab.get_by_role("button", name="Sign decision").is_disabled()
    assert tomas.faults == []


def test_before_the_approval_the_model_does_not_answer(portal: RunningPortal, story: Story) -> None:
    tomas = story.people["Tomás"]
    tomas.menu("Predictions")
    tomas.photograph("every/predictions-blocked")
    tomas.type("What uses it", "The walk")
    tomas.press("Issue the token")
    story.token = re.search(r"pk_[0-9a-f]{32}_[\w-]{20,}", tomas.read()).group()  # type: ignore[union-attr]
    answer = ask_for_prediction(portal, story)
    assert answer.status_code == 403
    assert "sign-off" in answer.json()["error"]


def test_a_manager_who_wrote_nothing_of_it_approves(story: Story, open_tab: Callable[..., Page]) -> None:
    maren = story.people["Maren"]
    maren.go("/")
    maren.photograph("home")
    maren.press("Review")
    maren.sees("If you say yes")
    maren.photograph("review")
    maren.tab.get_by_text("Approve", exact=True).first.click()
    maren.type("Reason", "The break-even is met and the drivers make sense.")
    maren.press("Sign decision")
    maren.sees("Approved")
    assert maren.faults == []


def test_after_the_approval_it_answers_with_its_fingerprint(portal: RunningPortal, story: Story, table: bytes) -> None:
    answer = ask_for_prediction(portal, story)
    assert answer.status_code == 200, answer.text
    assert re.fullmatch(r"[0-9a-f]{64}", answer.headers["X-Model-Digest"])
    assert {output["name"] for output in answer.json()["outputs"]} >= {"prediction", "decision"}
    tomas = story.people["Tomás"]
    tomas.menu("Predictions")
    tomas.press("Predict this case")
    tomas.sees(re.compile(r"\d+ ?%|\d+ of 100"))
    tomas.photograph("predictions")
    some_rows = b"\n".join(table.splitlines()[:101])
    tomas.bring("new customers.csv", some_rows, into=tomas.tab.locator("input[type=file]").last)
    tomas.press("Score the table")
    with tomas.tab.expect_download() as download:
        tomas.tab.get_by_role("button", name="Download").first.click()
    scored = pd.read_csv(download.value.path())
    assert len(scored) == 100
    assert set(scored["decision"].astype(str)) <= {"True", "False"}


def test_a_changed_payoff_makes_the_approval_stale_and_blocks_predictions(portal: RunningPortal, story: Story) -> None:
    ana, maren = story.people["Ana"], story.people["Maren"]
    ana.menu("Overview")  # from Money to Money nothing tells when the page is drawn anew
    ana.menu("Money")
    ana.tab.get_by_text("Change the figures").first.click()
    ana.type("Value of a caught case", 250)
    ana.press_until("Save and see what it is worth", "Saved as version 2")
    answer = ask_for_prediction(portal, story)
    assert answer.status_code == 403
    assert "stale" in answer.json()["error"]
    maren.go(story.addresses["review"])
    maren.sees("Stale")
    maren.sees("Value of a caught case")
    maren.photograph("every/review-stale")


def test_a_restart_of_the_server_loses_nothing(portal: RunningPortal, story: Story) -> None:
    portal.end("serve")
    portal.start("serve")
    maren = story.people["Maren"]
    maren.go(story.addresses["review"])
    maren.sees("Stale")


IN_THE_README = {"every/review-390-light": "review-phone", "every/valuation-1440-dark": "money-dark"}
PLACES = (
    "",
    "projects",
    "portfolio",
    "prioritisation",
    "initiatives",
    "project",
    "proposal",
    "valuation",
    "plan",
    "benefits",
    "datasets",
    "columns",
    "rows",
    "runs",
    "run",
    "models",
    "model",
    "explain",
    "shapes",
    "fairness",
    "examination",
    "simulate",
    "deployment",
    "review",
)


@pytest.fixture(scope="module", params=[(PHONE, "light"), (PHONE, "dark"), (DESKTOP, "dark")], ids=str)
def visitor(request: pytest.FixtureRequest, open_tab: Callable[..., Page]) -> Person:
    """Maren at a phone or at a desk, in the light or in the dark."""
    size, mode = request.param
    maren = Person(open_tab(size, mode), "Maren Holt", "maren@example.com")
    maren.sign_in()
    return maren


@pytest.mark.parametrize("place", PLACES)
def test_every_page_fits_and_draws_without_a_fault(story: Story, visitor: Person, place: str) -> None:
    visitor.go(story.addresses.get(place, f"/{place}?project={story.project}"))
    assert visitor.tab.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert visitor.tab.get_by_text("went wrong").count() == 0
    assert visitor.faults == []
    width = visitor.tab.evaluate("window.innerWidth")
    mode = "dark" if visitor.tab.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
    name = f"every/{place or 'home'}-{width}-{mode}"
    visitor.photograph(IN_THE_README.get(name, name))


def test_the_audit_chain_of_the_whole_walk_is_whole(portal: RunningPortal) -> None:
    assert "in place and unchanged" in portal.command("audit", "verify")
