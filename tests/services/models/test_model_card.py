"""A model on one page for whoever meets its file: what it says, how well, and no word of what drives it."""

from dataclasses import replace

from sqlmodel import Session

from services.models.model_card import write_card
from services.models.queries import ModelView, get_model
from tests.makers_classes import make_class_case
from tests.makers_models import make_model


def card_of(model: ModelView, **changes: int) -> str:
    said = {"run_number": 3, "dataset_version": 2, "n_openings": 1} | changes
    return write_card(model, dataset_sha256="d" * 64, **said)


def test_it_says_how_well_with_intervals_and_from_which_score_on_it_acts(session: Session) -> None:
    made, _, scientist = make_model(session)
    card = card_of(get_model(session, actor=scientist, model_id=made.id), n_openings=4)
    assert "It acts where Yes has a probability of at least 0.3." in card
    assert "is likely" in card
    assert "of a guess: 0.500" in card
    assert "4 models were judged on the rows kept aside" in card
    assert f"`{made.pipeline_sha256}`" in card
    assert "| tenure | number | no |" in card


def test_what_drives_the_model_is_not_told(session: Session) -> None:
    made, _, scientist = make_model(session)
    model = get_model(session, actor=scientist, model_id=made.id)
    assert model.explanation is not None
    card = card_of(model)
    assert not [driver.sentence for driver in model.explanation.drivers if driver.sentence in card]
    assert card == card_of(replace(model, explanation=None))


def test_classes_of_any_name_are_named_and_are_no_markup(session: Session) -> None:
    case = make_class_case(session)
    card = card_of(get_model(session, actor=case.scientist, model_id=case.model.id))
    assert r"1 \*new\*, 2 \[old\]\(x\), gone 🙂" in card
    assert "The answer is the likeliest class. There is no threshold" in card


def test_a_column_that_would_break_the_table_does_not(session: Session) -> None:
    made, _, scientist = make_model(session)
    model = get_model(session, actor=scientist, model_id=made.id)
    column = replace(model.signature.columns[0], name="a | b\n# c")
    card = card_of(replace(model, signature=replace(model.signature, columns=(column,))))
    assert r"| a \| b \# c | number | no |" in card
