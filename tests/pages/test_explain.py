"""Explain: asks first, reveals then, takes answers, votes and the decision, and says why it refuses."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from db.session import transaction
from db.tables import DriverVote, Expectation, InterpretationDecision, Model, SurpriseAnswer, VoteAnswer
from services.audit.actor import SYSTEM, Actor
from services.datasets.commands import describe_column
from services.interpretations.commands import vote_on_driver
from services.models.commands import register_model
from services.models.row_effects import dump_row_effects
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_classes import CLASSES, make_class_case
from tests.makers_interpretations import answer_all, expect, judge, make_explained, skip
from tests.makers_models import make_explanation, make_finished, make_run
from tests.makers_reviews import Case, join, make_case
from tests.makers_row_effects import make_row_effects
from tests.pages.conftest import OpenPage, text_of

SECRET = "10 points higher than usual"


def _arrange(engine: Engine, **changes: object) -> Case:
    with transaction(engine) as session:
        return make_case(session, **changes)


def _open(open_page: OpenPage, case: Case, actor: Actor) -> AppTest:
    app = open_page("explain", actor, project=case.project_id, model=case.model.id)
    assert not app.exception
    return app


def words_of(app: AppTest) -> str:
    return text_of(app).replace("\\", "")


def _labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def _press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click()
    return app.run()


@pytest.mark.parametrize("who", ["business", "manager"])
def test_a_reviewer_is_asked_first_and_then_sees_it_beside_what_they_expected(
    engine: Engine, open_page: OpenPage, who: str
) -> None:
    case = _arrange(engine)
    app = _open(open_page, case, getattr(case, who))
    assert "Which columns should matter to this model?" in words_of(app)
    assert "Any of the 2 columns it learned from" in words_of(app)
    assert SECRET not in words_of(app)
    assert next(button for button in app.button if button.label == "Show me what drives it").disabled
    app.multiselect[0].set_value(["tenure", "contract"]).run()
    assert len(app.segmented_control) == 1  # a category has no direction
    app.segmented_control[0].set_value("raises").run()
    _press(app, "Show me what drives it")
    assert not app.exception
    said = words_of(app)
    assert SECRET in said
    assert "2 of the 2 columns you expected are among the model’s 2 most important of 2." in said
    assert "0 of 1 direction that can be compared agree." in said
    assert "in the model it lowers it" in said
    with transaction(engine) as session:
        row = session.exec(select(Expectation)).one()
    assert row.columns == [
        {"column": "tenure", "direction": "raises"},
        {"column": "contract", "direction": "unknown"},
    ]


def test_of_several_classes_one_is_chosen_first_and_all_speak_of_it(engine: Engine, open_page: OpenPage) -> None:
    with transaction(engine) as session:
        case = make_class_case(session)
    app = _open(open_page, case, case.business)
    app.multiselect[0].set_value(["tenure"]).run()
    assert not app.segmented_control  # a direction towards several at once means nothing
    assert "Choose the class that matters first." in words_of(app)
    assert next(button for button in app.button if button.label == "Show me what drives it").disabled
    next(box for box in app.selectbox if box.label == "The class that matters").set_value(CLASSES[2]).run()
    assert f"what does it do to the chance that churn is {CLASSES[2]}?" in words_of(app)
    assert SECRET not in words_of(app)
    app.segmented_control[0].set_value("raises").run()
    _press(app, "Show me what drives it")
    assert not app.exception
    said = words_of(app)
    assert f"{case.business.name} chose the class that matters" in said
    assert f"the probability that churn is {CLASSES[2]} is {SECRET}" in said
    assert f"tenure raises the chance that churn is {CLASSES[2]}." in said
    assert "in the model it lowers it" in said
    assert f"Single rows are explained towards the most frequent one, “{CLASSES[0]}”." in said
    other = _open(open_page, case, case.manager)
    assert f"{case.business.name} chose the class that matters" in words_of(other)
    assert SECRET not in words_of(other)
    assert CLASSES[0] not in words_of(other)  # which class is explained is told with the explanation
    assert not [box for box in other.selectbox if box.label == "The class that matters"]
    with transaction(engine) as session:
        assert session.exec(select(Expectation)).one().towards == CLASSES[2]


def test_a_model_of_several_classes_of_before_is_asked_about_without_directions(
    engine: Engine, open_page: OpenPage
) -> None:
    with transaction(engine) as session:
        case = make_class_case(session, explanation=make_explanation())
    app = _open(open_page, case, case.business)
    assert "no directions are asked" in words_of(app)
    app.multiselect[0].set_value(["tenure"]).run()
    assert not app.segmented_control
    _press(app, "Show me what drives it")
    assert not app.exception
    assert "No direction can be compared." in words_of(app)


def test_skipping_needs_a_reason_and_is_shown_to_the_others(engine: Engine, open_page: OpenPage) -> None:
    case = _arrange(engine)
    app = _open(open_page, case, case.manager)
    _press(app, "Skip and show it")
    assert "Say in a sentence why you skip" in app.error[0].value
    app.text_area(key="skip_reason").set_value("I was in the **meeting** <b>x</b>")
    _press(app, "Skip and show it")
    assert SECRET in words_of(app)
    (table,) = _open(open_page, case, case.scientist).table
    assert table.value["Expected"].tolist() == [r"Skipped\: I was in the \*\*meeting\*\* \<b\>x\</b\>"]


def test_the_maker_sees_it_at_once_and_neither_votes_nor_decides(engine: Engine, open_page: OpenPage) -> None:
    case = _arrange(engine)
    app = _open(open_page, case, case.scientist)
    assert SECRET in words_of(app)
    assert not app.segmented_control
    assert app.radio[0].disabled
    assert "You started the run that made this model" in words_of(app)


def test_an_auditor_reads_all_and_is_offered_nothing(engine: Engine, open_page: OpenPage) -> None:
    case = _arrange(engine)
    with transaction(engine) as session:
        expect(session, case.business, case.model, contract="unknown")
        auditor = make_actor(session, Role.AUDITOR)
    app = _open(open_page, case, auditor)
    assert SECRET in words_of(app)
    assert "Nobody has answered this yet." in words_of(app)
    assert not app.segmented_control
    assert not app.radio
    assert not app.text_area


def test_a_surprise_is_answered_and_then_the_model_can_be_accepted(engine: Engine, open_page: OpenPage) -> None:
    case = _arrange(engine)
    with transaction(engine) as session:
        expect(session, case.business, case.model, contract="unknown")
    app = _open(open_page, case, case.business)
    assert "1 surprise to answer" in words_of(app)
    assert "Nobody expected tenure" in words_of(app)
    app.radio[0].set_value("accepted")
    app.text_area(key="understood_reason").set_value("We know this")
    _press(app, "Record decision")
    assert "Answer first what nobody has answered: 1 surprise." in app.error[0].value.replace("\\", "")
    app.text_area(key="why_unexpected_tenure").set_value("Contracts *end* with it")
    app.button(key="why_now_unexpected_tenure").click().run()
    assert "No surprise is left to answer" in words_of(app)
    app.radio[0].set_value("accepted")
    app.text_area(key="understood_reason").set_value("We know this")
    _press(app, "Record decision")
    assert not app.exception
    assert "The interpretability of this model is accepted." in words_of(app)
    with transaction(engine) as session:
        assert session.exec(select(SurpriseAnswer.sentence)).one() == "Contracts *end* with it"
        assert session.exec(select(InterpretationDecision.verdict)).one() == "accepted"


def test_a_no_needs_a_reason_blocks_and_is_answered_by_somebody_else(engine: Engine, open_page: OpenPage) -> None:
    case = _arrange(engine)
    with transaction(engine) as session:
        skip(session, case.business, case.model)
    app = _open(open_page, case, case.business)
    app.segmented_control[0].set_value("no").run()
    _press(app, "Say no")
    assert "Say in a sentence what is wrong" in app.error[0].value
    next(area for area in app.text_area if area.label == "What is wrong?").set_value("Cannot be")
    _press(app, "Say no")
    assert not app.exception
    assert "Votes of no: 1 of 1 blocks" in words_of(app)
    assert "Keep my no" not in _labels(app)
    other = _open(open_page, case, case.scientist)
    next(area for area in other.text_area if area.label == "Your answer").set_value("It can")
    _press(other, "Answer")
    assert not other.exception
    with transaction(engine) as session:
        assert session.exec(select(VoteAnswer.sentence)).one() == "It can"
    app = _open(open_page, case, case.business)
    assert "none block any more" in words_of(app).casefold().replace("blocks", "block")
    _press(app, "Keep my no")
    assert "Votes of no: 1 of 1 blocks" in words_of(app)
    _press(app, "Withdraw my no")
    assert "Votes of no" not in words_of(app)
    assert app.segmented_control[0].value is None
    assert "counts once it has a reason" not in words_of(app)
    with transaction(engine) as session:
        assert session.exec(select(DriverVote.vote).order_by(DriverVote.version)).all() == ["no", "kept", "withdrawn"]  # type: ignore[arg-type]


def test_a_vote_counts_at_the_press(engine: Engine, open_page: OpenPage) -> None:
    case = _arrange(engine)
    with transaction(engine) as session:
        skip(session, case.manager, case.model)
    app = _open(open_page, case, case.manager)
    app.segmented_control[1].set_value("sense").run()
    assert not app.exception
    assert "1 makes sense" in words_of(app)
    with transaction(engine) as session:
        assert session.exec(select(DriverVote.column)).one() == "contract"


def test_a_decision_says_who_gave_it_and_when_it_is_disputed(engine: Engine, open_page: OpenPage) -> None:
    case = _arrange(engine)
    with transaction(engine) as session:
        judge(session, case.business, case.model)
        skip(session, case.manager, case.model)
        vote_on_driver(
            session, actor=case.manager, model_id=case.model.id, column="tenure", vote="no", reason="Not so fast"
        )
    app = _open(open_page, case, case.manager)
    assert "Somebody has said no since the interpretability was accepted" in words_of(app)
    assert f"{case.business.name} (business stakeholder) decided “accepted”" in words_of(app)


def test_a_constant_model_says_so(engine: Engine, open_page: OpenPage) -> None:
    case = _arrange(engine, explanation=make_explained())
    with transaction(engine) as session:
        expect(session, case.business, case.model, tenure="lowers")
    said = words_of(_open(open_page, case, case.business))
    assert "No column moves the prediction." in said
    assert "there is nothing an expectation could agree with" in said


def test_an_explanation_that_does_not_add_up_is_a_warning(engine: Engine, open_page: OpenPage) -> None:
    case = _arrange(engine, explanation=make_explained(9, 5, is_additive=False))
    app = _open(open_page, case, case.scientist)
    assert "do not rely on this explanation" in app.warning[0].value


def test_a_lost_explanation_is_a_sentence(engine: Engine, open_page: OpenPage) -> None:
    case = _arrange(engine)
    with transaction(engine) as session:
        session.get_one(Model, case.model.id).explanation_sha256 = "0" * 64
    app = _open(open_page, case, case.scientist)
    assert "missing or damaged where files are kept" in app.warning[0].value


def test_several_models_are_chosen_from_and_one_of_elsewhere_is_not_opened(engine: Engine, open_page: OpenPage) -> None:
    case = _arrange(engine)
    with transaction(engine) as session:
        run = make_run(session, case.scientist, case.project_id)
        newer = register_model(session, actor=SYSTEM, run_id=run.id, finished=make_finished())
    app = _open(open_page, case, case.business)
    assert app.selectbox[0].value == case.model.id
    app = open_page("explain", case.business, project=case.project_id, model="0" * 32)
    assert app.selectbox[0].value == newer.id
    assert "Model 2" in words_of(app)


@pytest.mark.parametrize("role", [Role.BUSINESS, Role.MANAGER, Role.AUDITOR])
def test_without_a_model_the_page_says_what_comes(engine: Engine, open_page: OpenPage, role: Role) -> None:
    with transaction(engine) as session:
        actor = make_actor(session, role)
        project = make_project(session, actor)
    app = open_page("explain", actor, project=project.id)
    assert not app.exception
    assert "No model yet" in words_of(app)


@pytest.mark.parametrize("role", [Role.BUSINESS, Role.MANAGER, Role.ADMIN])
def test_a_stranger_learns_nothing(engine: Engine, open_page: OpenPage, role: Role) -> None:
    case = _arrange(engine)
    with transaction(engine) as session:
        stranger = make_actor(session, role)
    app = open_page("explain", stranger, project=case.project_id, model=case.model.id)
    assert app.warning
    assert "tenure" not in words_of(app)


def test_a_colleague_is_asked_although_a_data_scientist(engine: Engine, open_page: OpenPage) -> None:
    case = _arrange(engine)
    with transaction(engine) as session:
        peer = join(session, case.project_id, make_actor(session, Role.DATA_SCIENTIST))
        answer_all(session, case.scientist, case.model)
    assert SECRET not in words_of(_open(open_page, case, peer))


def test_single_rows_are_shown_as_dots_and_as_paths_in_business_names(engine: Engine, open_page: OpenPage) -> None:
    case = _arrange(engine, row_effects=dump_row_effects(make_row_effects()))
    with transaction(engine) as session:
        describe_column(
            session,
            actor=case.scientist,
            project_id=case.project_id,
            column="tenure",
            business_name="Time <b>with</b> us",
        )
    app = _open(open_page, case, case.scientist)
    said = words_of(app)
    assert "Time <b>with</b> us moves the probability that churn is Yes by −7.0 points to +11 points" in said
    assert "24 of 60 rows, from lowest to highest: each starts at the typical answer, 28%" in said
    assert "12 of all 60 explained rows are wrong: 20%, with 95% confidence 12% to 32%." in said
    next(way for way in app.segmented_control if way.key == "paths").set_value("The wrong ones").run()
    assert not app.exception
    assert "12 of 60 rows, the wrong ones" in words_of(app)
    numbers = next(frame.value for frame in app.dataframe if "Came true" in frame.value.columns)
    assert set(numbers["Marked"]) == {"Yes"}
    assert len(numbers) == 12


def test_a_model_of_before_has_no_single_rows_and_the_page_stays_whole(engine: Engine, open_page: OpenPage) -> None:
    case = _arrange(engine)
    app = _open(open_page, case, case.scientist)
    assert "The effects on single rows were not kept when this model was made." in words_of(app)
    assert SECRET in words_of(app)
    assert "Is this model understood?" in words_of(app)


def test_a_lost_file_of_single_rows_is_said_and_the_page_stays_whole(engine: Engine, open_page: OpenPage) -> None:
    case = _arrange(engine, explanation=replace(make_explanation(), rows_sha256="0" * 64))
    app = _open(open_page, case, case.scientist)
    assert "The file with the effects on single rows is missing or damaged" in words_of(app)
    assert "Is this model understood?" in words_of(app)


@pytest.mark.parametrize("who", ["business", "manager"])
def test_single_rows_are_hidden_from_who_is_still_to_be_asked(engine: Engine, open_page: OpenPage, who: str) -> None:
    case = _arrange(engine, row_effects=dump_row_effects(make_row_effects()))
    app = _open(open_page, case, getattr(case, who))
    assert "moves the probability" not in words_of(app)
    assert "Row by row" not in words_of(app)
    assert not app.dataframe
