"""All checks at once."""

import pandas as pd
import pytest

from services.datasets.checks import examination
from services.datasets.checks.examination import examine
from services.datasets.checks.protocol import Check
from services.datasets.checks.registry import CHECKS, TITLES
from services.datasets.profiling import profile_table


def test_codes_are_unique() -> None:
    assert len(TITLES) == len(CHECKS)


def test_a_broken_check_costs_only_its_own_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_subject: object) -> None:
        raise ValueError("secret cell")

    broken = Check("broken", "Broken", "", fail)  # type: ignore[arg-type]
    monkeypatch.setattr(examination, "CHECKS", (broken, *CHECKS))
    frame = pd.DataFrame({"a": [1, 2]})
    found = examine(
        frame, target=None, positive_label=None, excluded={}, descriptions={}, profile=profile_table(frame)
    ).findings
    assert [(one.outcome, one.sentence) for one in found if one.code == "broken"] == [
        ("not_applicable", "This check could not be completed.")
    ]
    assert {one.code for one in found} == {"broken", *TITLES}
