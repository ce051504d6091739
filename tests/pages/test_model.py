"""Model: opens for each role with what they may do, prices another threshold, and asks for a sign-off."""

from dataclasses import replace

import pytest
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from db.artifacts import get_artifact_store
from db.session import reading, transaction
from db.tables import Job, Model, Project
from services.audit.actor import Actor
from services.automl.more_rows import MoreRows
from services.datasets.commands import describe_column
from services.models.queries import find_training_script, get_model
from services.models.report import Between, CalibrationBin, PlainAlternative, PlainComparison, PredictedPoint
from services.people.permissions import Role
from services.valuation.row_amounts import AmountSummary
from tests.makers import make_actor
from tests.makers_classes import make_class_case
from tests.makers_interpretations import skip
from tests.makers_models import make_estimate, make_evaluation, make_explanation, make_model, make_money
from tests.makers_reviews import approve, make_case
from tests.pages.conftest import OpenPage, text_of

MEMBERS = [Role.BUSINESS, Role.DATA_SCIENTIST, Role.MANAGER, Role.AUDITOR]


def arrange(role: str = Role.BUSINESS, *, is_asked: bool = True, **changes: object) -> tuple[Actor, Project, Model]:
    """A member of `role` in a project with one model, who has seen what drives it unless they are still to be asked."""
    with transaction() as session:
        person = make_actor(session, role)
        model, project, _scientist = make_model(session, person, **changes)
        if is_asked and role != Role.AUDITOR:
            skip(session, person, model)
    return person, project, model


def labels(app: AppTest) -> set[str]:
    return {button.label for button in app.button}


def words_of(app: AppTest) -> str:
    """What a person reads: the text without the escapes of Markdown."""
    return text_of(app).replace("\\", "")


@pytest.mark.parametrize("role", MEMBERS)
def test_a_member_sees_worth_drivers_and_making(open_page: OpenPage, role: Role) -> None:
    actor, project, model = arrange(role)
    app = open_page("model", actor, project=project.id, model=model.id)
    assert not app.exception
    text = words_of(app)
    assert "Worth about €298k a year: acting on 35 of 100 cases catches 73 of 100 where churn is Yes." in text
    assert "€231k to €352k, before costs" in text
    assert "tenure and contract move the prediction most" in text
    assert "A driver is not a cause" in text
    assert "add up to what the model predicts" in text
    assert "A short tenure raises the risk." in text
    assert "Caught in time." in text


@pytest.mark.parametrize("role", [Role.BUSINESS, Role.DATA_SCIENTIST, Role.MANAGER])
def test_who_is_to_judge_sees_what_drives_it_only_after_saying_what_they_expect(
    open_page: OpenPage, role: Role
) -> None:
    actor, project, model = arrange(role, is_asked=False)
    app = open_page("model", actor, project=project.id, model=model.id)
    assert not app.exception
    text = words_of(app)
    assert "What drives this model is shown once you have said what you expect" in text
    assert "Worth about €298k a year" in text
    for hidden in ("tenure", "A short tenure raises the risk.", "add up to what the model predicts"):
        assert hidden not in text
    assert not app.dataframe
    assert "Say what I expect" in labels(app)


def test_where_rows_have_their_own_amounts_the_money_says_so(open_page: OpenPage) -> None:
    amounts = AmountSummary("fee * 12", 480.0, 40, 2, 1, 0, 480.0)
    money = replace(make_money(), amounts=amounts, caught_amount=500.0)
    actor, project, model = arrange(evaluation=make_evaluation(money=money))
    text = words_of(open_page("model", actor, project=project.id, model=model.id))
    assert "The value of a caught case is that of its row: fee * 12." in text
    assert "Priced at the usual value of €480 in 3 of 40 rows" in text


WHO_MAY = {
    Role.BUSINESS: {"Ask for sign-off", "Choose this threshold"},
    Role.DATA_SCIENTIST: {"Ask for sign-off", "Choose this threshold"},
    Role.MANAGER: set(),
    Role.AUDITOR: set(),
}


@pytest.mark.usefixtures("opened_expanders")
@pytest.mark.parametrize("role", MEMBERS)
def test_each_role_is_offered_what_it_may_do(open_page: OpenPage, role: Role) -> None:
    actor, project, model = arrange(role)
    app = open_page("model", actor, project=project.id, model=model.id)
    assert labels(app) & {"Ask for sign-off", "Choose this threshold", "Try it"} == WHO_MAY[role]


def test_the_curve_to_try_another_threshold_on_is_drawn_once_it_is_opened(open_page: OpenPage) -> None:
    actor, project, model = arrange()
    app = open_page("model", actor, project=project.id, model=model.id)
    assert "Choose another threshold" in [expander.label for expander in app.expander]
    assert not app.slider


@pytest.mark.usefixtures("opened_expanders")
def test_another_threshold_is_priced_before_it_is_chosen(open_page: OpenPage) -> None:
    actor, project, model = arrange()
    app = open_page("model", actor, project=project.id, model=model.id)
    app.slider(key="share").set_value(25).run()
    assert "Acting on 25 of 100 cases earns €112k a year" in words_of(app)
    app.text_input(key="threshold_reason").set_value("We can call fewer people in summer")
    app.button(key="threshold_now").click().run()
    assert not app.exception
    with transaction() as session:
        chosen = get_model(session, actor=actor, model_id=model.id).threshold
    assert chosen is not None
    assert (chosen.version, chosen.reason) == (2, "We can call fewer people in summer")
    assert "Worth about €112k a year: acting on 25 of 100 cases" in words_of(app)


@pytest.mark.usefixtures("opened_expanders")
def test_a_score_is_typed_and_the_slider_follows(open_page: OpenPage) -> None:
    actor, project, model = arrange()
    app = open_page("model", actor, project=project.id, model=model.id)
    assert "Acting pays from" not in words_of(app)
    app.number_input(key="score").set_value(0.7).run()
    assert app.slider(key="share").value == 25
    assert "Acting on 25 of 100 cases earns €112k a year, −€186k against now." in words_of(app)
    assert "The score to act from is 0.700." in words_of(app)
    app.slider(key="share").set_value(50).run()
    assert app.number_input(key="score").value == 0.375  # halfway to the next cut
    app.number_input(key="score").set_value(0.61).run()
    app.text_input(key="threshold_reason").set_value("We can call fewer people in summer")
    app.button(key="threshold_now").click().run()
    with transaction() as session:
        chosen = get_model(session, actor=actor, model_id=model.id).threshold
    assert chosen is not None
    assert chosen.threshold == 0.61  # as it was typed


@pytest.mark.usefixtures("opened_expanders")
def test_an_untouched_threshold_is_kept_with_all_its_digits(open_page: OpenPage) -> None:
    third = 1 / 3
    actor, project, model = arrange(evaluation=make_evaluation(money=make_money(third)), threshold=third)
    app = open_page("model", actor, project=project.id, model=model.id)
    app.text_input(key="threshold_reason").set_value("It stays")
    app.button(key="threshold_now").click().run()
    with transaction() as session:
        chosen = get_model(session, actor=actor, model_id=model.id).threshold
    assert chosen is not None
    assert (chosen.version, chosen.threshold) == (1, third)  # the same again is no new version


@pytest.mark.usefixtures("opened_expanders")
def test_a_threshold_without_a_reason_is_refused(open_page: OpenPage) -> None:
    actor, project, model = arrange()
    app = open_page("model", actor, project=project.id, model=model.id)
    app.slider(key="share").set_value(25).run()
    app.button(key="threshold_now").click().run()
    assert "Say in a sentence why this threshold is right" in app.error[0].value
    assert app.slider(key="share").value == 25


def test_a_sign_off_lacking_evidence_is_refused_with_what_is_missing(open_page: OpenPage) -> None:
    actor, project, model = arrange()
    app = open_page("model", actor, project=project.id, model=model.id)
    app.button(key="request_now").click().run()
    assert "Nobody has written the objective yet" in app.error[0].value


def test_a_sign_off_is_asked_for_and_then_shown(open_page: OpenPage) -> None:
    with transaction() as session:
        case = make_case(session)
    ids = {"project": case.project_id, "model": case.model.id}
    app = open_page("model", case.scientist, **ids)
    app.button(key="request_now").click().run()
    assert not app.exception
    app = open_page("model", case.scientist, **ids)
    assert "This model waits for a decision" in words_of(app)
    assert "Ask for sign-off" not in labels(app)


def test_an_approved_model_can_be_tried(open_page: OpenPage) -> None:
    with transaction() as session:
        case = make_case(session)
        approve(session, case)
    app = open_page("model", case.scientist, project=case.project_id, model=case.model.id)
    assert "This model may be used" in words_of(app)
    assert "Try it" in labels(app)


def test_an_explanation_that_does_not_add_up_is_a_warning(open_page: OpenPage) -> None:
    broken = replace(make_explanation(), is_additive=False, max_additivity_gap=3.0)
    actor, project, model = arrange(explanation=broken)
    app = open_page("model", actor, project=project.id, model=model.id)
    assert "do not rely on this explanation" in app.warning[0].value


def test_chances_are_shown_beside_what_happened(open_page: OpenPage) -> None:
    bins = (CalibrationBin(0.1, 0.1, 0.05, 0.15, 20), CalibrationBin(0.6, 0.62, 0.5, 0.7, 20))
    actor, project, model = arrange(evaluation=replace(make_evaluation(money=make_money()), calibration=bins))
    app = open_page("model", actor, project=project.id, model=model.id)
    assert "Its chances are honest" in words_of(app)


def test_whether_a_model_is_needed_is_said_in_money_beside_plain_rules(open_page: OpenPage) -> None:
    rule = PlainAlternative(
        "rule of one condition",
        (
            "Where “tenure” is at most 12: 48% are “Yes” (60 rows)",
            "Where “tenure” is more than 12: 9% are “Yes” (100 rows)",
        ),
        0.71,
        150_000.0,
        Between(0.66, 0.76, 110_000.0, 190_000.0),
    )
    plain = PlainComparison(
        metric="roc_auc",
        currency="EUR",
        n=160,
        model_score=0.84,
        model_value=298_000.0,
        guess_score=0.5,
        everyone_value=92_000.0,
        alternatives=(rule,),
        verdict="The best plain rule gives half of it: the model earns €148k a year more.",
    )
    actor, project, model = arrange(evaluation=replace(make_evaluation(money=make_money()), plain=plain))
    app = open_page("model", actor, project=project.id, model=model.id)
    text = words_of(app)
    assert "Do we need a model?" in text
    assert "the model earns €148k a year more." in text
    assert "on the same 160 rows the search judged its models on" in text
    assert "Where “tenure” is at most 12: 48% are “Yes” (60 rows)" in text
    table = next(frame.value for frame in app.dataframe if "Way" in frame.value)
    assert list(table["Yearly value"]) == ["€298k", "€150k", "€92k", "€0"]
    assert list(table["95% of the value"]) == ["–", "€110k to €190k", "–", "–"]


def test_columns_are_called_as_the_business_calls_them(open_page: OpenPage) -> None:
    actor, project, model = arrange()
    with transaction() as session:
        for column, name in (("tenure", "Time with us"), ("churn", "Customer *leaves*")):
            describe_column(session, actor=actor, project_id=project.id, column=column, business_name=name)
    app = open_page("model", actor, project=project.id, model=model.id)
    text = words_of(app)
    assert not app.exception
    assert "Time with us and contract move the prediction most" in text
    assert "where Customer *leaves* is Yes." in text
    numbers = next(frame.value for frame in app.dataframe if "In the data" in frame.value)
    assert list(numbers["Column"]) == ["Time with us", "contract"]
    assert list(numbers["In the data"]) == ["tenure", "contract"]


def test_whether_more_rows_would_help_is_said_where_it_was_looked_at(open_page: OpenPage) -> None:
    more = MoreRows(n_half=500, n_whole=1_000, n_judged=400, half=0.6, whole=0.8, exponent=1.0, deviation=0.1)
    actor, project, model = arrange(evaluation=replace(make_evaluation(money=make_money()), more_rows=more))
    text = words_of(open_page("model", actor, project=project.id, model=model.id))
    assert "Would more rows help?" in text
    assert "0.800 after 1,000" in text
    actor, project, model = arrange(evaluation=make_evaluation(money=make_money()))
    text = words_of(open_page("model", actor, project=project.id, model=model.id))
    assert "Would more rows help?" not in text


def test_of_several_classes_it_is_said_why_there_is_no_threshold(open_page: OpenPage) -> None:
    with transaction() as session:
        case = make_class_case(session)
    app = open_page("model", case.scientist, project=case.project_id, model=case.model.id)
    assert not app.exception
    assert "Why there is no threshold and no money curve" in words_of(app)
    assert "answers with the likeliest" in words_of(app)
    assert "Choose another threshold" not in words_of(app)


def test_a_regression_has_no_money_and_shows_actual_beside_predicted(open_page: OpenPage) -> None:
    score = make_estimate("rmse", 12.5)
    evaluation = replace(
        make_evaluation(task="regression"),
        metric="rmse",
        score=score,
        scores=(score, make_estimate("mae", 9.0), make_estimate("r2", 0.8)),
        baseline_score=30.0,
        actual_vs_predicted=(PredictedPoint(10.0, 12.0), PredictedPoint(20.0, 18.0)),
    )
    explanation = replace(make_explanation(), scale="price")
    actor, project, model = arrange(evaluation=evaluation, explanation=explanation, threshold=None)
    app = open_page("model", actor, project=project.id, model=model.id)
    assert not app.exception
    text = words_of(app)
    assert "Root mean squared error 12 on rows kept aside, where a guess scores 30." in text
    assert "Actual beside predicted" in text
    assert "Choose this threshold" not in labels(app)


@pytest.mark.parametrize("role", [Role.DATA_SCIENTIST, Role.ADMIN])
def test_a_stranger_sees_nothing(open_page: OpenPage, role: Role) -> None:
    _actor, project, model = arrange()
    with transaction() as session:
        stranger = make_actor(session, role)
    app = open_page("model", stranger, project=project.id, model=model.id)
    assert "€298k" not in words_of(app)
    assert app.warning


def test_a_model_that_does_not_exist_is_a_sentence(open_page: OpenPage) -> None:
    actor, project, _model = arrange()
    app = open_page("model", actor, project=project.id, model="0" * 32)
    assert "There is no such model, or you are not a member of its project." in words_of(app)


def test_a_member_asks_for_the_training_script_and_gets_it(open_page: OpenPage) -> None:
    actor, project, model = arrange(Role.AUDITOR)
    app = open_page("model", actor, project=project.id, model=model.id)
    app.button(key="write_script").click().run()
    assert not app.exception
    assert "Write the training script" not in labels(app)
    assert not app.get("download_button")
    with transaction() as session:
        (job,) = session.exec(select(Job).where(Job.kind == "models.script", Job.subject_id == model.id))
        job.state, job.result = (
            "done",
            {"model_id": model.id, "script_sha256": get_artifact_store().put(b"import os\n")},
        )
    app = open_page("model", actor, project=project.id, model=model.id)
    assert [getattr(button, "label", "") for button in app.get("download_button")] == ["Download the training script"]
    with reading() as session:
        assert find_training_script(session, actor=actor, model_id=model.id) == b"import os\n"
