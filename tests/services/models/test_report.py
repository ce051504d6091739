import json

import pytest

from services.audit.canonical import canonical_json
from services.automl.task import Task
from services.models.report import Evaluation, Explanation
from services.models.signature import Signature
from tests.makers_automl import finished


@pytest.mark.parametrize("task", list(Task))
def test_what_is_stored_about_a_model_comes_back_as_it_was(task: Task) -> None:
    model = finished("lightgbm", task, with_money=task is Task.BINARY)
    for part, kind in ((model.evaluation, Evaluation), (model.explanation, Explanation), (model.signature, Signature)):
        stored = json.loads(canonical_json(part.document()))
        assert kind.from_document(stored) == part


def test_a_document_that_lacks_a_field_is_refused() -> None:
    document = finished("linear").signature.document()
    del document["classes"]
    with pytest.raises(KeyError):
        Signature.from_document(document)


def test_a_report_of_before_says_nothing_of_what_was_not_written_down_then() -> None:
    document = finished("linear").evaluation.document()
    assert document.pop("split")
    assert Evaluation.from_document(document).split == ""
