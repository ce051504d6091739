"""The steps from a file to a version of the data."""

from services.automl.sentences import count_of
from services.datasets.recipe.words import counted
from services.portfolio.run_graph.views import Hash, RunFacts, RunStep


def read_file(facts: RunFacts) -> RunStep:
    """The bytes as they were brought."""
    first = facts.lineage[-1] if facts.lineage else None
    brought = f", brought by {first.by_name} on {first.at:%-d %B %Y}" if first else ""
    output = Hash("bytes of the file", facts.dataset.source_sha256)
    return RunStep("file", "File", f"{facts.dataset.file_name}{brought}", output=output)


def read_table(facts: RunFacts) -> RunStep:
    """The file as a table."""
    dataset = facts.dataset
    return RunStep(
        "table",
        "Read",
        f"As a table of {counted(dataset.n_columns, 'column')}",
        after=("file",),
        inputs=(Hash("bytes of the file", dataset.source_sha256),),
        output=Hash("table as read", dataset.base_sha256),
        seconds=(facts.data_seconds or {}).get("read"),
    )


def take_recipe(facts: RunFacts) -> RunStep:
    """What the steps of the recipe make of the table."""
    dataset = facts.dataset
    n_steps = len(dataset.recipe)
    earlier = [entry.version for entry in facts.lineage[1:] if entry.table_sha256 == dataset.table_sha256]
    reused = f"version {min(earlier)} of the data has the same rows" if earlier else ""
    said = f"{count_of(n_steps, 'step')} of the recipe" if n_steps else "No step: the table stays as it was read"
    return RunStep(
        "recipe",
        "Recipe",
        f"{said}; {counted(dataset.n_rows, 'row')}",
        after=("table",),
        inputs=(Hash("table as read", dataset.base_sha256),),
        output=Hash("table to learn from", dataset.table_sha256),
        seconds=None if reused else (facts.data_seconds or {}).get("apply"),
        reused=reused,
    )


def choose_columns(facts: RunFacts) -> RunStep:
    """The outcome to predict, and what is left out."""
    dataset = facts.dataset
    left_out = f", {counted(len(dataset.excluded), 'column')} left out with a reason" if dataset.excluded else ""
    return RunStep(
        "choices",
        "Choices",
        f"Version {dataset.version}: predict {dataset.target}{left_out}",
        after=("recipe",),
        inputs=(Hash("table to learn from", dataset.table_sha256),),
        output=Hash("version of the data", dataset.sha256),
    )
