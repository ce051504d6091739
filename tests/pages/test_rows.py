"""Rows: a page at a time, left out by a condition or by hand with a reason, and brought back exactly."""

import pytest

from db.session import transaction
from portal.ui.rows import operators_of, picked_rows
from services.datasets.profiling import profile_table
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset, make_frame
from tests.pages.conftest import OpenPage, text_of
from tests.pages.test_datasets import HOSTILE, arrange, labels, latest, work


def test_without_data_there_is_one_sentence(open_page: OpenPage) -> None:
    actor, project_id = arrange(filled=False)
    app = open_page("rows", actor, project=project_id)
    assert not app.exception
    assert "No data yet, so there are no rows." in text_of(app)


def test_fifty_rows_are_shown_at_a_time(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    app = open_page("rows", actor, project=project_id)
    assert not app.exception
    assert "A model may learn from 200 rows; none is left out" in text_of(app)
    shown = app.dataframe[0].value
    assert len(shown) == 50
    assert list(shown["tenure"]) == list(make_frame()["tenure"][:50])
    assert list(shown.index) == list(range(1, 51))


def test_rows_are_left_out_by_a_condition_and_brought_back_exactly(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    before = latest(actor, project_id)
    n_short = int((make_frame()["tenure"] < 12).sum())
    app = open_page("rows", actor, project=project_id)
    app.selectbox(key="condition_column").set_value("tenure").run()
    app.selectbox(key="condition_operator_number").set_value("less").run()
    app.number_input(key="condition_value_tenure").set_value(12.0).run()
    assert f"**{n_short} rows of 200** fit" in text_of(app)
    app.text_input(key="condition_reason").set_value("New customers are another story")
    app.button(key="condition_now").click().run()
    assert not app.exception
    assert work() == []
    assert latest(actor, project_id).n_rows == 200 - n_short
    app.run()
    assert "New customers are another story" in text_of(app)
    left = make_frame().query("tenure >= 12")
    assert list(app.dataframe[0].value.index[:5]) == [row + 1 for row in left.index[:5]]  # named as in the file
    app.button(key="restore_0").click().run()
    work()
    assert latest(actor, project_id).sha256 == before.sha256


def test_rows_are_not_left_out_without_a_reason(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    app = open_page("rows", actor, project=project_id)
    app.selectbox(key="condition_column").set_value("contract").run()
    app.selectbox(key="condition_label_contract").set_value("One year").run()
    app.button(key="condition_now").click().run()
    assert "Say why these rows are left out" in app.error[0].value
    assert latest(actor, project_id).recipe == ()


def test_a_condition_that_fits_every_row_cannot_be_sent(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    app = open_page("rows", actor, project=project_id)
    app.selectbox(key="condition_column").set_value("tenure").run()
    app.selectbox(key="condition_operator_number").set_value("more").run()
    app.number_input(key="condition_value_tenure").set_value(-1.0).run()
    assert "That would leave no row to learn from." in text_of(app)
    assert app.button(key="condition_now").disabled


def test_ticks_name_rows_of_this_page_only() -> None:
    assert picked_rows([0, 2], [10, 11, 12]) == [10, 12]
    assert picked_rows([2, 2, 0], [10, 11, 12]) == [10, 12]


@pytest.mark.parametrize("forged", [None, "0", {"rows": [0]}, [-1], [3], [10**9], [True], [0.0], ["0"], [[0]][:0]])
def test_a_forged_tick_names_nothing(forged: object) -> None:
    assert picked_rows(forged, [10, 11, 12]) == []


def test_each_kind_of_column_has_its_own_comparisons() -> None:
    columns = {column.name: column for column in profile_table(make_frame()).columns}
    assert "less" in operators_of(columns["tenure"])
    assert "contains" in operators_of(columns["contract"])
    assert "contains" not in operators_of(columns["tenure"])
    assert "less" not in operators_of(columns["customerID"])


@pytest.mark.parametrize("role", [Role.BUSINESS, Role.MANAGER, Role.AUDITOR])
def test_others_look_and_leave_nothing_out(open_page: OpenPage, role: Role) -> None:
    actor, project_id = arrange(role)
    app = open_page("rows", actor, project=project_id)
    assert not app.exception
    assert len(app.dataframe[0].value) == 50
    assert not {"Leave them out", "Restore"} & set(labels(app))
    for key in ("condition_column", "condition_reason", "by_hand_reason"):
        app.session_state[key] = "tenure"
    app.run()
    assert not app.exception
    assert latest(actor, project_id).recipe == ()


def test_a_hostile_column_name_stays_text(open_page: OpenPage) -> None:
    actor, project_id = arrange(hostile=True)
    app = open_page("rows", actor, project=project_id)
    app.selectbox(key="condition_column").set_value(HOSTILE).run()
    assert not app.exception
    assert HOSTILE not in text_of(app)


def test_a_cell_that_looks_like_a_formula_is_no_formula_in_a_download(open_page: OpenPage) -> None:
    with transaction() as session:
        actor = make_actor(session, Role.DATA_SCIENTIST)
        project_id = make_project(session, actor).id
        formulas = ["=1+1", "@SUM(A1)", "-2+3", "+cmd", "plain", "-5"] * 40
        frame = make_frame(240).assign(note=formulas).astype({"note": "str"})
        make_dataset(session, actor, project_id, frame=frame.rename(columns={"payment": "=HYPERLINK"}))
    app = open_page("rows", actor, project=project_id)
    shown = app.dataframe[0].value
    assert not [cell for cell in shown["note"] if cell.startswith(("=", "@", "+", "-2"))]
    assert {"plain", "-5"} <= set(shown["note"])
    assert "=HYPERLINK" not in shown.columns


def test_a_stranger_sees_nothing(open_page: OpenPage) -> None:
    _actor, project_id = arrange()
    with transaction() as session:
        stranger = make_actor(session, Role.DATA_SCIENTIST)
    app = open_page("rows", stranger, project=project_id)
    assert "There is no such project" in text_of(app)
    assert not app.dataframe
