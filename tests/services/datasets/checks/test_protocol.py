"""A check finds, passes, or does not apply."""

from collections.abc import Iterator

from services.datasets.checks.protocol import MAX_FINDINGS, Check, Observation
from services.datasets.checks.subject import NotApplicableError, Subject
from tests.makers_checks import make_subject


def _find_columns(subject: Subject) -> Iterator[Observation]:
    if subject.n_rows == 0:
        raise NotApplicableError("There are no rows.")
    for name in subject.of_kind("number"):
        yield Observation("red", "A number.", (name,))


CHECK = Check("numbers", "Numbers", "There are none.", _find_columns)


def test_nothing_found_is_a_pass_with_its_sentence() -> None:
    (found,) = CHECK.run(make_subject({"a": ["x", "y"]}))
    assert (found.outcome, found.sentence, found.columns) == ("passed", "There are none.", ())


def test_a_question_without_sense_is_not_a_pass() -> None:
    (found,) = CHECK.run(make_subject({"a": []}))
    assert (found.outcome, found.sentence) == ("not_applicable", "There are no rows.")


def test_many_findings_end_with_how_many_more_there_are() -> None:
    found = CHECK.run(make_subject({f"c{n}": [1.0, 2.5] for n in range(MAX_FINDINGS + 7)}))
    assert len(found) == MAX_FINDINGS + 1
    assert found[-1].evidence == {"n_more": 7}
    assert {finding.outcome for finding in found} == {"finding"}
