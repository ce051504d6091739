"""Drafts: kept answer by answer, one's own only, gone when saved; formulas tried on rows before they are accepted."""

from dataclasses import replace

import pytest
from sqlmodel import Session

from db.tables import Project
from services.audit.queries import list_project_events
from services.errors import InvalidInputError, NotFoundError
from services.people.permissions import Role
from services.proposals.commands import forget_draft, keep_answer, move_draft, save_objective
from services.proposals.considerations import Considerations
from services.proposals.objective import Objective
from services.proposals.queries import find_draft, find_objective, find_version, list_similar, try_formula
from services.proposals.risk import RiskAnswers
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset
from tests.makers_money import DISCOUNT, RETENTION


def test_answers_are_kept_one_by_one_and_gone_once_saved(session: Session) -> None:
    actor = make_actor(session)
    project = make_project(session, actor)
    assert find_draft(session, actor=actor, project_id=project.id) is None
    keep_answer(session, actor=actor, project_id=project.id, name="metric", value="Leavers", based_on=0)
    keep_answer(session, actor=actor, project_id=project.id, name="target", value=4.0, based_on=0)

    draft = find_draft(session, actor=actor, project_id=project.id)
    assert draft is not None
    assert draft.answers == {"metric": "Leavers", "target": 4.0}
    actions = [event.action for event in list_project_events(session, project_id=project.id)]
    assert actions.count("objective.draft_begun") == 1

    save_objective(session, actor=actor, project_id=project.id, objective=RETENTION, based_on=0)
    assert find_draft(session, actor=actor, project_id=project.id) is None


def test_a_draft_is_its_author_s_alone(session: Session) -> None:
    actor, colleague = make_actor(session), make_actor(session)
    project = make_project(session, actor, colleague)
    keep_answer(session, actor=actor, project_id=project.id, name="metric", value="Mine", based_on=0)
    assert find_draft(session, actor=colleague, project_id=project.id) is None
    keep_answer(session, actor=colleague, project_id=project.id, name="metric", value="Theirs", based_on=0)
    save_objective(session, actor=colleague, project_id=project.id, objective=RETENTION, based_on=0)

    kept = find_draft(session, actor=actor, project_id=project.id)
    assert kept is not None
    assert (kept.answers, kept.based_on) == ({"metric": "Mine"}, 0)


def test_a_draft_moves_to_a_newer_version_or_is_forgotten(session: Session) -> None:
    actor = make_actor(session)
    project = make_project(session, actor)
    with pytest.raises(NotFoundError, match="no draft of yours"):
        move_draft(session, actor=actor, project_id=project.id, answers={}, based_on=1)
    keep_answer(session, actor=actor, project_id=project.id, name="target", value=3.0, based_on=0)
    move_draft(session, actor=actor, project_id=project.id, answers={"target": 2.0}, based_on=1)
    draft = find_draft(session, actor=actor, project_id=project.id)
    assert draft is not None
    assert (draft.answers, draft.based_on) == ({"target": 2.0}, 1)

    forget_draft(session, actor=actor, project_id=project.id)
    forget_draft(session, actor=actor, project_id=project.id)
    assert find_draft(session, actor=actor, project_id=project.id) is None


def test_an_old_version_is_found_by_its_number(session: Session) -> None:
    actor = make_actor(session)
    project = make_project(session, actor)
    save_objective(session, actor=actor, project_id=project.id, objective=RETENTION, based_on=0)
    save_objective(session, actor=actor, project_id=project.id, objective=replace(RETENTION, target=3.0), based_on=1)
    first = find_version(session, actor=actor, project_id=project.id, version=1)
    assert first is not None
    assert first.objective == RETENTION
    assert find_version(session, actor=actor, project_id=project.id, version=9) is None


def test_all_that_is_considered_comes_back_and_sets_the_tier(session: Session) -> None:
    actor = make_actor(session)
    project = make_project(session, actor)
    risky = RiskAnswers(True, True, False, True, True)
    careful = replace(
        RETENTION,
        considered=Considerations(fallback_rule="Call the oldest contracts", label_delay_days=30, risk=risky),
        levers=(replace(DISCOUNT, kind="integer", step=5.0, max_change=10.0, assignment="rule", scope="segment"),),
        data_needed=(replace(RETENTION.data_needed[0], connects=("Discount",)),),
    )
    saved = save_objective(session, actor=actor, project_id=project.id, objective=careful, based_on=0)
    found = find_objective(session, actor=actor, project_id=project.id)
    assert found is not None
    assert (found.objective, found.sha256) == (careful, saved.sha256)
    assert session.get_one(Project, project.id).risk_tier == "critical"


def test_a_formula_is_tried_on_the_first_rows_of_the_newest_data(session: Session) -> None:
    actor = make_actor(session, Role.DATA_SCIENTIST)
    project = make_project(session, actor)
    with pytest.raises(InvalidInputError, match="no columns yet"):
        try_formula(session, actor=actor, project_id=project.id, text="age * 2")
    assert try_formula(session, actor=actor, project_id=project.id, text="4").sentence == "Gives 4 in every row."

    make_dataset(session, actor, project.id)
    trial = try_formula(session, actor=actor, project_id=project.id, text="tenure * 0 + 2")
    assert (trial.names, trial.values) == (("tenure",), (2.0,) * 5)
    assert trial.sentence == "In the first 5 rows of version 2 of the data: 2; 2; 2; 2; 2."


def test_a_lever_with_a_formula_nobody_can_compute_is_refused(session: Session) -> None:
    actor = make_actor(session, Role.DATA_SCIENTIST)
    project = make_project(session, actor)
    priced = _with_formula("colour * 2")
    with pytest.raises(InvalidInputError, match="The unit cost of Discount: The formula names colour"):
        save_objective(session, actor=actor, project_id=project.id, objective=priced, based_on=0)
    assert save_objective(
        session, actor=actor, project_id=project.id, objective=_with_formula("2 + 2"), based_on=0
    ).objective.levers[0].formulas == {"unit cost": "2 + 2"}


def test_a_similar_proposal_is_shown_to_its_members_only(session: Session) -> None:
    actor, stranger = make_actor(session), make_actor(session)
    mine = make_project(session, actor, sentence="Fewer customers should leave us")
    make_project(session, stranger, sentence="Customers should not leave")
    other = make_project(session, actor, sentence="Keep customers from leaving")
    found = list_similar(session, actor=actor, project_id=mine.id, sentence="customers leave us less")
    assert [each.project_id for each in found] == [other.id]


def _with_formula(text: str) -> Objective:
    return replace(RETENTION, levers=(replace(DISCOUNT, cost_formula=text),))
