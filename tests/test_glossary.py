"""The glossary has every word that a person can meet."""

import re
from pathlib import Path

import pytest
from sqlalchemy import CheckConstraint

from db.tables import SQLModel
from portal.ui.badges import REVIEW, RISK, RUN
from services.people.permissions import Permission, Role
from services.portfolio.stages import STAGES
from services.reviews.rules import ReviewState

GLOSSARY = " ".join((Path(__file__).resolve().parents[1] / "docs" / "glossary.md").read_text().split()).casefold()


def _states(table: str) -> list[str]:
    checks = [item for item in SQLModel.metadata.tables[table].constraints if isinstance(item, CheckConstraint)]
    (check,) = [str(item.sqltext) for item in checks if str(item.sqltext).startswith("state IN")]
    return re.findall(r"'(\w+)'", check)


WORDS = [
    *(role.label for role in Role),
    *(permission.value for permission in Permission),
    *(state.replace("_", " ") for table in ("run", "trial", "review") for state in _states(table)),
    *(state.replace("_", " ") for state in ReviewState),
    *STAGES,
    *RISK,
    *(badge.label for badge in (*RUN.values(), *REVIEW.values())),
]


@pytest.mark.parametrize("word", sorted({word.casefold() for word in WORDS}))
def test_the_glossary_has_the_word(word: str) -> None:
    assert word in GLOSSARY


def test_the_words_on_the_screen_are_those_of_the_tables() -> None:
    assert set(RUN) == set(_states("run"))
    assert set(REVIEW) == {*_states("review"), "stale"} == {*ReviewState, "stale"}
