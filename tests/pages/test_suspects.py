"""Suspects: decide by key with a reason, make the decisions a version, and refuse who may not."""

from sqlmodel import select

from db.session import reading, transaction
from db.tables import Job
from services.audit.actor import SYSTEM, Actor
from services.automl.commands import start_run
from services.datasets.queries import find_dataset
from services.labels.queries import find_suspects
from services.labels.views import SuspectList
from services.models.commands import register_model
from services.models.top_loss_report import Comparison, Side
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset
from tests.makers_labels import make_labelled, run_jobs
from tests.makers_models import make_finished
from tests.pages.conftest import OpenPage, press, text_of

BROUGHT = Comparison(
    metric="roc_auc",
    n_compared=190,
    before=Side(160, 0.80, 0.75, 0.85, 100_000.0, 80_000.0, 120_000.0),
    after=Side(159, 0.82, 0.77, 0.87, 109_000.0, 90_000.0, 128_000.0),
    score_gain=0.02,
    score_gain_low=0.005,
    score_gain_high=0.03,
    amount_gain=9_000.0,
    amount_gain_low=1_000.0,
    amount_gain_high=17_000.0,
    currency="EUR",
)


def arrange(role: str = Role.DATA_SCIENTIST, *, with_search: bool = True) -> tuple[Actor, Actor, str]:
    """A person in a project where two suspicious rows were found, one of them decided; (person, scientist, project)."""
    with transaction() as session:
        scientist, business = make_actor(session, Role.DATA_SCIENTIST), make_actor(session, Role.BUSINESS)
        person = scientist if role == Role.DATA_SCIENTIST else make_actor(session, role)
        members = {actor.user_id: actor for actor in (scientist, business, person)}
        project = make_project(session, *members.values())
        dataset = make_dataset(session, scientist, project.id)
        if with_search:
            make_labelled(session, business, scientist, dataset.id)
    return person, scientist, project.id


def found_by(actor: Actor, project_id: str) -> SuspectList:
    with reading() as session:
        _, found = find_suspects(session, actor=actor, project_id=project_id, kind="labels.noise")
    assert found is not None
    return found


def test_without_an_outcome_there_is_nothing_to_check(open_page: OpenPage) -> None:
    with transaction() as session:
        person = make_actor(session, Role.BUSINESS)
        project = make_project(session, person)
    app = open_page("suspects", person, project=project.id)
    assert not app.exception
    assert "No outcome to check yet" in text_of(app)


def test_a_search_can_be_asked_for(open_page: OpenPage) -> None:
    person, _, project_id = arrange(with_search=False)
    app = open_page("suspects", person, project=project_id)
    app.button(key="look").click().run()
    assert not app.exception
    with reading() as session:
        job, _ = find_suspects(session, actor=person, project_id=project_id, kind="labels.noise")
    assert job is not None
    assert job.is_active


def test_a_row_is_decided_by_key_with_the_usual_reason(open_page: OpenPage) -> None:
    person, _, project_id = arrange()
    app = open_page("suspects", person, project=project_id)
    assert "the data say churn is No. A model that has not seen it says Yes and gives No 2 of 100" in text_of(app)
    press(app, "exclude")
    assert not app.exception
    last = found_by(person, project_id).suspects[-1]
    assert (last.verdict, last.reason) == ("exclude", "Looked at it: not a row to learn from")
    assert "Every row of this list is decided" in "\n".join(box.value for box in app.success)


def test_the_reason_that_was_chosen_is_the_one_that_is_kept(open_page: OpenPage) -> None:
    person, _, project_id = arrange()
    app = open_page("suspects", person, project=project_id)
    app.selectbox(key="suspect_reason").set_value("A typing error").run()
    press(app, "relabel_1")
    last = found_by(person, project_id).suspects[-1]
    assert (last.verdict, last.value, last.reason) == ("relabel", "Yes", "A typing error")


def test_applied_decisions_are_a_version_and_the_button_goes(open_page: OpenPage) -> None:
    person, scientist, project_id = arrange()
    app = open_page("suspects", person, project=project_id)
    app.button(key="apply").click().run()
    assert not app.exception
    run_jobs(scientist, project_id, kinds=["dataset.apply"])
    with reading() as session:
        latest = find_dataset(session, actor=person, project_id=project_id)
    assert latest is not None
    assert [step["kind"] for step in latest.recipe] == ["set_values"]
    app = open_page("suspects", person, project=project_id)
    assert "apply" not in {str(button.key) for button in app.button}
    assert f"See version {latest.version} of the data" in {button.label for button in app.button}


def test_what_the_decisions_brought_is_told_by_a_model_of_the_table_before(open_page: OpenPage) -> None:
    person, scientist, project_id = arrange()
    with transaction() as session:
        dataset = find_dataset(session, actor=scientist, project_id=project_id)
        assert dataset is not None
        run = start_run(session, actor=scientist, project_id=project_id, dataset_id=dataset.id)
        run.state = "finished"
        model = register_model(session, actor=SYSTEM, run_id=run.id, finished=make_finished())
        model_id = model.id
    app = open_page("suspects", person, project=project_id)
    assert "compare" not in {str(button.key) for button in app.button}  # nothing is cleaned yet
    app.button(key="apply").click().run()
    run_jobs(scientist, project_id, kinds=["dataset.apply"])
    app = open_page("suspects", person, project=project_id)
    app.button(key="compare").click().run()
    assert not app.exception
    with transaction() as session:
        after = find_dataset(session, actor=scientist, project_id=project_id)
        job = session.exec(select(Job).where(Job.kind == "models.top_loss")).one()
        assert after is not None
        assert job.request == {"model_id": model_id, "compare_with": after.id}
        job.state, job.result = "done", {"comparison": BROUGHT.document()}
        session.add(job)
    told = text_of(open_page("suspects", person, project=project_id))
    assert "The cleaner data bring €9k a year more (€1k to €17k)" in told
    assert f"fitted to version {dataset.version} and to version {after.version}" in told


def test_without_a_model_it_is_said_what_comes_first(open_page: OpenPage) -> None:
    person, scientist, project_id = arrange()
    app = open_page("suspects", person, project=project_id)
    app.button(key="apply").click().run()
    run_jobs(scientist, project_id, kinds=["dataset.apply"])
    app = open_page("suspects", person, project=project_id)
    assert "once a model has learned from an earlier version" in text_of(app)
    assert "compare" not in {str(button.key) for button in app.button}


def test_a_manager_reads_and_has_no_keys(open_page: OpenPage) -> None:
    person, _, project_id = arrange(Role.MANAGER)
    app = open_page("suspects", person, project=project_id)
    assert not app.exception
    assert not any(str(button.key).startswith(("keep", "apply", "look")) for button in app.button)


def test_a_stranger_is_told_nothing(open_page: OpenPage) -> None:
    _, _, project_id = arrange()
    with transaction() as session:
        stranger = make_actor(session, Role.DATA_SCIENTIST)
    assert "not a member" in text_of(open_page("suspects", stranger, project=project_id))
