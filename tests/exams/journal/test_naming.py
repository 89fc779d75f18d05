"""Every watched table and column has a name in both languages, so that no finding reads like a database."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.utils import translation

from exams.access import SYSTEM
from exams.journal import naming, queries
from exams.journal.actions import record
from exams.journal.projection import WATCHED


def in_chinese(words: str) -> str:
    with translation.override("zh-hans"):
        return translation.gettext(words)


def test_every_watched_table_has_a_name_in_both_languages():
    nameless = [model._meta.label for model in WATCHED if in_chinese(naming.table(model._meta.label)).isascii()]
    assert nameless == []


def test_every_watched_column_has_a_name_in_both_languages():
    columns = {name for fields in WATCHED.values() for name in fields}
    assert sorted(name for name in columns if name not in naming.COLUMNS or in_chinese(naming.column(name)).isascii()) == []


def test_a_table_that_is_named_exists():
    assert all(apps.get_model(label) for label in naming.TABLES)


def test_what_is_no_table_shows_as_itself():
    assert naming.table("journal") == naming.titled("journal").lower() == "journal"
    assert naming.table("exams.Nothing") == "exams.Nothing"


@pytest.mark.parametrize(("language", "by"), [("en", "System"), ("zh-hans", "系统")])
@pytest.mark.django_db
def test_what_the_system_did_is_said_in_the_language_of_the_reader(cast, language, by):
    record("test.act", cast.body, by=SYSTEM)
    with translation.override(language):
        assert [line.by for line in queries.history(cast.body)] == [by]


@pytest.mark.django_db
def test_a_person_keeps_the_name_of_the_day(cast):
    clerk = cast.actor("exam_clerk")
    record("test.act", cast.body, by=clerk)
    assert [line.by for line in queries.history(cast.body)] == [clerk.name]
