"""Change a project's data. Every change is a new version; the table before it stays as it was."""

from services.datasets.commands.columns import choose_target, exclude_column, include_column
from services.datasets.commands.dictionary import describe_column
from services.datasets.commands.findings import explain_finding, reopen_finding
from services.datasets.commands.health import request_comparison, request_examination, save_health
from services.datasets.commands.steps import (
    MadeTable,
    RequestedChange,
    redo_step,
    request_fixes,
    request_replay,
    request_steps,
    save_recipe,
    undo_step,
)
from services.datasets.commands.suggestions import decline_suggestion, suggest_feature, take_suggestion
from services.datasets.commands.uploads import StoredTable, save_upload, upload_dataset

__all__ = [
    "MadeTable",
    "RequestedChange",
    "StoredTable",
    "choose_target",
    "decline_suggestion",
    "describe_column",
    "exclude_column",
    "explain_finding",
    "include_column",
    "redo_step",
    "reopen_finding",
    "request_comparison",
    "request_examination",
    "request_fixes",
    "request_replay",
    "request_steps",
    "save_health",
    "save_recipe",
    "save_upload",
    "suggest_feature",
    "take_suggestion",
    "undo_step",
    "upload_dataset",
]
