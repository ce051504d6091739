"""Datasets: opens, is empty, is filled, is mended and undone, changes only for those who may, and refuses in words."""

import pytest
from sqlmodel import col, select
from streamlit.testing.v1 import AppTest

from db.session import reading, transaction
from db.tables import Job
from portal.jobs.handlers import HANDLERS
from services.audit.actor import Actor
from services.datasets.queries import find_dataset
from services.datasets.views import Dataset
from services.jobs.execution import run_job
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset, make_frame
from tests.makers_jobs import make_worker
from tests.pages.conftest import OpenPage, text_of

HOSTILE = "<img src=x onerror=alert(1)> [a](http://b) :material/bolt: $x$"


def arrange(
    role: str = Role.DATA_SCIENTIST, *, target: str | None = "churn", filled: bool = True, hostile: bool = False
) -> tuple[Actor, str]:
    """A person of `role` in a project whose data a data scientist brought; (person, project id)."""
    with transaction() as session:
        scientist = make_actor(session, Role.DATA_SCIENTIST)
        person = scientist if role == Role.DATA_SCIENTIST else make_actor(session, role)
        members = {scientist.user_id: scientist, person.user_id: person}
        project = make_project(session, *members.values())
        if filled:
            frame = make_frame().assign(country="NL", city=[" Delft" if n % 9 else "Delft" for n in range(200)])
            frame = frame.astype({"country": "str", "city": "str"})
            frame = frame.rename(columns={"country": HOSTILE}) if hostile else frame
            make_dataset(session, scientist, project.id, frame=frame, target=target)
    return person, project.id


def latest(actor: Actor, project_id: str) -> Dataset:
    with reading() as session:
        dataset = find_dataset(session, actor=actor, project_id=project_id)
    assert dataset is not None
    return dataset


def work() -> list[str]:
    """Do every queued job as a worker would; their failures."""
    with transaction() as session:
        worker = make_worker(session, f"w{len(session.exec(select(Job.id)).all())}")
        queued = list(session.exec(select(Job.id).where(Job.state == "queued").order_by(col(Job.created_at))))
    for job_id in queued:
        run_job(job_id, HANDLERS, worker)
    with reading() as session:
        return [failure for failure in session.exec(select(Job.failure)) if failure]


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def test_an_empty_project_asks_for_a_table(open_page: OpenPage) -> None:
    actor, project_id = arrange(filled=False)
    app = open_page("datasets", actor, project=project_id)
    assert not app.exception
    assert "No data yet" in text_of(app)
    assert "Upload a table" in labels(app)


def test_an_uploaded_file_becomes_the_first_version(open_page: OpenPage) -> None:
    actor, project_id = arrange(filled=False)
    app = open_page("datasets", actor, project=project_id)
    app.file_uploader[0].upload("customers.csv", make_frame().to_csv(index=False).encode(), "text/csv")
    app.button(key="upload_now_first").click().run()
    assert not app.exception
    assert work() == []
    assert "customers.csv" in text_of(app.run())
    assert latest(actor, project_id).n_rows == 200


def test_a_filled_page_opens_with_its_finding(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    app = open_page("datasets", actor, project=project_id)
    assert not app.exception
    assert "A model will predict “churn”. It is Yes in" in text_of(app)
    assert "Rows 200" in text_of(app)
    assert "Start AutoML" in labels(app)
    assert not app.dataframe  # a finding is a sentence


def test_before_the_checks_have_looked_nothing_is_called_healthy(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    app = open_page("datasets", actor, project=project_id)
    assert "Findings –" in text_of(app)
    assert "Health" not in text_of(app)


def test_what_the_checks_found_stands_on_cards(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    assert work() == []
    app = open_page("datasets", actor, project=project_id)
    assert not app.exception
    assert "One value in every row" in text_of(app)
    assert any("passed" in expander.label for expander in app.expander)
    assert "Fix what is safe" in labels(app)


def test_a_finding_is_kept_as_it_is_for_everybody_and_opened_again(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    assert work() == []
    key = "whitespace:city"
    app = open_page("datasets", actor, project=project_id)
    app.button(key=f"keep_{key}").click().run()
    app.button(key=f"keep_now_{key}").click().run()
    assert "Say in at most 300 characters" in app.error[0].value
    app.text_input(key=f"why_{key}").set_value("The space is part of the code")
    app.button(key=f"keep_now_{key}").click().run()
    assert not app.exception
    app = open_page("datasets", actor, project=project_id)  # another tab
    assert f"fix_{key}_0" not in {button.key for button in app.button}
    assert "The space is part of the code · " in text_of(app)
    app.button(key=f"reopen_{key}").click().run()
    assert f"fix_{key}_0" in {button.key for button in app.button}


def test_a_fix_is_a_step_and_its_undo_restores_the_exact_version(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    assert work() == []
    before = latest(actor, project_id)
    app = open_page("datasets", actor, project=project_id)
    app.button(key="fix_whitespace:city_0").click().run()
    assert not app.exception
    assert work() == []
    fixed = latest(actor, project_id)
    assert [step["kind"] for step in fixed.recipe] == ["trim_text"]
    assert fixed.table_sha256 != before.table_sha256
    app.run()
    assert "1 step so far" in text_of(app)
    assert "Spaces around a value mean nothing" in text_of(app)
    app.button(key="undo_0").click().run()
    work()
    undone = latest(actor, project_id)
    assert (undone.table_sha256, undone.sha256) == (before.table_sha256, before.sha256)
    app.run()
    app.button(key="redo").click().run()
    work()
    assert latest(actor, project_id).sha256 == fixed.sha256


def test_what_is_safe_is_fixed_at_once_and_undone_one_by_one(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    assert work() == []
    app = open_page("datasets", actor, project=project_id)
    app.button(key="next").click().run()
    assert not app.exception
    assert work() == []
    dataset = latest(actor, project_id)
    assert "trim_text" in {step["kind"] for step in dataset.recipe}
    assert "country" in dataset.excluded
    app.run()
    app.button(key="back_country").click().run()
    assert "country" not in latest(actor, project_id).excluded


def test_while_a_fix_is_applied_the_page_shows_it_and_asks_for_no_other(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    assert work() == []
    app = open_page("datasets", actor, project=project_id)
    app.button(key="fix_whitespace:city_0").click().run()
    assert "Waiting for a worker" in text_of(app)
    assert app.button(key="fix_whitespace:city_0").disabled
    assert "Fix what is safe" not in labels(app)


def test_the_target_is_chosen_with_the_case_to_act_on(open_page: OpenPage) -> None:
    actor, project_id = arrange(target=None)
    app = open_page("datasets", actor, project=project_id)
    assert "Choose the column that a model should predict." in text_of(app)
    assert "Start AutoML" not in labels(app)
    app.selectbox(key="target_column").set_value("churn").run()
    app.button(key="target_now").click().run()
    assert (latest(actor, project_id).target, latest(actor, project_id).positive_label) == ("churn", "Yes")


def test_the_page_tells_who_made_which_version_and_why(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    app = open_page("datasets", actor, project=project_id)
    assert "How version 2 came to be" in text_of(app)
    assert len(app.table) == 1
    made = [str(value) for value in app.table[0].value["What made it"]]
    assert "Chose churn as target" in made[0]
    assert "from version 1" in made[0]


def test_all_decisions_are_offered_as_text(open_page: OpenPage) -> None:
    actor, project_id = arrange(Role.AUDITOR)
    app = open_page("datasets", actor, project=project_id)
    assert any(getattr(element, "label", "") == "All decisions as text" for element in app.get("download_button"))


def test_a_hostile_column_name_stays_text(open_page: OpenPage) -> None:
    actor, project_id = arrange(hostile=True)
    assert work() == []
    app = open_page("datasets", actor, project=project_id)
    assert not app.exception
    assert "never varies" in text_of(app) or "One value in every row" in text_of(app)
    assert HOSTILE not in text_of(app)
    assert "](http" not in text_of(app)


@pytest.mark.parametrize("role", [Role.BUSINESS, Role.MANAGER, Role.AUDITOR])
def test_others_look_and_cannot_change(open_page: OpenPage, role: Role) -> None:
    actor, project_id = arrange(role)
    assert work() == []
    app = open_page("datasets", actor, project=project_id)
    assert not app.exception
    assert "A model will predict “churn”." in text_of(app)
    assert "One value in every row" in text_of(app)
    assert not app.file_uploader
    forbidden = {"Upload a table", "Predict this column", "Start AutoML", "Fix what is safe", "Undo", "Not now"}
    assert not forbidden & set(labels(app))
    assert not [button for button in app.button if str(button.key).startswith(("fix_", "undo_", "back_"))]


def test_a_stakeholder_is_asked_for_words_and_nothing_else(open_page: OpenPage) -> None:
    actor, project_id = arrange(Role.BUSINESS)
    app = open_page("datasets", actor, project=project_id)
    assert "Describe the columns" in labels(app)


@pytest.mark.parametrize("role", [Role.BUSINESS, Role.MANAGER, Role.AUDITOR])
def test_others_see_who_brings_the_table(open_page: OpenPage, role: Role) -> None:
    actor, project_id = arrange(role, filled=False)
    app = open_page("datasets", actor, project=project_id)
    assert "A data scientist of this project brings the table." in text_of(app)
    assert not app.file_uploader


@pytest.mark.parametrize("role", [Role.DATA_SCIENTIST, Role.ADMIN])
def test_who_is_no_member_sees_nothing(open_page: OpenPage, role: Role) -> None:
    _actor, project_id = arrange()
    with transaction() as session:
        stranger = make_actor(session, role)
    app = open_page("datasets", stranger, project=project_id)
    assert "churn" not in text_of(app)
    if role == Role.DATA_SCIENTIST:
        assert "There is no such project" in text_of(app)
