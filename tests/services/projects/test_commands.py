"""Starting a project."""

import pytest
from sqlmodel import Session

from services.errors import InvalidInputError
from services.projects.commands import NAME_LENGTH, SENTENCE_LENGTH, create_project
from services.projects.queries import list_members, list_projects
from tests.makers import make_actor


def test_a_sentence_starts_a_project_whose_author_is_its_member(session: Session) -> None:
    actor = make_actor(session)
    project = create_project(session, actor=actor, sentence="  Fewer parcels\nshould come back. ")
    assert (project.sentence, project.name) == ("Fewer parcels should come back.", "Fewer parcels should come back")
    assert [member.id for member in list_members(session, actor=actor, project_id=project.id)] == [actor.user_id]


def test_projects_of_one_name_have_addresses_of_their_own(session: Session) -> None:
    actor = make_actor(session)
    slugs = [create_project(session, actor=actor, sentence="Fewer returns").slug for _ in range(3)]
    assert slugs == ["fewer-returns", "fewer-returns-2", "fewer-returns-3"]


def test_a_name_is_short_however_long_the_sentence(session: Session) -> None:
    project = create_project(session, actor=make_actor(session), sentence="word " * (SENTENCE_LENGTH // 5))
    assert len(project.name) <= NAME_LENGTH
    assert project.name.endswith("…")


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        (" \n", "Say in one sentence"),
        ("x" * (SENTENCE_LENGTH + 1), "characters; 300 are enough"),
        ("a\0b", "control character"),
        ("a\x1b[2Jb", "control character"),
    ],
)
def test_a_sentence_that_cannot_be_kept_is_refused(session: Session, sentence: str, told: str) -> None:
    actor = make_actor(session)
    with pytest.raises(InvalidInputError, match=told):
        create_project(session, actor=actor, sentence=sentence)
    assert list_projects(session, actor=actor) == []
