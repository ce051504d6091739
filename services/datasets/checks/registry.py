"""All checks in the order in which they are explained. A change of what a check says is a new version."""

from services.datasets.checks import constant, duplicate_rows, mostly_missing
from services.datasets.checks.protocol import Check

CHECKS_VERSION = 1
CHECKS: tuple[Check, ...] = (
    constant.CHECK,
    mostly_missing.CHECK,
    duplicate_rows.CHECK,
)
TITLES: dict[str, str] = {check.code: check.title for check in CHECKS}
