"""Make models of several classes, whose names are as odd as those of data can be."""

from dataclasses import replace

from sqlmodel import Session

from services.models.report import ClassDriver, ClassDrivers, Explanation
from services.models.signature import Signature
from tests.makers_models import make_evaluation, make_explanation, make_signature
from tests.makers_reviews import Case, make_case

CLASSES = ("1 *new*", "2 [old](x)", "gone 🙂")


def make_class_explanation() -> Explanation:
    """Of three classes, shown towards the first: tenure raises it and lowers the third, which contract hardly moves."""
    tenure, contract = ((1.0, 10.0), (60.0, -9.0)), (("Two year", -6.0),)
    kinds = {CLASSES[0]: ("up", 8.0), CLASSES[1]: ("mixed", 9.0), CLASSES[2]: ("down", 4.0)}
    by_class = tuple(
        ClassDrivers(
            label,
            (ClassDriver("tenure", size, way, tenure), ClassDriver("contract", 0.3, "by category", contract)),
        )
        for label, (way, size) in kinds.items()
    )
    return replace(make_explanation(), shown_class=CLASSES[0], by_class=by_class)


def make_class_case(session: Session, **changes: object) -> Case:
    """A model of three classes with its people."""
    signature: Signature = replace(make_signature(), task="multiclass", classes=CLASSES, positive_label=None)
    parts = {
        "signature": signature,
        "explanation": make_class_explanation(),
        "threshold": None,
        "evaluation": make_evaluation(task="multiclass"),
        **changes,
    }
    case = make_case(session, **parts)
    case.model.task = "multiclass"
    session.add(case.model)
    session.flush()
    return case
