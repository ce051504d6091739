"""Fairness: opens empty, refused, running and filled; agrees on a tolerance, and asks."""

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from db.session import reading, transaction
from db.tables import FairnessTolerance, Job, Model
from portal.ui.fairness import WITHHELD
from services.audit.actor import Actor
from services.datasets.commands import describe_column
from services.fairness.commands import agree_tolerance
from services.fairness.report import FairnessReport, Gap, Gaps, Mean
from services.fairness.request import KIND, AssessmentRequest
from services.interpretations.commands import skip_expectation
from services.people.permissions import Permission, Role, is_allowed
from tests.makers import make_actor, make_project
from tests.makers_classes import CLASSES, make_class_case
from tests.makers_fairness import (
    declare,
    make_agreed,
    make_assessment,
    make_compared,
    make_fairness,
    make_group,
    make_option,
)
from tests.makers_models import make_model, make_signature
from tests.makers_reviews import approve, make_case
from tests.pages.conftest import OpenPage, text_of

NOT_KNOWN: dict[str, Any] = dict.fromkeys(("acted", "found", "alarms", "precision", "area", "worth", "rule"))


def arrange(role: str = Role.BUSINESS, *, is_asked: bool = True, task: str = "binary") -> tuple[Actor, Actor, str, str]:
    """A person in a project with a model; (person, who made it, project, model)."""
    with transaction() as session:
        person = make_actor(session, role)
        model, project, scientist = make_model(session, person)
        model.task = task
        session.add(model)
        if is_asked and is_allowed(person, Permission.JUDGE):
            skip_expectation(session, actor=person, model_id=model.id, reason="Seen before")
        return person, scientist, project.id, model.id


def assessed(scientist: Actor, model_id: str, report: FairnessReport | None = None, *columns: str) -> str:
    with transaction() as session:
        return make_assessment(session, scientist, model_id, report, *columns)


def said(app: object) -> str:
    return text_of(app).replace("\\", "")  # type: ignore[arg-type]


def keys(app: object) -> set[str]:
    return {str(button.key) for button in app.button}  # type: ignore[attr-defined]


@pytest.mark.parametrize("role", [Role.BUSINESS, Role.DATA_SCIENTIST, Role.MANAGER, Role.AUDITOR])
def test_everybody_of_the_project_reads_the_counts_first(open_page: OpenPage, role: str) -> None:
    person, scientist, project_id, model_id = arrange(role)
    assessed(scientist, model_id, make_fairness())
    app = open_page("fairness", person, project=project_id)
    assert not app.exception
    assert "Of 100 cases where churn is Yes, 81 are found where contract is Month-to-month" in str(app.header[0].value)
    shown = said(app)
    assert "The gap is 7 points, 19 times in 20 between 1 and 16 points" in shown
    assert "Closing the gap from 7 to 3 points costs about €4.1k a year" in shown
    assert "no legal conclusion" in shown
    assert "Fitted without tenure" in str([table.value.to_string() for table in app.dataframe])
    assert "tell who belongs to “Two year”" in shown
    assert len(app.get("plotly_chart")) == 1
    assert ("assess_now" in keys(app)) == (role != Role.AUDITOR)
    assert ("agree" in keys(app)) == (role in (Role.BUSINESS, Role.MANAGER))


def test_each_group_has_its_rows_and_intervals_and_a_tiny_one_says_so(open_page: OpenPage) -> None:
    person, scientist, project_id, model_id = arrange()
    tiny = replace(
        make_group("One year", 1, 2, n=9),
        **NOT_KNOWN,
        bias=None,
        is_counted=False,
    )
    compared = make_compared(groups=(*make_compared().groups, tiny), n_small=1)
    assessed(scientist, model_id, make_fairness(compared=(compared,)))
    app = open_page("fairness", person, project=project_id)
    table = app.dataframe[0].value
    assert list(table["Group"]) == ["Month-to-month", "Two year", "One year"]
    assert table["Found"][0] == "81 of 100 (76 to 86), n = 100"
    assert table["Found"][2] == "n too small"
    assert "1 group has fewer than 30 rows" in said(app)
    assert "not equally frequent" in said(app)


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        ("within", "within the 10 points agreed"),
        ("beyond", "beyond the 10 points agreed"),
        ("untold", "not enough data to tell whether that is within the 10 points agreed"),
    ],
)
def test_the_verdict_against_the_tolerance_stands_in_the_first_sentence(
    open_page: OpenPage, standing: str, words: str
) -> None:
    person, scientist, project_id, model_id = arrange()
    report = make_fairness(agreed=make_agreed(), compared=(make_compared(standing=standing),))
    assessed(scientist, model_id, report)
    assert words in str(open_page("fairness", person, project=project_id).header[0].value)


def test_who_is_still_to_say_what_they_expect_sees_declared_columns_only(open_page: OpenPage) -> None:
    person, scientist, project_id, model_id = arrange(Role.MANAGER, is_asked=False)
    hidden = make_compared(columns=("tenure",), groups=(make_group("under 12", 40), make_group("12 or more", 95)))
    assessed(scientist, model_id, make_fairness(compared=(make_compared(), hidden)))
    with transaction() as session:
        declare(session, scientist, session.get_one(Model, model_id), "contract", is_before=True)
        declare(session, scientist, session.get_one(Model, model_id), "tenure")  # when the model is there already
    app = open_page("fairness", person, project=project_id)
    shown = said(app)
    assert not app.exception
    assert "81 are found where contract is Month-to-month" in shown
    assert "under 12" not in shown
    assert "Fitted without" not in str([table.value.to_string() for table in app.dataframe])
    assert app.multiselect(key="columns").options == ["contract"]
    assert "once you say under Explain what you expect" in shown


def test_only_the_columns_that_are_looked_at_are_drawn(open_page: OpenPage) -> None:
    person, scientist, project_id, model_id = arrange()
    other = make_compared(columns=("tenure",), groups=(make_group("under 12", 40), make_group("12 or more", 95)))
    assessed(scientist, model_id, make_fairness(compared=(make_compared(), other)))
    app = open_page("fairness", person, project=project_id)
    assert not app.exception
    assert [tab.label for tab in app.tabs] == ["contract", "tenure"]
    assert len(app.get("plotly_chart")) == 1


def test_of_a_number_each_way_has_its_gap_its_error_and_its_price(open_page: OpenPage) -> None:
    person, scientist, project_id, model_id = arrange()
    gap = Gap(31.0, 20.0, 42.0, "Welch, all pairs of groups at once", 2)
    ways = [
        replace(
            make_option(code, 0.0, extra, needs_group=code == "shift"),
            found=None,
            acted=None,
            alarms=None,
            bias=replace(gap, value=value),
        )
        for code, value, extra in (("as_is", 31.0, None), ("shift", 2.0, -4_100.0))
    ]
    mean = Mean(31.0, 20.0, 42.0, "bootstrap of 1,000 resamples", 400)
    groups = [make_group(name, 81, found=None, alarms=None, bias=mean, mean_error=mean) for name in ("North", "South")]
    compared = make_compared(groups=tuple(groups), gaps=Gaps(bias=gap), options=tuple(ways), verdict="too few")
    number = make_fairness(task="regression", harm="error", target="spend", threshold=None, compared=(compared,))
    assessed(scientist, model_id, number)
    app = open_page("fairness", person, project=project_id)
    assert not app.exception
    assert "Closing the gap from 31 to 2 costs about €4.1k a year" in said(app)
    assert "A correction for each group needs to know the group" in said(app)
    table = next(table.value for table in app.dataframe if "Gap in the mean error" in table.value)
    assert table["Gap in the mean error"].tolist() == ["31 (20 to 42)", "2 (20 to 42)"]
    assert "In share acted on" not in table


def test_who_may_sign_is_told_that_who_asks_does_not(open_page: OpenPage) -> None:
    person, scientist, project_id, _model_id = arrange(Role.MANAGER)
    assert "who asks for one does not sign the model" in said(open_page("fairness", person, project=project_id))
    assert "who asks for one does not sign" not in said(open_page("fairness", scientist, project=project_id))


def test_without_a_declared_column_who_is_still_to_be_asked_is_told_what_to_do(open_page: OpenPage) -> None:
    person, scientist, project_id, model_id = arrange(Role.MANAGER, is_asked=False)
    assessed(scientist, model_id, make_fairness())
    shown = said(open_page("fairness", person, project=project_id))
    assert "No column was called sensitive in the data dictionary before this model was made" in shown
    assert "Month-to-month" not in shown


def test_without_a_model_it_says_what_comes_first(open_page: OpenPage) -> None:
    with transaction() as session:
        person = make_actor(session)
        project_id = make_project(session, person).id
    assert "No model yet" in text_of(open_page("fairness", person, project=project_id))


def test_of_several_classes_it_is_asked_which_are_good_to_be_given(open_page: OpenPage) -> None:
    with transaction() as session:
        case = make_class_case(session)
    app = open_page("fairness", case.scientist, project=case.project_id, model=case.model.id)
    app.multiselect(key="columns").set_value(["contract"])
    app.button(key="assess_now").click().run()
    assert "Say which of the classes are good to be given" in app.error[0].value
    app.multiselect(key="favourable").set_value(list(CLASSES[1:]))
    app.checkbox(key="is_priced").check()
    app.button(key="assess_now").click().run()
    assert not app.exception
    with reading() as session:
        asked = session.exec(select(Job).where(Job.kind == KIND)).one().request["request"]
    assert AssessmentRequest.from_document(asked) == AssessmentRequest(
        case.model.id, ("contract",), CLASSES[1:], is_priced=True
    )


def test_of_several_classes_without_payoffs_nothing_can_be_priced(open_page: OpenPage) -> None:
    with transaction() as session:
        signature = replace(make_signature(), task="multiclass", classes=CLASSES, positive_label=None)
        model, project, scientist = make_model(session, signature=signature, threshold=None)
        model.task = "multiclass"
        session.add(model)
    app = open_page("fairness", scientist, project=project.id, model=model.id)
    assert app.checkbox(key="is_priced").disabled


def test_what_was_found_of_several_classes_names_them(open_page: OpenPage) -> None:
    with transaction() as session:
        case = make_class_case(session)
        rate = make_group("x", 300, 400, n=800).found
        compared = make_compared(
            options=tuple(replace(option, right=rate) for option in make_compared().options), verdict="indicated"
        )
        report = make_fairness(
            task="multiclass", favourable=CLASSES[1:], positive_label=None, threshold=None, compared=(compared,)
        )
        make_assessment(session, case.scientist, case.model.id, report, favourable=CLASSES[1:])
    app = open_page("fairness", case.scientist, project=case.project_id, model=case.model.id)
    assert not app.exception
    told = said(app)
    assert (
        f"Of 100 cases where churn is {CLASSES[1]} or {CLASSES[2]}, 81 are given one of these where contract is "
        "Month-to-month, and 88 where it is Two year"
    ) in str(app.header[0].value).replace("\\", "").replace("contract is Two year", "it is Two year")
    assert "A number added for each group before the likeliest class is taken" in told
    assert "Given, where it is so" in app.dataframe[0].value
    tables = str([table.value.to_string() for table in (*app.table, *app.dataframe)])
    assert "Right class" in tables
    assert "the same share is given a favourable class" in tables
    assert [radio.options for radio in app.radio] == []  # who makes a model agrees on no gap
    stakeholder = open_page("fairness", case.business, project=case.project_id, model=case.model.id)
    (harms,) = [radio.options for radio in stakeholder.radio if radio.key == "harm"]
    assert [str(harm) for harm in harms] == [WITHHELD]


def test_a_number_is_compared_by_its_mean_error(open_page: OpenPage) -> None:
    person, scientist, project_id, model_id = arrange(task="regression")
    mean = Mean(12.0, 8.0, 16.0, "bootstrap of 1,000 resamples", 400)
    groups = tuple(
        replace(make_group(name, 0), **NOT_KNOWN, bias=replace(mean, value=value), mean_actual=mean, mean_error=mean)
        for name, value in (("Card", 12.0), ("Invoice", -3.0))
    )
    compared = make_compared(columns=("payment",), groups=groups, options=(), verdict="too few")
    report = make_fairness(task="regression", harm="error", positive_label=None, compared=(compared,), currency=None)
    assessed(scientist, model_id, report)
    app = open_page("fairness", person, project=project_id)
    assert not app.exception
    told = "On average churn is said 3 too low where payment is Invoice, and 12 too high where payment is Card"
    assert told in str(app.header[0].value)
    assert "Four-fifths" not in said(app)
    assert app.radio(key="harm").options == ["A number said too high or too low"]


def test_a_question_begins_with_the_declared_columns_and_becomes_a_job(open_page: OpenPage) -> None:
    person, scientist, project_id, model_id = arrange()
    with transaction() as session:
        describe_column(session, actor=scientist, project_id=project_id, column="payment", compared="yes")
    app = open_page("fairness", person, project=project_id)
    assert app.multiselect(key="columns").value == ["payment"]
    app.button(key="assess_now").click().run()
    assert not app.exception
    with reading() as session:
        job = session.exec(select(Job).where(Job.kind == KIND)).one()
    assert AssessmentRequest.from_document(job.request["request"]) == AssessmentRequest(model_id, ("payment",))
    app = open_page("fairness", person, project=project_id, assessment=job.id)
    app.button(key=f"stop_{job.id}").click().run()
    with reading() as session:
        assert session.get_one(Job, job.id).state == "cancelled"


def test_columns_are_offered_as_the_business_calls_them(open_page: OpenPage) -> None:
    person, scientist, project_id, _ = arrange()
    with transaction() as session:
        describe_column(session, actor=scientist, project_id=project_id, column="tenure", business_name="Time with us")
    offered = open_page("fairness", person, project=project_id).multiselect(key="columns").options
    assert "Time with us" in offered
    assert "tenure" not in offered


def test_no_column_at_all_is_refused_where_it_was_asked(open_page: OpenPage) -> None:
    person, _, project_id, _ = arrange()
    app = open_page("fairness", person, project=project_id)
    app.multiselect(key="columns").set_value([])
    app.button(key="assess_now").click().run()
    assert "Choose at least one column" in said(app)


def test_a_tolerance_is_agreed_in_points_and_kept(open_page: OpenPage) -> None:
    person, _, project_id, _ = arrange()
    app = open_page("fairness", person, project=project_id)
    app.radio(key="harm").set_value("false_alarm")
    app.number_input(key="largest_gap").set_value(5.0)
    app.text_input(key="tolerance_reason").set_value("As in *all* branches")
    app.button(key="agree").click().run()
    assert not app.exception
    with reading() as session:
        row = session.exec(select(FairnessTolerance)).one()
    assert (row.version, row.harm, row.largest_gap, row.n_seen) == (1, "false_alarm", 0.05, 0)
    shown = text_of(open_page("fairness", person, project=project_id))
    assert "at most 5 points between two groups" in shown
    assert r"As in \*all\* branches" in shown
    assert "before any comparison was seen" in shown


@pytest.mark.parametrize(
    ("gap", "reason", "words"),
    [(None, "Fine", "how large a gap"), (5.0, " ", "in a sentence why"), (5.0, "Fine", "Say which harm matters")],
)
def test_half_a_tolerance_is_refused_and_says_what_is_missing(
    open_page: OpenPage, gap: float | None, reason: str, words: str
) -> None:
    person, _, project_id, _ = arrange()
    app = open_page("fairness", person, project=project_id)
    if gap is not None:
        app.number_input(key="largest_gap").set_value(gap)
    app.text_input(key="tolerance_reason").set_value(reason)
    app.button(key="agree").click().run()
    assert words in said(app)
    with reading() as session:
        assert session.exec(select(FairnessTolerance)).first() is None


def test_a_tolerance_after_the_fact_is_called_that(open_page: OpenPage) -> None:
    person, scientist, project_id, model_id = arrange()
    assessed(scientist, model_id, make_fairness())
    with transaction() as session:
        agree_tolerance(
            session,
            actor=person,
            project_id=project_id,
            harm="missed",
            largest_gap=0.2,
            reason="It fits",
            based_on=0,
        )
    shown = said(open_page("fairness", person, project=project_id))
    assert "Agreed after 1 comparison had been seen" in shown
    assert "has changed since. Compare again" in shown


def test_the_checks_of_feedback_loops_stand_on_the_page(open_page: OpenPage) -> None:
    person, _, project_id, _ = arrange()
    app = open_page("fairness", person, project=project_id)
    assert "Feedback loops: 4 open" in said(app)
    assert "Nobody has answered" in said(app)


def test_while_a_sign_off_stands_it_says_what_a_new_comparison_would_do(open_page: OpenPage) -> None:
    with transaction() as session:
        case = make_case(session)
        skip_expectation(session, actor=case.business, model_id=case.model.id, reason="Seen before")
    what = "must then be signed again"
    assert what not in said(open_page("fairness", case.business, project=case.project_id))
    with transaction() as session:
        approve(session, case)
    assert what in said(open_page("fairness", case.business, project=case.project_id))


def test_a_stranger_is_told_nothing(open_page: OpenPage) -> None:
    _, scientist, project_id, model_id = arrange()
    assessment_id = assessed(scientist, model_id, make_fairness())
    with transaction() as session:
        stranger = make_actor(session, Role.DATA_SCIENTIST)
    shown = text_of(open_page("fairness", stranger, project=project_id, assessment=assessment_id))
    assert "not a member" in shown
    assert "Month-to-month" not in shown


def test_the_page_of_a_model_leads_here(open_page: OpenPage) -> None:
    person, _, project_id, model_id = arrange()
    app = open_page("model", person, project=project_id, model=model_id)
    assert app.button(key="fairness").label == "Compare groups of people"
