"""What words do is asked of the model: planted words are found with their effect, and noise is none."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from services.automl.preparation import prepare
from services.automl.training import fit_pipeline, new_pipeline
from services.interpretations.cards import Scale, driver_sentence
from services.interpretations.naming import ColumnName
from services.models.explanation import explain
from services.models.report import Driver
from services.models.words import LEAST_ROWS, WordEffect, with_words, word_effects
from tests.makers_automl import CANDIDATES

FILLERS = ["the parcel came", "we ordered it", "in may", "for our shop", "again", "as a present", "on monday"]
DRIVER = Driver("note", "text", 4.0, "mixed", "“note” moves it.", ())
SUBJECT = "the probability of “left” = Yes"


def make_notes(n: int = 900) -> pd.DataFrame:
    random = np.random.default_rng(3)
    bad, good = random.random(n) < 0.3, random.random(n) < 0.3
    notes = []
    for is_bad, is_good in zip(bad, good, strict=True):
        parts = [*random.choice(FILLERS, 3), *(["Broken"] if is_bad else []), *(["wonderful"] if is_good else [])]
        notes.append(" ".join(random.permutation(parts)))
    chance = 1 / (1 + np.exp(-(-0.3 + 2.5 * bad - 2.0 * good)))
    return pd.DataFrame(
        {
            "note": pd.Series(notes, dtype="str"),
            "size": random.normal(size=n),
            "left": np.where(random.random(n) < chance, "Yes", "No"),
        }
    )


def count_words(rows: pd.DataFrame) -> NDArray[np.float64]:
    """Ten for "broken", minus five for "wonderful"."""
    texts = rows["note"].fillna("").str.lower()
    return np.asarray(10.0 * texts.str.contains("broken") - 5.0 * texts.str.contains("wonderful"), dtype=np.float64)


def found(frame: pd.DataFrame) -> tuple[WordEffect, ...]:
    return word_effects(count_words, frame, "note", count_words(frame), seed=0)


def test_words_are_found_with_what_they_do_and_others_do_nothing() -> None:
    raising, lowering = found(make_notes())
    assert (raising.word, lowering.word) == ("broken", "wonderful")
    assert (raising.effect, raising.low, raising.high) == pytest.approx((10, 10, 10))
    assert (lowering.effect, lowering.low, lowering.high) == pytest.approx((-5, -5, -5))
    assert raising.n == lowering.n == 60


def test_a_word_of_few_rows_is_not_told() -> None:
    frame = make_notes().assign(note="all as it was")
    frame.loc[: LEAST_ROWS - 2, "note"] = "broken as it was"
    assert found(frame) == ()
    frame.loc[: LEAST_ROWS - 1, "note"] = "broken as it was"
    assert [one.word for one in found(frame)] == ["broken"]


def test_missing_texts_and_texts_without_words_say_nothing() -> None:
    frame = make_notes(60).assign(note=pd.Series([None] * 60, dtype="str"))
    assert found(frame) == ()
    assert found(frame.assign(note="- ! ?")) == ()
    half = make_notes(200)
    half.loc[::2, "note"] = None
    assert {one.word for one in found(half)} == {"broken", "wonderful"}


def test_a_word_that_is_part_of_another_is_left_in_it() -> None:
    frame = make_notes(200)
    frame["note"] = np.where(frame["size"] > 0, "unbroken glass", "broken glass")
    asked: list[pd.DataFrame] = []

    def ask(rows: pd.DataFrame) -> NDArray[np.float64]:
        asked.append(rows)
        return np.asarray((rows["note"] == "broken glass").astype(float))

    word_effects(ask, frame, "note", frame["size"].to_numpy(), seed=0)
    without = pd.concat(asked)["note"]
    assert "unbroken glass" in set(without)
    assert not any("un " in text for text in without)


def test_a_driver_of_text_says_which_words_with_rows_and_interval() -> None:
    words = (WordEffect("broken", 10.0, 8.0, 12.0, 60), WordEffect("wonderful", -5.0, -6.0, -4.0, 41))
    told = with_words(DRIVER, words, SUBJECT)
    assert told.points == (("broken", 10.0), ("wonderful", -5.0))
    for part in ("“broken” stands, +10 points on average over 60 rows", "+8.0 to +12", "“wonderful” stands, −5.0"):
        assert part in told.sentence
    only_up = with_words(DRIVER, words[:1], SUBJECT)
    assert only_up.sentence.count("stands") == 1
    assert with_words(DRIVER, (), SUBJECT) == DRIVER


def test_a_card_says_what_its_words_do() -> None:
    driver = replace(DRIVER, points=(("broken", 10.0), ("wonderful", -5.0)))
    said = driver_sentence(driver, ColumnName("note", "Note", "text"), Scale("the chance", "probability points"))
    assert said == (
        "Where Note has “broken”, the chance is 10 points higher than without that word; where it has “wonderful”, "
        "5.0 points lower."
    )


@pytest.mark.parametrize("family", ["linear", "lightgbm"])
def test_the_explanation_of_a_model_of_texts_names_the_words_that_made_the_data(family: str) -> None:
    preparation = prepare(make_notes(), target="left")
    assert [column.kind for column in preparation.columns] == ["text", "number"]
    candidate = CANDIDATES[family]
    pipeline = fit_pipeline(new_pipeline(preparation, candidate), candidate, preparation.train.x, preparation.train.y)
    explanation = explain(pipeline, family, preparation, 0.5)[0]
    note = next(driver for driver in explanation.drivers if driver.column == "note")
    effects = dict(note.points)
    assert effects["broken"] > 15
    assert effects["wonderful"] < -10
    assert next(iter(effects)) == "broken"
    assert "moves the probability of “left” = Yes by its words" in note.sentence
