"""What may and may not stand in the tree."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOP = {"manage.py", "pyproject.toml", "README.md", "config", "exams", "question_bank", "proctoring", "tests"}


def tracked() -> list[Path]:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in done.stdout.split("\0") if name]


def test_the_top_level_is_fixed():
    names = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert {name for name in names if not name.startswith(".")} <= TOP


# Written in pieces, so that this file does not name what it forbids.
NAMES = ("py" "pi\\.org", "python" "hosted", "--index" "-url", "find" "-links", "/ro" "ot/", r"/ho" r"me/\w+/", "npm" "js")
FORBIDDEN = re.compile("|".join(NAMES), re.I)
TEXTS = {".py", ".toml", ".txt", ".md", ".html", ".js", ".css", ".sh", ".conf", ".service", ".example", ""}


def test_no_file_names_a_registry_or_a_machine():
    named = [path for path in tracked() if path.suffix in TEXTS and path.is_file() and FORBIDDEN.search(path.read_text(errors="replace"))]
    assert [str(path.relative_to(ROOT)) for path in named] == []


def test_colours_sizes_and_distances_stand_in_tokens_only():
    literal = re.compile(r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b(?!\w)|\b\d+px\b")
    sheets = [path for path in (ROOT / "config/static").rglob("*.css") if path.name != "tokens.css"]
    found = {
        f"{path.name}:{n}"
        for path in sheets
        for n, line in enumerate(path.read_text().splitlines(), 1)
        if literal.search(line) and "@media" not in line
    }
    assert found == set()


def test_no_template_carries_style_or_script():
    inline = re.compile(r"\sstyle=\"|<style|<script(?![^>]*\bsrc=)(?![^>]*application/json)|\son\w+=\"")
    pages = [path for app in ("config", "exams", "question_bank", "proctoring") for path in (ROOT / app).rglob("*.html")]
    assert [str(path.relative_to(ROOT)) for path in pages if inline.search(path.read_text())] == []
