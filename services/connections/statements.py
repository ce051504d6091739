"""What may be asked: one statement that only reads.

This is the first line, there for its readable refusals. What really keeps a database as it is are the rights of its
user, the read-only transaction, and the way a file is opened (`postgresql`, `sqlite_file`, `duckdb_file`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from services.connections.errors import StatementRefusedError

MAX_STATEMENT_LENGTH = 20_000


_PARTS = re.compile(
    r"""(?P<comment>--[^\n]*|/\*.*?\*/)
    |(?P<text>[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|(?P<tag>\$(?:[A-Za-z_]\w*)?\$).*?(?P=tag))
    |(?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`)
    |(?P<word>[^\W\d][\w$]*)
    |(?P<space>\s+)
    |(?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
_STARTS = ("select", "with", "values", "table", "from")
_CHANGES = ("insert", "update", "delete", "merge", "replace", "truncate")
_LOCKS = (("update",), ("share",), ("no", "key"), ("key", "share"))
_FUNCTIONS = {
    "postgresql": re.compile(
        r"lo_\w+|lo|lowrite|loread|dblink\w*|pg_sleep\w*|set_config|pg_(?:try_)?advisory\w*|pg_read_\w+|pg_ls_\w+"
        r"|pg_stat_file|pg_file_\w+|pg_(?:terminate|cancel)_backend|pg_notify|pg_logical_\w+|pg_reload_conf|pg_rotate\w+"
        r"|pg_switch_\w+|pg_create_\w+|pg_drop_\w+|pg_copy_\w+|pg_promote|pg_backup_\w+|pg_import_\w+|pg_log_\w+"
        r"|pg_wal_\w+|pg_export_snapshot|pg_replication_\w+|pg_sync_\w+|pg_stat_reset\w*|pg_stat_clear\w*"
        r"|pg_(?:restore|clear)_\w+|pg_set_\w+|nextval|setval|\w+_to_xml\w*|ts_stat|ts_rewrite|crosstab\w*|connectby"
        r"|xpath_table|pg_prewarm|pg_stat_statements_reset"
    ),
    "sqlite": re.compile(r"load_extension|readfile|writefile|edit|fts3_tokenizer|sqlite_\w+|fsdir|pragma_\w+"),
    "duckdb": re.compile(
        r"read_\w+|glob|sniff_csv|\w+_scan|scan_\w+|parquet_\w+|getenv|query|query_table|write_log|duckdb_secrets"
        r"|which_secret|enable_\w+|disable_\w+|pragma_\w+|checkpoint|force_checkpoint|nextval|st_read\w*|from_substrait"
        r"|duckdb_settings|current_setting|set_config|load_\w+|json_execute_\w+|sql_auto_complete"
    ),
}


@dataclass(frozen=True, slots=True)
class _Token:
    part: str
    text: str


def check_statement(statement: str, kind: str) -> str:
    """The statement without what surrounds it.

    Parameters
    ----------
    kind
        "postgresql", "sqlite" or "duckdb": which functions exist depends on it.

    Raises
    ------
    StatementRefusedError
        It is empty, too long, more than one statement, or does something else than read.
    """
    text = statement.strip()
    if len(text) > MAX_STATEMENT_LENGTH or "\0" in text:
        raise StatementRefusedError(
            f"The query is longer than {MAX_STATEMENT_LENGTH:,} characters or has a sign that no query has. Shorten it."
        )
    tokens = list(_tokens(text))
    while tokens and tokens[-1].text == ";":
        tokens.pop()
    if not tokens:
        raise StatementRefusedError("Type a query, for example: SELECT * FROM customers.")
    _check_single(tokens)
    _check_start(tokens)
    _check_reading(tokens)
    _check_functions(tokens, kind)
    return text.rstrip("; \t\r\n") if text.endswith(";") else text


def _tokens(text: str) -> Iterator[_Token]:
    for match in _PARTS.finditer(text):
        part, found = str(match.lastgroup), match.group()
        if part == "tag":
            part = "text"
        if part == "comment" and found.startswith("/*") and "/*" in found[2:]:
            raise StatementRefusedError("A comment inside a comment reads differently in each database. Take it out.")
        if part == "sign" and found in "'\"`":
            raise StatementRefusedError("A quotation mark is opened and never closed. Close it.")
        if part == "quoted":
            yield _Token("quoted", found[1:-1].lower())
        elif part not in ("space", "comment"):
            yield _Token(part, found.lower() if part == "word" else found)


def _check_single(tokens: list[_Token]) -> None:
    if any(token.part == "sign" and token.text == ";" for token in tokens):
        raise StatementRefusedError("That is more than one statement. Ask one question at a time, without a semicolon.")


def _check_start(tokens: list[_Token]) -> None:
    first = next((token for token in tokens if token.text != "("), tokens[0])
    if first.part == "word" and first.text in _STARTS:
        return
    raise StatementRefusedError(
        "Only queries that read are allowed. Begin with SELECT, or with WITH and end in a SELECT."
    )


def _check_reading(tokens: list[_Token]) -> None:
    words = [token.text if token.part == "word" else "" for token in tokens]
    for index, word in enumerate(words):
        follow = tuple(words[index + 1 : index + 3])
        if word in _CHANGES and (index == 0 or tokens[index - 1].text in ("(", ")")):
            if index + 1 < len(tokens) and tokens[index + 1].text == "(":
                continue  # a function of that name, such as replace(...)
            raise StatementRefusedError(
                f"{word.upper()} changes data, also inside WITH. Only queries that read are allowed."
            )
        if word == "into":
            raise StatementRefusedError("INTO would write a table. Leave it out: the portal keeps the rows itself.")
        if word == "for" and any(follow[: len(lock)] == lock for lock in _LOCKS):
            raise StatementRefusedError("FOR UPDATE and FOR SHARE lock rows for others. Leave that part out.")
        spelling = [token.part for token in tokens[index + 1 : index + 3]]
        if word == "u" and spelling in (["sign", "quoted"], ["sign", "text"]) and tokens[index + 1].text == "&":
            raise StatementRefusedError("Names and texts in U& spelling are not read. Type them plainly.")


def _check_functions(tokens: list[_Token], kind: str) -> None:
    pattern = _FUNCTIONS[kind]
    if kind != "postgresql" and any(token.part != "text" and token.text.startswith("pragma_") for token in tokens):
        raise StatementRefusedError("Names that begin with pragma_ are the engine's own. Ask the tables themselves.")
    for token, following in pairwise(tokens):
        if following.text == "(" and token.part in ("word", "quoted") and pattern.fullmatch(token.text):
            raise StatementRefusedError(
                f"The function {token.text[:60]} does more than read tables, so it is not allowed here. Leave it out."
            )
