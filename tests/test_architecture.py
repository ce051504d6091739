"""The rules of the house that no linter knows."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.page_rules import PageSource

ROOT = Path(__file__).resolve().parents[1]
FLOORS = ("portal", "pages", "services", "db")
PAGE_LINES, FILE_LINES = 150, 300
VAGUE = {"utils", "util", "helpers", "helper", "common", "core", "misc", "base", "manager", "lib"}
ACROSS = {"permissions", "races", "shell", "web_imports", "web_safety", "workflow"}  # of a whole folder
GENERATED = ROOT / "db" / "migrations" / "versions"

SOURCES = sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py") if GENERATED not in path.parents)
PAGES = sorted(path for path in (ROOT / "pages").glob("*.py") if path.stem != "__init__")
TESTS = sorted(path for floor in FLOORS for path in (ROOT / "tests" / floor).rglob("test_*.py"))


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_every_import_contract_holds() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    outcome = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stdout


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_a_page_calls_a_command_only_when_somebody_asked(path: Path) -> None:
    assert PageSource(path.read_text()).unguarded_commands() == []


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_a_page_never_leaves_an_open_transaction(path: Path) -> None:
    assert PageSource(path.read_text()).departures_in_transactions() == []


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_a_file_can_be_read_in_one_sitting(path: Path) -> None:
    limit = PAGE_LINES if path in PAGES else FILE_LINES
    assert len(path.read_text().splitlines()) <= limit


def test_every_file_and_folder_says_what_it_holds() -> None:
    assert [_name(path) for path in SOURCES if VAGUE & {path.stem, *path.relative_to(ROOT).parts}] == []


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_everything_public_has_a_docstring(path: Path) -> None:
    assert list(_undocumented(ast.parse(path.read_text()))) == []


@pytest.mark.parametrize("path", TESTS, ids=_name)
def test_a_test_stands_where_its_source_stands(path: Path) -> None:
    folder = ROOT / path.parent.relative_to(ROOT / "tests")
    assert folder.is_dir(), f"{_name(folder)} does not exist"
    subject = path.stem.removeprefix("test_")
    stems = {source.stem.strip("_") for source in folder.iterdir() if source.suffix == ".py" or source.is_dir()} | {
        folder.name,
        *ACROSS,
    }
    assert any(subject == stem or subject.startswith(f"{stem}_") for stem in stems), (
        f"nothing in {_name(folder)} is {subject}"
    )


def _undocumented(tree: ast.Module) -> Iterator[str]:
    if tree.body and ast.get_docstring(tree) is None:
        yield "module"
    yield from _undocumented_in(tree, "")


def _undocumented_in(node: ast.Module | ast.ClassDef, prefix: str) -> Iterator[str]:
    for child in node.body:
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or child.name.startswith("_"):
            continue
        if ast.get_docstring(child) is None and not _is_given_elsewhere(child):
            yield prefix + child.name
        if isinstance(child, ast.ClassDef):
            yield from _undocumented_in(child, f"{child.name}.")


def _is_given_elsewhere(node: ast.AST) -> bool:
    """An overload, or a method whose name a library or a protocol has given."""
    given = {"process_bind_param", "process_result_value", "model_post_init"}
    return getattr(node, "name", "") in given or any(
        isinstance(mark, ast.Name) and mark.id in {"overload", "override"}
        for mark in getattr(node, "decorator_list", [])
    )
