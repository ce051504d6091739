"""Too few rows of a class to learn it, or to measure how well it was learned."""

from collections.abc import Iterator

from services.datasets.checks.fixes import step
from services.datasets.checks.phrases import count, names
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.subject import NotApplicableError, Subject

FLOOR, PER_COLUMN, PER_CLASS = 50, 10, 10  # methods 4.5: minimum events


def _find(subject: Subject) -> Iterator[Observation]:
    if subject.task not in ("binary", "classes"):
        what = "The target is an amount." if subject.task else "No target is chosen yet."
        raise NotApplicableError(what)
    yield from _events(subject) if subject.task == "binary" else _classes(subject)


def _events(subject: Subject) -> Iterator[Observation]:
    assert subject.target is not None
    label, n_events = subject.profiles[subject.target].top_values[-1]
    n_columns = sum(1 for name in subject.features if subject.profiles[name].kind not in ("identifier", "constant"))
    if n_events >= max(FLOOR, PER_COLUMN * n_columns):
        return
    evidence: dict[str, float] = {
        "n_events": n_events,
        "n_columns": n_columns,
        "n_wanted": max(FLOOR, PER_COLUMN * n_columns),
    }
    wanted = (
        f"at least {FLOOR} are needed to tell a good model from luck"
        if n_events < FLOOR
        else f"for {n_columns} columns {PER_COLUMN * n_columns:,} are wanted. Collect more, or use fewer columns"
    )
    yield Observation(
        "red" if n_events < FLOOR else "amber",
        f"“{subject.target}” is {label} in only {count(n_events, 'row')}; {wanted}.",
        (subject.target,),
        n_events,
        evidence,
    )


def _classes(subject: Subject) -> Iterator[Observation]:
    assert subject.target is not None
    values = subject.frame[subject.target].value_counts()
    rare = {str(label): int(number) for label, number in values.items() if number < PER_CLASS}
    if not rare:
        return
    n_rows = sum(rare.values())
    fixes = []
    if subject.type_of(subject.target) == "O" and len(rare) > 1 and len(rare) < len(values):
        mapping = {label: "Other" for label in rare if label != "Other"}
        fixes.append(
            step(
                "Merge them into “Other”",
                "merge_spellings",
                "Too few rows each.",
                column=subject.target,
                mapping=mapping,
            )
        )
    elif len(rare) == 1:
        value = next(iter(rare)) if subject.type_of(subject.target) == "O" else float(next(iter(rare)))
        condition = {"column": subject.target, "operator": "is", "value": value}
        fixes.append(step("Leave these rows out", "exclude_rows", "Too few rows to learn it.", condition=condition))
    yield Observation(
        "amber",
        f"{count(len(rare), 'class', 'classes')} of “{subject.target}” with fewer than {PER_CLASS} rows "
        f"({names(sorted(rare, key=lambda label: rare[label]))}) cannot be learned.",
        (subject.target,),
        n_rows,
        {"n_classes": len(rare), "n_rows": n_rows, "fewest": min(rare.values())},
        tuple(fixes),
    )


CHECK = Check("rare_classes", "Classes with few rows", "Every class has rows enough to learn it.", _find)
