"""Chinese is complete: nothing untranslated, nothing doubtful, placeholders kept, and the compiled catalogue is this catalogue."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "config/locale/zh_Hans/LC_MESSAGES/django.po"
MARKED_AS = re.compile(r"\b(\w*gettext\w*) as (\w+)")
SINGLE = {"gettext", "gettext_lazy", "gettext_noop"}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]")


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(str(CATALOGUE))


def said(entry: polib.POEntry) -> str:
    return entry.msgstr or "".join(entry.msgstr_plural.values())


def test_nothing_is_untranslated_or_doubtful(catalogue):
    assert [entry.msgid for entry in catalogue if not said(entry) or entry.fuzzy or entry.obsolete] == []


def test_no_placeholder_is_invented(catalogue):
    wrong = [e.msgid for e in catalogue if set(PLACEHOLDER.findall(said(e))) - set(PLACEHOLDER.findall(e.msgid + e.msgid_plural))]
    assert wrong == []


def test_no_placeholder_is_lost(catalogue):
    # A plural form may say “one” in words; every other parameter must be shown.
    lost = [e.msgid for e in catalogue if not e.msgid_plural and set(PLACEHOLDER.findall(e.msgid)) - set(PLACEHOLDER.findall(said(e)))]
    assert lost == []


def test_the_compiled_catalogue_is_this_one(catalogue):
    compiled = polib.mofile(str(CATALOGUE.with_suffix(".mo")))
    assert {(e.msgctxt, e.msgid): said(e) for e in compiled} == {(e.msgctxt, e.msgid): said(e) for e in catalogue.translated_entries()}


def test_chinese_is_chinese(catalogue):
    """A translation without any Chinese character is allowed only for codes and names."""

    def words(text: str) -> str:
        return PLACEHOLDER.sub("", text)

    latin = [e.msgid for e in catalogue if not re.search(r"[\u4e00-\u9fff]", said(e)) and re.search(r"[A-Za-z]{4,}", words(said(e)))]
    allowed = {"Excel", "English", "GB/T 22239-2019 8.1.4.1"}
    assert [msgid for msgid in latin if msgid not in allowed] == []


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="GNU gettext is not installed")
def test_every_marked_string_is_in_the_catalogue(catalogue, tmp_path):
    # In a copy: makemessages writes beside the templates, where other tests are reading at the same time.
    for app in ("config", "exams", "question_bank", "proctoring"):
        shutil.copytree(ROOT / app, tmp_path / app, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    shutil.copy(ROOT / "manage.py", tmp_path)
    command = [sys.executable, "manage.py", "makemessages", "-l", "zh_Hans", "--no-obsolete", "--no-location", "--no-wrap", "-v0"]
    environment = {"DATA_DIR": str(tmp_path / "data"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    found = {(entry.msgctxt, entry.msgid) for entry in polib.pofile(str(tmp_path / CATALOGUE.relative_to(ROOT)))}
    assert found - {(entry.msgctxt, entry.msgid) for entry in catalogue} == set()


def test_a_message_is_marked_by_a_name_that_xgettext_knows():
    """xgettext reads names, not imports: a string marked under any other name would never reach the catalogue."""
    hidden = []
    for app in ("config", "exams", "question_bank", "proctoring"):
        for path in (ROOT / app).rglob("*.py"):
            for taken, name in MARKED_AS.findall(path.read_text()):
                if not (name == "_" and taken in SINGLE):
                    hidden.append(f"{path.relative_to(ROOT)}: {taken} as {name}")
    assert hidden == []
