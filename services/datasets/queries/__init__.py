"""Read the tables of a project, what people decided about them, and what is known of them."""

from services.datasets.queries.dictionary import list_descriptions
from services.datasets.queries.health import Health, find_health, get_checkable
from services.datasets.queries.history import (
    compare_versions,
    find_made_table,
    find_redo,
    find_replay,
    find_same_source,
    get_decisions_text,
    get_lineage,
    list_sealed_keys,
)
from services.datasets.queries.quota import get_usage, require_room
from services.datasets.queries.rows import RowPage, count_rows, get_rows, get_rows_at
from services.datasets.queries.suggestions import list_suggestions, preview_formula, try_formula
from services.datasets.queries.versions import (
    find_dataset,
    get_dataset,
    get_table_content,
    get_table_csv,
    list_datasets,
    read_model,
)
from services.datasets.views import Dataset

__all__ = [
    "Dataset",
    "Health",
    "RowPage",
    "compare_versions",
    "count_rows",
    "find_dataset",
    "find_health",
    "find_made_table",
    "find_redo",
    "find_replay",
    "find_same_source",
    "get_checkable",
    "get_dataset",
    "get_decisions_text",
    "get_lineage",
    "get_rows",
    "get_rows_at",
    "get_table_content",
    "get_table_csv",
    "get_usage",
    "list_datasets",
    "list_descriptions",
    "list_sealed_keys",
    "list_suggestions",
    "preview_formula",
    "read_model",
    "require_room",
    "try_formula",
]
