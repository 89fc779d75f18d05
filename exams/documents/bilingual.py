"""Workbook templates in both languages: heads are recognised in either, printed in the reader's, explained on a sheet of their own.

The heads are part of the file format: a workbook filled in last month must still be understood, whatever the translators do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from exams.documents.sheets import CODE, Column, Sheet, Template

LANGUAGES = ("zh-hans", "en")

# key, Chinese head, English head, kind, required, example, what to write (a msgid)
Line = tuple[str, str, str, str, bool, str, str]


def order_for(language: str = "") -> list[str]:
    """The languages, the reader's first."""
    return sorted(LANGUAGES, key=lambda code: code != (language or translation.get_language()))


def labels(words: Mapping[str, Any], order: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The choices of a column, each in every language; the first is printed, all are recognised."""
    return {key: _in_each(label, list(order)) for key, label in words.items()}


def sheet(
    key: str,
    titles: tuple[str, str],
    lines: Sequence[Line],
    choices: Mapping[str, Mapping[str, tuple[str, ...]]],
    order: Sequence[str],
    *,
    required: bool = True,
) -> Sheet:
    """One sheet out of its lines; titles and heads stand as Chinese, English."""
    columns = tuple(
        Column(
            name,
            _ordered((chinese, english), order),
            kind,
            needed,
            choices.get(name, {}),
            example or _first(choices.get(name, {})),
            explain,
            width=24 if kind == CODE else 16,
        )
        for name, chinese, english, kind, needed, example, explain in lines
    )
    return Sheet(key, _ordered(titles, order), columns, required)


def template(kind: str, version: str, sheets: Sequence[Sheet], order: Sequence[str]) -> Template:
    """The whole workbook with its guide."""
    with translation.override(order[0]):
        return Template(kind, version, tuple(sheets), gettext("How to fill this in"), list(_guide(sheets)))


def _in_each(message: Any, order: list[str]) -> tuple[str, ...]:
    found = []
    for language in order:
        with translation.override(language):
            found.append(gettext(message) if isinstance(message, str) else str(message))
    return tuple(dict.fromkeys(found))


def _ordered(titles: tuple[str, str], order: Sequence[str]) -> tuple[str, ...]:
    """Chinese and English, the reader's first."""
    return titles if order[0] == LANGUAGES[0] else (titles[1], titles[0])


def _first(choices: Mapping[str, tuple[str, ...]]) -> str:
    return next(iter(choices.values()))[0] if choices else ""


def _guide(sheets: Iterable[Sheet]) -> Iterator[list[str]]:
    """The second sheet: what goes into each column, with an example."""
    yield [gettext("Column"), gettext("Required"), gettext("What to write"), gettext("Example")]
    for each in sheets:
        yield [each.title]
        for column in each.columns:
            needed = gettext("required") if column.required else gettext("optional")
            explain = gettext(column.explain) if column.explain else ""
            if column.choices:
                explain = " / ".join(label[0] for label in column.choices.values()) + (f" — {explain}" if explain else "")
            yield [column.title, needed, explain, column.example]
