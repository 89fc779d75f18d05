"""Budgets on the tails: long modules, long functions and deep nesting are where reading stops."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("config", "exams", "question_bank", "proctoring")
JUNK = {"utils", "helpers", "common", "core", "base", "services", "managers", "signals"}
# DESIGN: the law of recusal stands in one file on purpose; the verifier must be one file for whoever receives it.
EXEMPT = {"exams/recusal/rules.py"}
BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.AsyncFor, ast.AsyncWith, ast.Match)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts and str(path.relative_to(ROOT)) not in EXEMPT:
                yield path


def depth(node: ast.AST, level: int = 0) -> int:
    deepest = level
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FUNCTIONS):
            continue
        elif_ = isinstance(node, ast.If) and isinstance(child, ast.If) and child in node.orelse and len(node.orelse) == 1
        deepest = max(deepest, depth(child, level + (isinstance(child, BLOCKS) and not elif_)))
    return deepest


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, FUNCTIONS))


def named(path: Path, name: str = "") -> str:
    return f"{path.relative_to(ROOT)}{':' + name if name else ''}"


def test_no_module_is_over_400_lines():
    assert [named(path) for path in modules(*PACKAGES) if len(path.read_text().splitlines()) > 400] == []


def test_no_test_module_is_over_500_lines():
    assert [named(path) for path in modules("tests") if len(path.read_text().splitlines()) > 500] == []


def test_no_function_is_over_60_lines():
    long = [named(path, f.name) for path in modules(*PACKAGES) for f in functions(path) if f.end_lineno - f.lineno + 1 > 60]
    assert long == []


def test_no_function_nests_deeper_than_three():
    assert [named(path, f.name) for path in modules(*PACKAGES) for f in functions(path) if depth(f) > 3] == []


def test_every_module_says_what_it_is():
    silent = [named(path) for path in modules(*PACKAGES) if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))]
    assert silent == []


def test_every_function_is_annotated():
    def bare(f: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        arguments = [a for a in [*f.args.posonlyargs, *f.args.args, *f.args.kwonlyargs] if a.arg not in ("self", "cls")]
        return f.returns is None or any(a.annotation is None for a in arguments)

    assert [named(path, f.name) for path in modules(*PACKAGES) for f in functions(path) if bare(f)] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_junk_drawers(package):
    found = [named(path) for path in modules(package) if path.stem in JUNK or path.parent.name in JUNK]
    assert [name for name in found if name != "config/settings/base.py"] == []


def test_views_only_fetch_call_and_answer():
    """A view changes nothing by itself: no transaction, no save, no direct write."""
    words = ("transaction.", ".save(", ".objects.create(", ".delete(", ".bulk_create(")
    guilty = [named(path) for path in modules(*PACKAGES) if path.stem in ("views", "forms") and any(w in path.read_text() for w in words)]
    assert guilty == []
