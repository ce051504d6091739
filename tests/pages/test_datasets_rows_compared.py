"""Data: two versions compared row by row, for whoever may edit, while a worker does it, and in words at the end."""

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from db.session import transaction
from portal.ui.row_comparison import describe_rows
from services.audit.actor import Actor
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset, make_frame
from tests.pages.conftest import OpenPage, text_of
from tests.pages.test_datasets import labels, work

pytestmark = pytest.mark.usefixtures("opened_expanders")


def arrange(n_rows: int, *, is_changed: bool = True) -> tuple[Actor, Actor, str]:
    """A data scientist and a business person in a project with two versions of a table; (both, project id)."""
    with transaction() as session:
        scientist, business = make_actor(session, Role.DATA_SCIENTIST), make_actor(session, Role.BUSINESS)
        project_id = make_project(session, scientist, business).id
        frame = make_frame(n_rows)
        make_dataset(session, scientist, project_id, frame=frame)
        changed = frame.assign(payment="Card").astype({"payment": "str"}) if is_changed else frame
        make_dataset(session, scientist, project_id, frame=changed)
    return scientist, business, project_id


def asked(open_page: OpenPage, actor: Actor, project_id: str) -> AppTest:
    app = open_page("datasets", actor, project=project_id)
    app.button(key="compare_rows").click().run()
    assert not app.exception
    return app


def test_the_rows_of_two_versions_are_compared_by_a_worker_and_told_in_words(open_page: OpenPage) -> None:
    scientist, business, project_id = arrange(400)
    app = asked(open_page, scientist, project_id)
    assert "Compare the rows" not in labels(app)
    assert "Waiting for a worker" in text_of(app)
    assert work() == []
    told = text_of(app.run())
    assert "- “payment” has shifted" in told, told
    assert "4 columns have the distribution of before." in told
    assert "Compare the rows" not in labels(app)
    assert "“payment” has shifted" in text_of(open_page("datasets", business, project=project_id))


def test_rows_that_came_went_or_changed_are_counted_and_the_first_are_shown(open_page: OpenPage) -> None:
    with transaction() as session:
        scientist = make_actor(session, Role.DATA_SCIENTIST)
        project_id = make_project(session, scientist).id
        frame = make_frame(60)
        make_dataset(session, scientist, project_id, frame=frame)
        newer = frame.iloc[7:].assign(payment=["Cash", *frame["payment"].iloc[8:]]).astype({"payment": "str"})
        added = frame.iloc[:1].assign(customerID="=NEW()")
        make_dataset(session, scientist, project_id, frame=pd.concat([newer, added], ignore_index=True))
    app = asked(open_page, scientist, project_id)
    assert work() == []
    told = text_of(app.run()).replace("\\", "")
    assert not app.exception
    for sentence in (
        "53 rows are in both versions, matched by “customerID”.",
        "1 row of them changed: “payment” in 1 row.",
        "7 rows are in version 2 only.",
        "1 row is in version 3 only.",
        "In version 2 only: the first 5 of 7",
    ):
        assert sentence in told, told
    gone, came = (table.value for table in app.dataframe)
    assert gone["customerID"].tolist() == frame["customerID"].tolist()[:5]
    assert came["customerID"].tolist() == ["\u2060=NEW()"]  # cannot run where it is pasted


def test_without_a_key_rows_are_told_by_their_cells() -> None:
    rows = {"n_same": 3, "n_changed": 0, "key": None, "n_columns": 4, "n_only_before": 1, "n_only_after": 2}
    assert describe_rows(rows, 1, 2) == [
        "3 rows are in both versions, the same in all 4 columns of both.",
        "1 row is in version 1 only.",
        "2 rows are in version 2 only.",
        "No column names each row of both, so a row that changed counts as one gone and one new.",
    ]


def test_of_a_few_rows_nothing_is_claimed(open_page: OpenPage) -> None:
    scientist, _business, project_id = arrange(60)
    app = asked(open_page, scientist, project_id)
    assert work() == []
    told = text_of(app.run())
    assert "too few rows to tell a change from chance." in told
    assert "has shifted" not in told


def test_who_may_not_edit_the_data_has_no_such_button(open_page: OpenPage) -> None:
    _scientist, business, project_id = arrange(60)
    app = open_page("datasets", business, project=project_id)
    assert not app.exception
    assert "From" in [box.label for box in app.selectbox]
    assert "Compare the rows" not in labels(app)


def test_where_the_rows_are_the_same_there_is_nothing_to_compare(open_page: OpenPage) -> None:
    scientist, _business, project_id = arrange(60, is_changed=False)
    app = open_page("datasets", scientist, project=project_id)
    assert not app.exception
    assert "Compare the rows" not in labels(app)
