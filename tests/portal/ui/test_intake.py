"""Bringing a table on a page: chosen, watched, answered, refused with what to do, and reported on."""

from dataclasses import dataclass

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from db.artifacts import get_artifact_store
from db.session import reading, transaction
from portal.jobs.handlers import HANDLERS
from portal.ui.actor import SESSION_CLAIM
from portal.ui.reading_report import describe_reading
from services.audit.actor import Actor
from services.datasets.choices import ReadingChoices
from services.datasets.outcome import ColumnReading, ReadingReport
from services.datasets.queries import find_dataset
from services.datasets.receiving.request import KIND, open_questions
from services.jobs.execution import run_job
from services.jobs.queries import find_latest_job
from services.jobs.views import JobView
from services.people.permissions import Role
from tests.makers import make_actor, make_project, make_sign_in
from tests.makers_datasets import make_frame

GOOD = make_frame().to_csv(index=False).encode()
ASKING = b"id;amount\n1;1,234\n2;5,678\n"


def _page(project_id: str) -> None:
    from portal.ui.actor import get_actor
    from portal.ui.intake import draw_intake
    from portal.ui.session import transaction as change
    from services.datasets.commands.receiving import answer_questions, receive_file
    from services.jobs.commands import cancel_job

    actor = get_actor()

    def receive(file_name: str, source_sha256: str, n_bytes: int) -> None:
        with change() as session:
            receive_file(
                session,
                actor=actor,
                project_id=project_id,
                file_name=file_name,
                source_sha256=source_sha256,
                n_bytes=n_bytes,
            )

    def answer(job_id: str, answers: object) -> None:
        with change() as session:
            answer_questions(session, actor=actor, job_id=job_id, answers=answers)  # type: ignore[arg-type]

    def cancel(job_id: str) -> None:
        with change() as session:
            cancel_job(session, actor=actor, job_id=job_id)

    draw_intake(actor, project_id, receive=receive, answer=answer, cancel=cancel)


@dataclass(frozen=True)
class Tab:
    """A data scientist in front of the page."""

    app: AppTest
    actor: Actor
    project_id: str

    def upload(self, content: bytes, file_name: str = "customers.csv") -> None:
        self.app.file_uploader[0].upload(file_name, content, "text/csv")
        self.app.button(key="upload_now_first").click().run()

    def job(self) -> JobView:
        with reading() as session:
            job = find_latest_job(session, actor=self.actor, project_id=self.project_id, kind=KIND)
        assert job is not None
        return job

    def work(self) -> None:
        """What a worker does meanwhile; then the timer of the page."""
        run_job(self.job().id, HANDLERS, "one")
        self.app.run()

    def text(self) -> str:
        assert not self.app.exception
        kinds = (self.app.markdown, self.app.error, self.app.info, self.app.subheader, self.app.warning)
        return "\n".join(str(element.value) for kind in kinds for element in kind)

    def n_rows(self) -> int | None:
        with reading() as session:
            dataset = find_dataset(session, actor=self.actor, project_id=self.project_id)
        return dataset.n_rows if dataset else None


@pytest.fixture
def tab(engine: Engine) -> Tab:
    with transaction() as session:
        actor = make_actor(session, Role.DATA_SCIENTIST)
        project_id = make_project(session, actor).id
        session_id = make_sign_in(session, actor.user_id).id
    app = AppTest.from_function(_page, kwargs={"project_id": project_id}, default_timeout=30)
    app.user = {SESSION_CLAIM: session_id}
    return Tab(app.run(), actor, project_id)


def test_a_file_is_stored_as_it_came_watched_and_reported_on(tab: Tab) -> None:
    tab.upload(GOOD)
    assert get_artifact_store().get(tab.job().request["source_sha256"]) == GOOD
    assert "Waiting for a worker" in tab.text()
    assert "No worker is running" in tab.text()
    assert not tab.app.file_uploader
    tab.work()
    assert tab.n_rows() == 200
    assert tab.app.expander[0].label == "How customers.csv was read"
    assert "200 rows and 6 columns were read." in tab.text()
    assert tab.app.file_uploader


def test_a_waiting_file_is_stopped(tab: Tab) -> None:
    tab.upload(GOOD)
    next(button for button in tab.app.button if button.label == "Stop").click().run()
    assert tab.job().state == "cancelled"
    assert "Reading customers.csv was stopped. Nothing was changed." in tab.text()
    assert tab.app.file_uploader


def test_questions_are_asked_with_a_preview_and_the_answer_is_used(tab: Tab) -> None:
    tab.upload(ASKING)
    tab.work()
    assert "customers.csv can be read in more than one way" in tab.text()
    assert tab.app.radio
    assert tab.app.table
    (question,) = open_questions(tab.job())
    first, last = question.options[0][0], question.options[-1][0]
    before = str(tab.app.table[0].value)
    tab.app.radio[0].set_value(last).run()
    assert (str(tab.app.table[0].value) != before) is (question.previews.get(first) != question.previews.get(last))
    next(button for button in tab.app.button if button.label == "Read it like this").click().run()
    assert tab.job().is_active
    assert ReadingChoices.from_document(tab.job().request["choices"]) == ReadingChoices().with_answer(question, last)
    tab.work()
    assert tab.n_rows() == 2
    assert not tab.app.radio


def test_a_refusal_stays_with_what_to_do_until_the_next_file(tab: Tab) -> None:
    tab.upload(b"PK\x03\x04 no workbook", "workbook.xlsx")
    tab.work()
    tab.app.run()
    assert tab.app.error
    assert "workbook.xlsx was not read. Nothing was changed. Correct the file" in tab.text()
    tab.upload(GOOD)
    tab.work()
    assert not tab.app.error
    assert tab.n_rows() == 200


def test_an_empty_or_missing_file_is_refused_where_it_was_chosen(tab: Tab) -> None:
    tab.app.button(key="upload_now_first").click().run()
    assert tab.app.info[0].value == "Choose a file first."
    tab.upload(b"")
    assert tab.app.error[0].value.startswith("The file is empty.")


def test_rows_that_were_set_aside_are_named_and_can_be_taken_home(tab: Tab) -> None:
    tab.upload(b"a,b\n1,2\n3\n4,5\n")
    tab.work()
    if tab.app.radio:
        tab.app.radio[0].set_value("set_aside").run()
        next(button for button in tab.app.button if button.label == "Read it like this").click().run()
        tab.work()
        assert "1 faulty row was set aside from customers.csv" in tab.text()
        assert tab.n_rows() == 2
    else:
        assert tab.app.error


def test_names_of_files_and_columns_are_shown_as_typed(tab: Tab) -> None:
    tab.upload(b"*a*,b\n1,2\n3,4\n", "**bold**.csv")
    tab.work()
    assert tab.app.expander[0].label == r"How \*\*bold\*\*.csv was read"
    assert r"\*a\*" in str(tab.app.table[0].value)


def test_a_reading_is_described_by_its_size_and_its_spelling() -> None:
    column = ColumnReading("a", "number", "Every value is a number.")
    report = ReadingReport("text", 10, 1, 0, (column,), encoding="UTF-8", separator=";", decimal_sign=",")
    assert describe_reading(report) == (
        "1 row and 1 column were read. Encoding UTF-8, separated by a semicolon, decimal comma."
    )
    assert describe_reading(ReadingReport("parquet", 10, 2_000, 0, (column, column))) == (
        "2,000 rows and 2 columns were read."
    )
