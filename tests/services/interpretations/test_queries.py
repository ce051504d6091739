"""What drives a model is given to nobody who is still to say what they expect, by whichever way they ask."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace

import pytest
from sqlmodel import Session

from db.artifacts import get_artifact_store
from db.tables import Model
from services.audit.actor import SYSTEM, Actor
from services.audit.canonical import sha256_of
from services.datasets.commands import describe_column
from services.errors import ConflictError, NotFoundError
from services.interpretations.queries import find_row_effects, get_interpretation
from services.models.queries import find_model_by_name, find_run_model, get_model, list_models
from services.models.report import Explanation
from services.models.row_effects import dump_row_effects
from services.people.permissions import Role
from services.portfolio.queries import get_project_overview, get_run_graph
from services.reviews.queries import get_review, list_reviews
from tests.makers import make_actor
from tests.makers_classes import CLASSES, make_class_case
from tests.makers_interpretations import expect, judge, skip
from tests.makers_models import make_evaluation, make_explanation, make_finished, make_model, make_money
from tests.makers_reviews import Case, ask, join, make_case
from tests.makers_row_effects import make_row_effects

SECRETS = ("Longer tenure lowers the risk.", "A short tenure raises the risk.", "Where tenure is", "what we know of")

Ask = Callable[[Session, Actor, Model], object]
ASKINGS: dict[str, Ask] = {
    "get_model": lambda s, a, m: get_model(s, actor=a, model_id=m.id),
    "list_models": lambda s, a, m: list_models(s, actor=a, project_id=m.project_id),
    "find_run_model": lambda s, a, m: find_run_model(s, actor=a, run_id=m.run_id),
    "find_model_by_name": lambda s, a, m: find_model_by_name(s, m.name),
    "get_interpretation": lambda s, a, m: get_interpretation(s, actor=a, model_id=m.id),
    "get_run_graph": lambda s, a, m: get_run_graph(s, actor=a, run_id=m.run_id),
    "get_project_overview": lambda s, a, m: get_project_overview(s, actor=a, project_id=m.project_id),
    "list_reviews": lambda s, a, m: list_reviews(s, actor=a),
    "get_review": lambda s, a, m: [get_review(s, actor=a, review_id=one.id) for one in list_reviews(s, actor=a)],
}


def _told(answer: object) -> str:
    """Everything an answer holds, however deep."""
    if is_dataclass(answer):
        return " ".join(_told(getattr(answer, field.name)) for field in fields(answer))
    if isinstance(answer, dict):
        return " ".join(_told(item) for pair in answer.items() for item in pair)
    if isinstance(answer, list | tuple | frozenset | set):
        return " ".join(_told(item) for item in answer)
    return str(answer)


def _judged(session: Session) -> Case:
    case = make_case(session)
    judge(session, join(session, case.project_id, make_actor(session, Role.BUSINESS)), case.model)
    ask(session, case)
    return case


@pytest.mark.parametrize("name", ASKINGS)
@pytest.mark.parametrize("role", [Role.BUSINESS, Role.DATA_SCIENTIST, Role.MANAGER])
def test_no_query_tells_who_is_still_to_be_asked(session: Session, name: str, role: Role) -> None:
    case = _judged(session)
    actor = join(session, case.project_id, make_actor(session, role))
    told = _told(ASKINGS[name](session, actor, case.model))
    assert told
    assert not [secret for secret in SECRETS if secret in told]


@pytest.mark.parametrize("name", ["get_model", "list_models", "find_run_model", "get_interpretation"])
@pytest.mark.parametrize("who", ["maker", "auditor", "portal", "asked", "skipped"])
def test_the_same_query_tells_everybody_else(session: Session, name: str, who: str) -> None:
    case = _judged(session)
    expect(session, case.business, case.model, tenure="lowers")
    skip(session, case.manager, case.model)
    auditor = make_actor(session, Role.AUDITOR)
    people = {"maker": case.scientist, "auditor": auditor, "portal": SYSTEM}
    actor = {**people, "asked": case.business, "skipped": case.manager}[who]
    assert "Longer tenure lowers the risk." in _told(ASKINGS[name](session, actor, case.model))


def test_what_one_person_says_reveals_it_to_nobody_else(session: Session) -> None:
    case = make_case(session)
    expect(session, case.business, case.model, tenure="lowers")
    assert get_model(session, actor=case.business, model_id=case.model.id).explanation is not None
    assert get_model(session, actor=case.manager, model_id=case.model.id).explanation is None


def test_what_one_model_reveals_says_nothing_of_another(session: Session) -> None:
    case = make_case(session)
    expect(session, case.business, case.model, tenure="lowers")
    other, project, _ = make_model(session, case.business)
    assert project.id != case.project_id
    assert get_model(session, actor=case.business, model_id=other.id).explanation is None


def test_a_plain_rule_beside_the_model_would_tell_the_same_and_is_hidden_too(session: Session) -> None:
    from services.models.report import PlainAlternative, PlainComparison

    rule = PlainAlternative("rule of one condition", ("Where tenure is at most 12: 48%",), 0.7, None)
    plain = PlainComparison("roc_auc", None, 160, 0.84, None, 0.5, None, (rule,))
    case = make_case(session, evaluation=replace(make_evaluation(money=make_money()), plain=plain))
    assert get_model(session, actor=case.scientist, model_id=case.model.id).evaluation.plain == plain
    hidden = get_model(session, actor=case.manager, model_id=case.model.id)
    assert hidden.evaluation.plain is None
    assert hidden.evaluation.money == make_money()


def test_columns_come_in_the_order_of_the_data_with_their_business_names(session: Session) -> None:
    case = make_case(session)
    describe_column(
        session,
        actor=case.business,
        project_id=case.project_id,
        column="tenure",
        business_name="Time with us",
        unit="months",
    )
    seen = get_interpretation(session, actor=case.business, model_id=case.model.id)
    assert [name.label for name in seen.columns] == ["Time with us", "contract"]
    assert seen.outcome == "the chance that churn is Yes"
    expect(session, case.business, case.model, tenure="lowers", contract="unknown")
    revealed = get_interpretation(session, actor=case.business, model_id=case.model.id).revealed
    assert revealed is not None
    assert revealed.cards[0].sentence.startswith(
        "Where Time with us is about 1 month, the probability that churn is Yes is 10 points higher than usual"
    )


def test_an_expectation_is_scored_for_each_person_and_people_of_one_name_are_two(session: Session) -> None:
    case = make_case(session)
    expect(session, case.business, case.model, tenure="raises")
    expect(session, case.manager, case.model, tenure="lowers", contract="unknown")
    seen = get_interpretation(session, actor=case.manager, model_id=case.model.id)
    assert seen.revealed is not None
    scores = [one.agreement for one in seen.revealed.expectations]
    assert [(found.n_found, found.n_directions, found.n_right) for found in scores if found] == [(1, 1, 0), (2, 1, 1)]
    assert seen.mine is not None
    assert seen.mine.user_id == case.manager.user_id
    (surprise,) = seen.revealed.surprises
    assert surprise.surprise.who == (case.business.name,)


def test_a_model_that_does_not_exist_is_a_sentence(session: Session) -> None:
    case = make_case(session)
    with pytest.raises(NotFoundError, match="no such model"):
        get_interpretation(session, actor=case.business, model_id="0" * 32)


def test_an_explanation_that_is_lost_is_a_sentence_and_what_waits_can_be_read_all_the_same(session: Session) -> None:
    case = make_case(session)
    skip(session, case.manager, case.model)
    ask(session, case)
    case.model.explanation_sha256 = "0" * 64
    session.add(case.model)
    session.flush()
    for read in (get_interpretation, get_model):
        with pytest.raises(ConflictError, match="missing or damaged where files are kept"):
            read(session, actor=case.manager, model_id=case.model.id)
    assert [one.state for one in list_reviews(session, actor=case.manager)] == ["stale"]


def test_of_several_classes_directions_and_cards_are_about_the_one_that_was_chosen_first(session: Session) -> None:
    case = make_class_case(session)
    before = get_interpretation(session, actor=case.business, model_id=case.model.id)
    assert (before.is_directed, before.classes, before.towards, before.revealed) == (True, CLASSES, None, None)
    expect(session, case.business, case.model, of_class=CLASSES[2], tenure="raises")
    asked = get_interpretation(session, actor=case.manager, model_id=case.model.id)
    assert (asked.towards, asked.chosen_by, asked.revealed) == (CLASSES[2], case.business.name, None)
    expect(session, case.manager, case.model, tenure="lowers", contract="unknown")
    seen = get_interpretation(session, actor=case.manager, model_id=case.model.id).revealed
    assert seen is not None
    scores = [one.agreement for one in seen.expectations if one.agreement]
    assert [(found.n_directions, found.n_right) for found in scores] == [(1, 0), (1, 1)]
    (surprise,) = seen.surprises
    assert surprise.sentence == (
        f"{case.business.name} expected that more tenure raises the probability that churn is {CLASSES[2]}; in the "
        "model it lowers it."
    )
    assert seen.cards[0].sentence.startswith(
        f"Where tenure is about 1, the probability that churn is {CLASSES[2]} is 10 points higher than usual"
    )
    assert seen.scale.subject == f"the probability that churn is {CLASSES[0]}"  # of single rows, as they were explained


def test_what_nobody_expected_is_told_of_all_classes_together(session: Session) -> None:
    case = make_class_case(session)
    expect(session, case.business, case.model, of_class=CLASSES[1], contract="unknown")
    seen = get_interpretation(session, actor=case.business, model_id=case.model.id).revealed
    assert seen is not None
    (surprise,) = seen.surprises
    assert surprise.sentence == (
        "Nobody expected tenure, yet it moves the probabilities of churn by 12 points on average, number 1 of 2."
    )


def test_of_several_classes_without_effects_on_each_no_direction_is_asked(session: Session) -> None:
    signature = replace(make_finished().signature, task="multiclass", positive_label=None)
    case = make_case(session, signature=signature)
    case.model.task = "multiclass"
    session.add(case.model)
    session.flush()
    seen = get_interpretation(session, actor=case.business, model_id=case.model.id)
    assert (seen.is_directed, seen.outcome) == (False, "churn")


def _with_rows(session: Session) -> Case:
    return make_case(session, row_effects=dump_row_effects(make_row_effects()))


def test_single_rows_are_told_to_nobody_who_is_still_to_be_asked(session: Session) -> None:
    case = _with_rows(session)
    for reader in (case.business, case.manager):
        assert find_row_effects(session, actor=reader, model_id=case.model.id) is None
    expect(session, case.business, case.model, tenure="lowers")
    for reader in (case.business, case.scientist):
        rows = find_row_effects(session, actor=reader, model_id=case.model.id)
        assert rows is not None
        assert rows.columns == ("tenure", "contract")
    with pytest.raises(NotFoundError):
        find_row_effects(session, actor=case.stranger, model_id=case.model.id)


def test_single_rows_lie_beside_the_explanation_which_names_them(session: Session) -> None:
    case = _with_rows(session)
    explanation = get_model(session, actor=case.scientist, model_id=case.model.id).explanation
    assert explanation is not None
    assert explanation.rows_sha256 == get_artifact_store().put(dump_row_effects(make_row_effects()))
    assert len(str(explanation.document())) < 2_000  # the document does not grow with the rows
    assert Explanation.from_document(explanation.document()) == explanation


def test_an_explanation_of_before_names_no_rows_and_keeps_its_hash(session: Session) -> None:
    case = make_case(session)
    assert find_row_effects(session, actor=case.scientist, model_id=case.model.id) is None
    assert "rows_sha256" not in make_explanation().document()
    assert case.model.explanation_sha256 == sha256_of(make_explanation().document())
