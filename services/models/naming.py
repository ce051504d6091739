"""What a model says of columns, with their names as the business calls them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from services.datasets.dictionary import DictionaryLine, business_names, in_business_words
from services.models.report import Evaluation, ExampleRow, Explanation
from services.models.signature import Signature

Names = Mapping[str, str]  # business names by column, of those that have one


def names_for(signature: Signature, dictionary: Mapping[str, DictionaryLine]) -> dict[str, str]:
    """What the business calls each column of a model, and what it predicts; of those that it calls otherwise.

    Where a name could mean another column of the model, its own tells it apart; who has no name but its own keeps it.
    """
    columns = dict.fromkeys([*(column.name for column in signature.columns), signature.target])
    said = business_names(dictionary)
    labels = {column: said.get(column, column) for column in columns}
    counts = Counter(labels.values())
    return {
        column: label if counts[label] == 1 else f"{label} ({column})"
        for column, label in labels.items()
        if label != column
    }


def beside_columns(names: Names) -> dict[str, str]:
    """The same names with those in the data beside them, where people sign what is bound."""
    return {column: name if name.endswith(f"({column})") else f"{name} ({column})" for column, name in names.items()}


def name_explanation(explanation: Explanation, names: Names) -> Explanation:
    """The explanation with every column, and every sentence about it, in business words."""
    drivers = (
        replace(
            driver,
            column=names.get(driver.column, driver.column),
            sentence=in_business_words(driver.sentence, names),
        )
        for driver in explanation.drivers
    )
    examples = (_name_example(example, names) for example in explanation.examples)
    scale = names.get(explanation.scale, explanation.scale)
    return replace(explanation, scale=scale, drivers=tuple(drivers), examples=tuple(examples))


def name_evaluation(evaluation: Evaluation, names: Names) -> Evaluation:
    """The evaluation with the conditions of plain rules and the reason of the split in business words."""
    plain = evaluation.plain
    if plain is not None:
        rules = (
            replace(rule, lines=tuple(in_business_words(line, names) for line in rule.lines))
            for rule in plain.alternatives
        )
        plain = replace(plain, alternatives=tuple(rules), verdict=in_business_words(plain.verdict, names))
    return replace(evaluation, plain=plain, split=in_business_words(evaluation.split, names))


def name_signature(signature: Signature, names: Names) -> Signature:
    """The signature with what is predicted in business words."""
    return replace(signature, target=names.get(signature.target, signature.target))


def _name_example(example: ExampleRow, names: Names) -> ExampleRow:
    parts = (replace(part, column=names.get(part.column, part.column)) for part in example.contributions)
    return replace(example, contributions=tuple(parts), sentence=in_business_words(example.sentence, names))
