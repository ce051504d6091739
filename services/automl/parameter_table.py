"""What sets variants apart: their parameters side by side, and which of them differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.automl.metrics import METRICS
from services.automl.pins import Pinned
from services.automl.sentences import family_label

MISSING = "–"


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """One property of several variants, in words; `values` are in their order."""

    name: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether it sets any of them apart."""
        return len(set(self.values)) > 1


def parameter_rows(pinned: Sequence[Pinned]) -> list[ParameterRow]:
    """Kind of model, its parameters, and what the run was made with."""
    parameters = [flatten(item.trial.parameters) for item in pinned]
    names = dict.fromkeys(name for found in parameters for name in found)
    rows = [ParameterRow("Kind of model", tuple(family_label(item.trial.family) for item in pinned))]
    rows += [ParameterRow(in_words(name), tuple(found.get(name, MISSING) for found in parameters)) for name in names]
    rows += [
        ParameterRow("Data", tuple(f"version {item.run.dataset_version}" for item in pinned)),
        ParameterRow("Metric", tuple(METRICS[item.run.metric].label for item in pinned)),
        ParameterRow("Seed", tuple(str(item.run.seed) for item in pinned)),
        ParameterRow("Rows to learn from", tuple(_part(item, "split", "n_train") for item in pinned)),
    ]
    libraries = [_libraries(item) for item in pinned]
    rows += [
        ParameterRow(name, tuple(found.get(name, MISSING) for found in libraries))
        for name in dict.fromkeys(name for found in libraries for name in found)
    ]
    return rows


def flatten(parameters: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Parameters in words, those of a part as “part: name”."""
    found: dict[str, str] = {}
    for name, value in parameters.items():
        if isinstance(value, Mapping):
            found |= flatten(value, f"{prefix}{name}: ")
        else:
            found[prefix + name] = spell(value)
    return found


def spell(value: Any) -> str:
    """A parameter's value: numbers with at most four significant digits."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple):
        return ", ".join(map(spell, value))
    return MISSING if value is None else str(value)


def in_words(name: str) -> str:
    """learning_rate: Learning rate. n_leaves: Number of leaves."""
    words = name.replace("_", " ")
    if words.startswith("n "):
        words = f"number of {words[2:]}"
    return words[:1].upper() + words[1:]


def _part(item: Pinned, part: str, name: str) -> str:
    value = item.run.circumstances.get(part, {}).get(name)
    return MISSING if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def _libraries(item: Pinned) -> dict[str, str]:
    environment = item.run.circumstances.get("environment", {})
    python = {"Python": environment["python"]} if "python" in environment else {}
    return {**python, **environment.get("libraries", {})}
