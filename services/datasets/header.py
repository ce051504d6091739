"""The names of the columns: each is there, is unlike the others, and is a name."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from services.datasets.choices import ChoiceNeededError, Question
from services.datasets.errors import UnreadableFileError
from services.datasets.limits import MAX_NAME_LENGTH


def check_count(n_columns: int, max_columns: int) -> None:
    """Refuse a table that is too wide.

    Raises
    ------
    UnreadableFileError
        It has more columns than are read.
    """
    if n_columns > max_columns:
        raise UnreadableFileError(
            f"The file has {n_columns:,} columns; at most {max_columns:,} are read. Upload the columns that matter."
        )


def check_names(given: Sequence[str], renames: Mapping[int, str], *, may_be_data: bool = True) -> list[str]:
    """The names, trimmed and with the chosen new names in place.

    Parameters
    ----------
    given
        One name per column, as it stands in the file.
    renames
        New names by position.
    may_be_data
        Whether a first line of numbers is taken for data without names (false where a format keeps names apart).

    Raises
    ------
    UnreadableFileError
        The line holds data, or a name is too long or holds a control character.
    ChoiceNeededError
        Names are missing or repeated; new ones are proposed.
    """
    names = [renames.get(position, name).strip() for position, name in enumerate(given)]
    numeric = sum(_is_number(name) for name in names)
    if may_be_data and 2 * numeric > len(names):
        raise UnreadableFileError(
            f"The first line looks like data: {numeric} of its {len(names)} cells are numbers. "
            "Add a line with the column names."
        )
    for position, name in enumerate(names, start=1):
        _check_name(name, position)
    if proposed := propose_names(names):
        raise ChoiceNeededError([_question(names, proposed)])
    return names


def propose_names(names: Sequence[str]) -> dict[int, str]:
    """New names, by position, for those that are missing or repeat an earlier one."""
    taken, proposed = set(names), {}
    seen: set[str] = set()
    for position, name in enumerate(names):
        if name and name not in seen:
            seen.add(name)
            continue
        base, number = (name, 2) if name else ("column", position + 1)
        while (new := f"{base[: MAX_NAME_LENGTH - 10]}_{number}") in taken:
            number += 1
        proposed[position] = new
        taken.add(new)
    return proposed


def _question(names: list[str], proposed: dict[int, str]) -> Question:
    places = [f"column {position + 1:,} as “{name}”" for position, name in list(proposed.items())[:3]]
    more = f" and {len(proposed) - 3:,} more" if len(proposed) > 3 else ""
    return Question(
        code="names",
        field="renames",
        sentence=f"{_fault_sentence(names)} Correct the first line, or read {', '.join(places)}{more}.",
        options=((json.dumps({str(p): name for p, name in proposed.items()}), "Use the proposed names"),),
        preview=(tuple(proposed.get(position, name) for position, name in enumerate(names[:20])),),
    )


def _fault_sentence(names: list[str]) -> str:
    repeated = [name for name, count in Counter(names).items() if count > 1 and name]
    unnamed = [f"{position:,}" for position, name in enumerate(names, start=1) if not name]
    sentences = []
    if repeated:
        places = [f"{position:,}" for position, name in enumerate(names, start=1) if name == repeated[0]]
        sentences.append(f"{len(places)} columns are called “{repeated[0]}” (columns {_some(places)}).")
        if len(repeated) > 1:
            sentences.append(f"{len(repeated) - 1:,} more names are repeated.")
    if unnamed:
        sentences.append(
            f"Column {unnamed[0]} has no name." if len(unnamed) == 1 else f"Columns {_some(unnamed)} have no name."
        )
    return " ".join(sentences)


def _some(places: list[str]) -> str:
    return ", ".join(places) if len(places) <= 5 else f"{', '.join(places[:5])} and {len(places) - 5:,} more"


def _check_name(name: str, position: int) -> None:
    if len(name) > MAX_NAME_LENGTH:
        raise UnreadableFileError(
            f"The name of column {position} has {len(name):,} characters; at most {MAX_NAME_LENGTH} are read. "
            "Shorten it."
        )
    if not name.isprintable():
        raise UnreadableFileError(f"The name of column {position} contains a control character. Remove it.")


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True
